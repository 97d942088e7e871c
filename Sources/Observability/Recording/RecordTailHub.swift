public import Core
import Synchronization

/// Gives records to those who watch, as they end. Bounded: who is too slow misses the oldest.
public final class RecordTailHub: RecordConsumer {
    private struct Subscriber {
        var terms: [RecordFilter.Term]
        var continuation: AsyncStream<ExchangeRecord>.Continuation
    }

    private struct State {
        var subscribers: [Int: Subscriber] = [:]
        var last = 0
        var isOver = false
    }

    private let state = Mutex(State())
    private static let waitingMax = 256

    public init() {}

    public func consume(_ records: [ExchangeRecord]) {
        let subscribers = state.withLock { $0.subscribers }
        guard !subscribers.isEmpty else { return }
        for record in records where record.level != .off {
            let shown = record.withoutBodies
            for subscriber in subscribers.values where subscriber.terms.allSatisfy({ shown.fits($0) }) {
                subscriber.continuation.yield(shown)
            }
        }
    }

    /// Records from now on that fit all terms, until the sequence is let go.
    public func subscribe(_ terms: [RecordFilter.Term]) -> AsyncStream<ExchangeRecord> {
        let (stream, continuation) = AsyncStream.makeStream(
            of: ExchangeRecord.self, bufferingPolicy: .bufferingNewest(Self.waitingMax))
        let number = state.withLock { state -> Int? in
            if state.isOver { return nil }
            state.last += 1
            state.subscribers[state.last] = Subscriber(terms: terms, continuation: continuation)
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
    /// Whether a term of a filter holds.
    func fits(_ term: RecordFilter.Term) -> Bool { value(of: term.dimension) == term.value }

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
