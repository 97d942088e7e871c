public import Core
import Dispatch
public import NIOCore
import Synchronization

/// Takes what the data plane was sent besides calls into the store, off the loops and one after the other.
public final class Ingest: IngestSink {
    private let feedback: FeedbackIngest
    private let spans: SpanIngest
    private let queue = DispatchQueue(label: "headgate.ingest", qos: .utility)
    private let waitingBytes = Atomic<Int>(0)

    public init(
        records: any RecordStore, feedback: any FeedbackStore, spans: any SpanStore, settings: RecordSettings
    ) throws(RedactionError) {
        self.feedback = try FeedbackIngest(records: records, feedback: feedback, queue: queue, settings)
        self.spans = try SpanIngest(spans, settings)
    }

    /// From the next request on these settings count.
    public func install(_ settings: RecordSettings) throws(RedactionError) {
        try feedback.install(settings)
        try spans.install(settings)
    }

    public func take(
        _ request: IngestRequest, _ done: @escaping @Sendable (Result<IngestAnswer, GatewayError>) -> Void
    ) {
        let bytes = request.body.readableBytes
        guard waitingBytes.add(bytes, ordering: .relaxed).newValue <= Limits.ingestBytesWaitingMax else {
            waitingBytes.subtract(bytes, ordering: .relaxed)
            return done(.failure(Self.unavailable("Too much waits to be stored; please try again.")))
        }
        let end: @Sendable (Result<IngestAnswer, GatewayError>) -> Void = { [self] result in
            waitingBytes.subtract(bytes, ordering: .relaxed)
            done(result)
        }
        queue.async { [self] in
            switch request.kind {
            case .feedback: feedback.take(request, end)
            case .traces: end(spans.take(request))
            }
        }
    }

    static func unavailable(_ message: String) -> GatewayError {
        GatewayError(.overloaded, message, retryAfterSeconds: 1)
    }
}
