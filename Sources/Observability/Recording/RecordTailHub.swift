public import Core
import Synchronization

/// Gives records to those who watch, as they end. Bounded: who is too slow misses the oldest.
public final class RecordTailHub: PreparedRecordConsumer {
    private struct Subscriber {
        var filter: RecordFilter
        var continuation: AsyncStream<StoredRecord>.Continuation
    }

    private struct State {
        var subscribers: [Int: Subscriber] = [:]
        var last = 0
        var isOver = false
    }

    private let state = Mutex(State())
    private static let waitingMax = 256

    public init() {}

    public func consume(prepared records: [RecordToStore]) {
        let subscribers = state.withLock { $0.subscribers }
        guard !subscribers.isEmpty else { return }
        for prepared in records where prepared.record.level != .off {
            let shown = StoredRecord(
                record: prepared.record.withoutBodies, requestPreview: prepared.requestPreview,
                responsePreview: prepared.responsePreview)
            for subscriber in subscribers.values where shown.record.fits(subscriber.filter) {
                subscriber.continuation.yield(shown)
            }
        }
    }

    /// Records from now on that fit, whenever they began, until the sequence is let go. Words are not looked for.
    public func subscribe(_ filter: RecordFilter) -> AsyncStream<StoredRecord> {
        let (stream, continuation) = AsyncStream.makeStream(
            of: StoredRecord.self, bufferingPolicy: .bufferingNewest(Self.waitingMax))
        let number = state.withLock { state -> Int? in
            if state.isOver { return nil }
            state.last += 1
            state.subscribers[state.last] = Subscriber(filter: filter, continuation: continuation)
            return state.last
        }
        guard let number else {
            continuation.finish()
            return stream
        }
        continuation.onTermination = { [weak self] _ in
            self?.state.withLock { $0.subscribers[number] = nil }
        }
        return stream
    }

    /// Ends every sequence, also those to come: who watches must not hold up the program's end.
    public func finish() {
        let subscribers = state.withLock { state in
            state.isOver = true
            return state.subscribers.values.map(\.continuation)
        }
        for subscriber in subscribers { subscriber.finish() }
    }
}

extension ExchangeRecord {
    /// Its terms and least values; not its times and words.
    func fits(_ filter: RecordFilter) -> Bool {
        filter.terms.allSatisfy { fits($0) } && filter.durationMin.map { duration >= $0 } ?? true
            && filter.firstTokenMin.map { least in timeToFirstToken.map { $0 >= least } ?? false } ?? true
            && filter.costMin.map { knownCost >= $0 } ?? true
    }

    /// Of those attempts whose price is known, as the store adds them up.
    private var knownCost: Money { attempts.reduce(.zero) { $0 + ($1.cost ?? .zero) } }

    /// Whether a term of a filter holds.
    func fits(_ term: RecordFilter.Term) -> Bool { term.fits(value(of: term.dimension)) }

    /// Empty where there is none; a cohort is not known here.
    func value(of dimension: RecordDimension) -> String {
        let last = attempts.last
        return switch dimension {
        case .project: project
        case .region: last?.region ?? ""
        case .endpoint: endpoint
        case .route: route ?? ""
        case .model: model ?? ""
        case .provider: last?.provider ?? ""
        case .upstreamModel: last?.upstreamModel ?? ""
        case .servedModel: servedModel ?? ""
        case .serviceTier: serviceTier ?? ""
        case .key: key ?? ""
        case .status: "\(status)"
        case .outcome: outcome.rawValue
        case .errorCode: errorCode?.rawValue ?? ""
        case .finishReason: finishReason ?? ""
        case .streamed: "\(streamed)"
        case .fallback: fallback ?? ""
        case .cache: cache ?? ""
        case .feature, .team, .environment, .prompt, .user, .session: tags["\(dimension)"] ?? ""
        case .cohort: ""
        case .tag(let name): tags[name] ?? ""
        }
    }
}
