import Core
import Dispatch
import Foundation
import NIOCore
import Synchronization

/// `POST /v1/feedback`.
final class FeedbackIngest: Sendable {
    private let records: any RecordStore
    private let feedback: any FeedbackStore
    private let queue: DispatchQueue
    private let redactor: Mutex<Redactor>

    /// Feedback may come before its call is in the store: how often it is looked for again, and when.
    private static let looksMax = 8
    private static let lookMilliseconds = 100

    /// - Parameter queue: what it is called on.
    init(
        records: any RecordStore, feedback: any FeedbackStore, queue: DispatchQueue, _ settings: RecordSettings
    ) throws(RedactionError) {
        redactor = Mutex(try Redactor(settings))
        self.records = records
        self.feedback = feedback
        self.queue = queue
    }

    func install(_ settings: RecordSettings) throws(RedactionError) {
        let new = try Redactor(settings)
        redactor.withLock { $0 = new }
    }

    func take(_ request: IngestRequest, _ done: @escaping @Sendable (Result<IngestAnswer, GatewayError>) -> Void) {
        take(request, looks: 0, done)
    }

    private func take(
        _ request: IngestRequest, looks: Int, _ done: @escaping @Sendable (Result<IngestAnswer, GatewayError>) -> Void
    ) {
        do throws(GatewayError) {
            let wanted = try FeedbackRequest(Data(request.body.readableBytesView))
            guard let (id, trace) = try find(wanted, project: request.project) else {
                guard looks < Self.looksMax else {
                    throw GatewayError(
                        .notFound, "There is no such request or trace in the project of this key.",
                        parameter: wanted.requestID == nil ? "trace_id" : "request_id")
                }
                return queue.asyncAfter(deadline: .now() + .milliseconds(Self.lookMilliseconds)) { [self] in
                    take(request, looks: looks + 1, done)
                }
            }
            let feedback = Feedback(
                project: request.project, key: request.key, request: id, trace: trace, name: wanted.name,
                value: wanted.value, label: redacted(wanted.label), comment: redacted(wanted.comment),
                correction: redacted(wanted.correction),
                at: WallClock.unixMicroseconds())
            try store { () throws(StoreError) in try self.feedback.write(feedback) }
            done(.success(IngestAnswer(body: ByteBuffer(string: #"{"status":"ok"}"#))))
        } catch {
            done(.failure(error))
        }
    }

    /// The call it is about; of a trace, its first. Only those of the key's own project are found.
    private func find(
        _ wanted: FeedbackRequest, project: String
    ) throws(GatewayError) -> (ExchangeID, TraceID)? {
        if let id = wanted.requestID {
            let found = try store { () throws(StoreError) in try records.record(id) }
            guard let record = found?.record, record.project == project else { return nil }
            return (id, record.traceID)
        }
        guard let trace = wanted.traceID else { return nil }
        let first = try store { () throws(StoreError) in try records.firstCall(of: trace, project: project) }
        return first.map { ($0, trace) }
    }

    /// nil also for a text that cannot be kept.
    private func redacted(_ text: String?) -> String? {
        guard let text else { return nil }
        return redactor.withLock { $0 }.redacted(ByteBuffer(string: text)).map { String(buffer: $0) }
    }

    private func store<Result>(_ body: () throws(StoreError) -> Result) throws(GatewayError) -> Result {
        do throws(StoreError) {
            return try body()
        } catch {
            throw Ingest.unavailable("The store cannot be reached; please try again.")
        }
    }
}
