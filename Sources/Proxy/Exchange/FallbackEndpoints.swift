import Core
import NIOCore
import Plan
import Wire

/// Endpoints of the user's that answer in a model's place.
extension LoopWorker {
    /// - Returns: the text that it answers; nil where it gives none in time.
    func ask(
        _ endpoint: FallbackEndpoint, _ exchange: Exchange, _ call: Call, _ failed: FailedAttempt
    ) async throws(Ending) -> String? {
        var timeouts = Timeouts()
        (timeouts.connect, timeouts.firstToken) = (endpoint.timeout, endpoint.timeout)
        let attempt = Attempt(exchange, loop: loop, timeouts: timeouts, fresh: false)
        // It is no call to a model, and stands not among the record's attempts.
        attempt.recordPlace = -1
        exchange.attempt = attempt
        var isLate = false
        let timer = Deadline(wheel) { [unowned exchange] in
            isLate = true
            exchange.wake()
        }
        timer.set(loop.now + .nanoseconds(min(endpoint.timeout, exchange.timeLeft)))
        defer {
            timer.end()
            attempt.abandon()
        }
        upstreams.pool(of: endpoint.origin).lease(for: attempt, fresh: false)
        while attempt.connection == nil && attempt.failure == nil && !isLate {
            try exchange.checkEnding()
            await exchange.wait()
        }
        try exchange.checkEnding()
        attempt.send(Self.request(endpoint, exchange, failed), method: .post, limit: endpoint.timeout)
        while !attempt.isComplete && attempt.failure == nil && !isLate
            && attempt.held.readableBytes <= Limits.responseHoldBytesMax
        {
            try exchange.checkEnding()
            await exchange.wait()
        }
        try exchange.checkEnding()
        guard attempt.isComplete, let head = attempt.head, head.status == 200 else {
            shared.log.warning(
                "The fallback at \(endpoint.origin)\(endpoint.target.prefix { $0 != "?" }) gave no answer.")
            return nil
        }
        return Self.text(attempt.held, contentType: head.fields.first(.contentType))
    }

    /// What it is told: who asked what, and why it is asked instead of a model.
    private static func request(
        _ endpoint: FallbackEndpoint, _ exchange: Exchange, _ failed: FailedAttempt
    ) -> [ByteBuffer] {
        var body = JSONWriter()
        body.beginObject()
        body.member("request_id", exchange.idText)
        body.memberIfPresent("model", exchange.record.model)
        body.member("reason", failed.reason.rawValue)
        body.key("tags")
        body.beginObject()
        for tag in exchange.record.tags.entries { body.member(tag.name, tag.value) }
        body.endObject()
        body.key("request")
        body.raw(exchange.intake.body)
        body.endObject()
        var head = ByteBuffer(string: "POST \(endpoint.target) HTTP/1.1\r\n")
        head.writeField("host", endpoint.origin.hostHeader)
        head.writeField("content-type", "application/json")
        head.writeField("accept-encoding", "identity")
        head.writeField("x-request-id", exchange.idText)
        head.writeField("content-length", body.buffer.readableBytes)
        head.writeStaticString("\r\n")
        return [head, body.buffer]
    }

    /// `{"text": "..."}`, or plain text.
    private static func text(_ body: ByteBuffer, contentType: String?) -> String? {
        if contentType?.lowercased().hasPrefix("text/plain") == true { return String(buffer: body) }
        return body.withUnsafeReadableBytes { JSONObjectView($0)?.string("text") }
    }
}
