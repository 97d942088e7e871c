import Core
import NIOCore
import Plan
import Wire

/// What of the bodies goes on the record: where it is kept at all, up to `record.body_max`.
extension Exchange {
    /// Bytes of a stream's events that are kept for each byte of its text that may be: most of an event is not text.
    private static let streamOverhead = 8

    func keepRequestBody() {
        guard record.level == .full else {
            record.requestBody = nil
            return
        }
        let body = intake.body
        if body.readableBytes > 0 { record.requestBody = body.part(0..<min(body.readableBytes, bodyBytesMax)) }
    }

    func keepAnswer(_ body: ByteBuffer) {
        guard record.level == .full, body.readableBytes > 0 else { return }
        record.responseBody = body.part(0..<min(body.readableBytes, bodyBytesMax))
    }

    func keepAnswerPart(_ bytes: ByteBuffer) {
        guard record.level == .full else { return }
        let kept = record.responseBody?.readableBytes ?? 0
        let room = bodyBytesMax * (record.streamed ? Self.streamOverhead : 1) - kept
        guard room > 0 else { return }
        // Written into a buffer of its own: a part of a read's would keep all of it.
        var part = bytes.part(0..<min(bytes.readableBytes, room))
        if record.responseBody == nil { record.responseBody = ByteBuffer() }
        record.responseBody?.writeBuffer(&part)
    }

    private var bodyBytesMax: Int { snapshot.record.bodyBytesMax }
}
