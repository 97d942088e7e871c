import Core
import NIOCore

/// Where a stream of Responses is, so that events of the gateway's own can stand in it.
struct ResponsesPlace {
    private var id: ByteBuffer?
    private var model = ByteBuffer()
    private var created = 0
    /// Of the last event.
    private var sequence = 0
    private var isOver = false

    mutating func observe(_ piece: JSONObjectView, isTerminal: Bool) {
        if let number = piece.integer("sequence_number") { sequence = number }
        if isTerminal { isOver = true }
        guard id == nil, let response = piece.object("response"), let id = response.inside("id") else { return }
        self.id = ByteBuffer(bytes: id)
        model = response.inside("model").map { ByteBuffer(bytes: $0) } ?? model
        created = response.integer("created_at") ?? created
    }

    /// OpenAI's own heartbeat, with the number of the event before: the next one is the upstream's.
    /// - Returns: nil before the first event, which clients want to be the response's beginning.
    var keepAlive: ByteBuffer? {
        guard id != nil, !isOver else { return nil }
        return ByteBuffer(
            string: "event: keepalive\ndata: {\"type\":\"keepalive\",\"sequence_number\":\(sequence)}\n\n")
    }

    /// `response.failed`, with the same response; before it has begun, `error`.
    func failure(_ error: GatewayError) -> ByteBuffer {
        let message = RawText(error.message).escaped
        let code = ResponseErrorCode.word(error.code)
        guard !isOver else { return ByteBuffer() }
        guard let id else {
            var event = ByteBuffer(string: "event: error\ndata: {\"type\":\"error\",\"code\":\"\(code)\",\"message\":")
            event.writeQuoted(message)
            event.writeStaticString(",\"param\":null,\"sequence_number\":0}\n\n")
            return event
        }
        var event = ByteBuffer(
            string: "event: response.failed\ndata: {\"type\":\"response.failed\",\"sequence_number\":")
        event.writeString("\(sequence + 1),\"response\":")
        ResponseEnvelope(id: id, model: model, created: created, .empty)
            .write(.failed(code: code, message: message), items: ByteBuffer(), usage: nil, into: &event)
        event.writeStaticString("}\n\n")
        return event
    }
}
