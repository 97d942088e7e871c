import Core
import NIOCore
import Synchronization
import Wire

/// `POST /v1/traces`: applications' spans, as OTLP exports them.
final class SpanIngest: Sendable {
    private let store: any SpanStore
    private let preparation: Mutex<SpanPreparation>

    init(_ store: any SpanStore, _ settings: RecordSettings) throws(RedactionError) {
        self.store = store
        preparation = Mutex(try SpanPreparation(settings))
    }

    func install(_ settings: RecordSettings) throws(RedactionError) {
        let prepared = try SpanPreparation(settings)
        preparation.withLock { $0 = prepared }
    }

    func take(_ request: IngestRequest) -> Result<IngestAnswer, GatewayError> {
        let spans: [OTLPSpan]
        do throws(OTLPError) {
            spans = try OTLPDecoder.decode(Array(request.body.readableBytesView), contentType: request.contentType)
        } catch {
            return .failure(GatewayError(.invalidRequest, "This is no export of spans: \(error.explanation)."))
        }
        let preparation = preparation.withLock { $0 }
        let now = WallClock.unixMicroseconds()
        let inTime = spans.filter { SpanPreparation.isInTime($0, now: now) }
        do throws(StoreError) {
            try store.write(inTime.compactMap { preparation.prepare($0, request) })
        } catch {
            return .failure(Ingest.unavailable("The store cannot be reached; please try again."))
        }
        return .success(Self.answer(refused: spans.count - inTime.count, request.contentType))
    }

    /// `ExportTraceServiceResponse`, in the encoding of the request.
    private static func answer(refused: Int, _ contentType: String) -> IngestAnswer {
        let message = "Spans must not begin more than \(Limits.spanDaysMax) days ago, or in the future."
        if contentType.lowercased().hasPrefix("application/json") {
            var writer = JSONWriter()
            writer.beginObject()
            if refused > 0 {
                writer.key("partialSuccess")
                writer.beginObject()
                writer.member("rejectedSpans", "\(refused)")
                writer.member("errorMessage", message)
                writer.endObject()
            }
            writer.endObject()
            return IngestAnswer(body: writer.buffer)
        }
        var writer = ProtobufWriter()
        if refused > 0 {
            writer.message(1) { partial in
                partial.varint(1, UInt64(refused))
                partial.string(2, message)
            }
        }
        return IngestAnswer(contentType: OTLPEncoder.contentType, body: ByteBuffer(bytes: writer.bytes))
    }
}
