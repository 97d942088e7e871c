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
        if body.readableBytes > 0 { record.requestBody = cut(body) }
    }

    func keepAnswer(_ body: ByteBuffer) {
        guard record.level == .full, body.readableBytes > 0 else { return }
        record.responseBody = cut(body)
    }

    func keepAnswerPart(_ bytes: ByteBuffer) {
        guard record.level == .full, !answerHadNoRoom else { return }
        let kept = record.responseBody?.readableBytes ?? 0
        let room = bodyBytesMax * (record.streamed ? Self.streamOverhead : 1) - kept
        guard room > 0 else { return }
        let count = min(bytes.readableBytes, room)
        guard keptAnswers.take(count) else {
            answerHadNoRoom = true
            keptAnswers.dropped += 1
            return forgetAnswer()
        }
        keptAnswerBytes += count
        // Written into a buffer of its own: a part of a read's would keep all of it.
        var part = bytes.part(0..<count)
        if record.responseBody == nil { record.responseBody = ByteBuffer() }
        record.responseBody?.writeBuffer(&part)
    }

    /// What is on the record is the recorder's from now on.
    func releaseAnswer() {
        keptAnswers.give(keptAnswerBytes)
        keptAnswerBytes = 0
    }

    private func forgetAnswer() {
        record.responseBody = nil
        releaseAnswer()
    }

    /// A part that is kept alone is a copy: it must not hold on to the whole body while it waits for the store.
    private func cut(_ body: ByteBuffer) -> ByteBuffer {
        body.readableBytes <= bodyBytesMax ? body : ByteBuffer(bytes: body.readableBytesView.prefix(bodyBytesMax))
    }

    private var bodyBytesMax: Int { snapshot.record.bodyBytesMax }
}

/// What the answers that are passed on keep for the record, all of one loop's together. One without room is not kept.
final class KeptAnswers {
    private var bytes = 0
    /// Answers that had no room.
    var dropped = 0

    func take(_ count: Int) -> Bool {
        guard bytes + count <= Limits.keptAnswerBytesPerLoopMax else { return false }
        bytes += count
        return true
    }

    func give(_ count: Int) { bytes -= count }
}
