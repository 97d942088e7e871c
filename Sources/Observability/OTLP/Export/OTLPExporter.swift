import AsyncHTTPClient
import Core
import NIOCore
import Synchronization

/// Sends calls to one destination as spans: in batches, by number or by time, from a loop that serves no client.
///
/// Bounded and never waited for. A destination that is away is tried again; what finds no room meanwhile, or is
/// refused, is dropped and counted.
final class OTLPExporter: Sendable {
    private struct State {
        var waiting: [ExchangeRecord] = []
        var spans = 0
        var bodyBytes = 0
        var isSending = false
        var post: OTLPPost?
        /// A wake of the loop is on its way.
        var isScheduled = false
        var ended: EventLoopPromise<Void>?
    }

    let settings: OTLPSettings
    private let client: HTTPClient
    private let loop: any EventLoop
    private let maker: SpanMaker
    private let spansMax: Int
    private let version: String
    private let log: OperationalLog
    private let state = Mutex(State())
    private let counts = Mutex(OTLPStatus())

    /// - Parameter spansMax: spans that may wait; more are dropped and counted.
    init(
        _ settings: OTLPSettings, client: HTTPClient, loop: any EventLoop, version: String, log: OperationalLog,
        spansMax: Int = Limits.exportSpansWaitingMax
    ) {
        self.spansMax = spansMax
        self.settings = settings
        self.client = client
        self.loop = loop
        self.version = version
        self.log = log
        maker = SpanMaker(settings.profile, version: version)
    }

    var status: OTLPStatus {
        let waiting = state.withLock { $0.spans }
        return counts.withLock { counts in
            counts.endpoint = settings.shownEndpoint
            counts.profile = settings.profile
            counts.waitingSpans = waiting
            return counts
        }
    }

    /// Takes records whose bodies, if they have any, are redacted. Does not wait.
    func offer(_ records: [ExchangeRecord]) {
        let (dropped, wakes, isFull) = state.withLock { state -> (Int, Bool, Bool) in
            var dropped = 0
            for record in records where record.level != .off {
                guard state.spans + record.spanCount <= spansMax, state.ended == nil else {
                    dropped += record.spanCount
                    continue
                }
                let bytes = record.bodyBytes
                let keepsBodies = settings.content && state.bodyBytes + bytes <= Limits.exportBodyBytesWaitingMax
                state.waiting.append(keepsBodies ? record : record.withoutBodies)
                state.spans += record.spanCount
                if keepsBodies { state.bodyBytes += bytes }
            }
            let isFull = state.spans >= Limits.exportBatchSpansMax
            let wakes = !state.waiting.isEmpty && !state.isSending && (isFull || !state.isScheduled)
            if wakes { state.isScheduled = true }
            return (dropped, wakes, isFull)
        }
        if dropped > 0 { counts.withLock { $0.droppedSpans += dropped } }
        guard wakes else { return }
        if isFull {
            loop.execute { self.send() }
        } else {
            loop.scheduleTask(in: .milliseconds(Limits.exportGatherMilliseconds)) { self.send() }
        }
    }

    /// Sends what waits, and takes nothing more. What is left at the deadline is dropped.
    func finish(within deadline: TimeAmount) -> EventLoopFuture<Void> {
        let promise = loop.makePromise(of: Void.self)
        let isFirst = state.withLock { state -> Bool in
            guard state.ended == nil else { return false }
            state.ended = promise
            return true
        }
        guard isFirst else {
            promise.succeed()
            return promise.futureResult
        }
        let timer = loop.scheduleTask(in: deadline) { self.giveUp() }
        loop.execute { self.send() }
        return promise.futureResult.always { _ in timer.cancel() }
    }

    // MARK: On the loop

    private func giveUp() {
        let (left, post) = state.withLock { state in
            defer { (state.waiting, state.spans, state.bodyBytes) = ([], 0, 0) }
            return (state.spans, state.post)
        }
        counts.withLock { counts in
            counts.droppedSpans += left
            if left > 0 { counts.failure = OTLPPost.givenUp }
        }
        if left > 0 || post != nil {
            log.warning("spans were not sent before the end", ["endpoint": settings.shownEndpoint])
        }
        if let post { post.cancel() } else { send() }
    }

    private func send() {
        let (batch, ended) = state.withLock { state -> ([ExchangeRecord], EventLoopPromise<Void>?) in
            state.isScheduled = false
            guard !state.isSending else { return ([], nil) }
            guard !state.waiting.isEmpty else { return ([], state.ended) }
            state.isSending = true
            return (Self.takeBatch(&state), nil)
        }
        ended?.succeed()
        guard !batch.isEmpty else { return }
        let spans = batch.flatMap { maker.spans(of: $0, withContent: settings.content) }
        let bytes = OTLPEncoder.encode(spans, scope: (name: "headgate", version: version))
        let post = OTLPPost(settings, client: client, loop: loop, body: ByteBuffer(bytes: bytes))
        state.withLock { $0.post = post }
        post.run().whenSuccess { self.end(spans: spans.count, $0) }
    }

    /// The oldest, as many as fit into a batch; one always does.
    private static func takeBatch(_ state: inout State) -> [ExchangeRecord] {
        var spans = 0
        var bytes = 0
        let end =
            state.waiting.firstIndex { record in
                spans += record.spanCount
                bytes += record.bodyBytes
                return spans > Limits.exportBatchSpansMax || bytes > Limits.exportBatchBytesMax
            } ?? state.waiting.endIndex
        let batch = Array(state.waiting[..<max(1, end)])
        state.waiting.removeFirst(batch.count)
        for record in batch {
            state.spans -= record.spanCount
            state.bodyBytes -= record.bodyBytes
        }
        return batch
    }

    private func end(spans: Int, _ outcome: OTLPPost.Outcome) {
        note(spans: spans, outcome)
        let (waits, atOnce) = state.withLock { state in
            state.isSending = false
            state.post = nil
            let atOnce = state.spans >= Limits.exportBatchSpansMax || state.ended != nil
            let waits = !state.waiting.isEmpty || state.ended != nil
            if waits { state.isScheduled = true }
            return (waits, atOnce)
        }
        guard waits else { return }
        if atOnce { return send() }
        loop.scheduleTask(in: .milliseconds(Limits.exportGatherMilliseconds)) { self.send() }
    }

    /// Says once that a destination fails, and once that it does no more.
    private func note(spans: Int, _ outcome: OTLPPost.Outcome) {
        let before = counts.withLock { counts -> String? in
            defer { counts.failure = outcome.failure }
            let refused = outcome.failure == nil ? min(outcome.refusedSpans, spans) : spans
            counts.droppedSpans += refused
            counts.sentSpans += spans - refused
            return counts.failure
        }
        let fields = ["endpoint": settings.shownEndpoint]
        if let failure = outcome.failure, before == nil {
            log.error("spans cannot be sent; they are dropped", fields.merging(["error": failure]) { $1 })
        } else if outcome.failure == nil, before != nil {
            log.info("spans are sent again", fields)
        }
    }
}

extension ExchangeRecord {
    /// Its own, and one for each attempt.
    var spanCount: Int { 1 + attempts.count }
}
