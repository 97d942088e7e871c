public import Core
import Dispatch
import Foundation
public import NIOCore

/// Takes feedback from the data plane into the store, off the loops.
public final class FeedbackIngest: IngestSink {
    private let records: any RecordStore
    private let feedback: any FeedbackStore
    private let queue = DispatchQueue(label: "headgate.ingest", qos: .utility)

    /// Feedback may come before its call is in the store: how often it is looked for again, and when.
    private static let looksMax = 8
    private static let lookMilliseconds = 100

    public init(records: any RecordStore, feedback: any FeedbackStore) {
        self.records = records
        self.feedback = feedback
    }

    public func take(
        _ request: IngestRequest, _ done: @escaping @Sendable (Result<ByteBuffer, GatewayError>) -> Void
    ) {
        queue.async { [self] in
            takeFeedback(request, looks: 0, done)
        }
    }

    private func takeFeedback(
        _ request: IngestRequest, looks: Int, _ done: @escaping @Sendable (Result<ByteBuffer, GatewayError>) -> Void
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
                    takeFeedback(request, looks: looks + 1, done)
                }
            }
            let feedback = Feedback(
                project: request.project, key: request.key, request: id, trace: trace, name: wanted.name,
                value: wanted.value, label: wanted.label, comment: wanted.comment, correction: wanted.correction,
                at: WallClock.unixMicroseconds())
            try store { () throws(StoreError) in try self.feedback.write(feedback) }
            done(.success(ByteBuffer(string: #"{"status":"ok"}"#)))
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
        let calls = try store { () throws(StoreError) in try records.trace(trace) }
        return calls.first { $0.record.project == project }.map { ($0.record.id, trace) }
    }

    private func store<Result>(_ body: () throws(StoreError) -> Result) throws(GatewayError) -> Result {
        do throws(StoreError) {
            return try body()
        } catch {
            throw GatewayError(.overloaded, "The store cannot be reached; please try again.", retryAfterSeconds: 1)
        }
    }
}
