import Core
import NIOCore
import Plan
import Wire

/// Sessions over a WebSocket that are passed on as they are: after the upstream's 101, bytes go both ways until one
/// side closes. What the upstream says is read in passing, for its usage.
extension LoopWorker {
    /// The fields of the handshake that go to the upstream. Extensions do not: what is compressed cannot be read.
    static func handshake(_ exchange: Exchange) throws(GatewayError) -> ByteBuffer {
        var fields = ByteBuffer()
        fields.writeStaticString("connection: Upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\n")
        guard exchange.request.asksForWebSocket, let key = exchange.request.field("sec-websocket-key") else {
            throw GatewayError(
                .invalidRequest, "This endpoint is a WebSocket: the request must ask for an upgrade to one.")
        }
        fields.writeField("sec-websocket-key", key)
        // Browsers put their key among the protocols; it is the client's own and ends here.
        let offered = (exchange.request.field("sec-websocket-protocol") ?? "").split(separator: ",")
            .map { $0.trimmingPrefix { $0 == " " } }
        let protocols = offered.filter { $0 == "realtime" || $0.hasPrefix("openai-beta.") }
        if !protocols.isEmpty { fields.writeField("sec-websocket-protocol", protocols.joined(separator: ", ")) }
        return fields
    }

    func passSession(_ exchange: Exchange, _ call: Call, _ answered: Answered) async throws(Ending) {
        var head = AnswerHead.switchingToWebSocket()
        for name in ["sec-websocket-accept", "sec-websocket-protocol"] {
            if let value = answered.fields.value(named: name) { head.field(name, value) }
        }
        head.requestID(exchange.idText)
        head.field("x-headgate-provider", answered.provider.name)
        head.end()
        exchange.record.status = 101
        exchange.record.streamed = true
        exchange.hasAnswered = true
        exchange.mustCloseConnection = true
        exchange.connection.write(head.buffer)
        exchange.connection.flush()
        let meter = UsageMeter(webSocketOf: answered.format)
        let pump = AnswerPump(
            exchange, attempt: answered.attempt, framing: .untilClose, opening: nil, array: nil, meter: meter,
            loop: loop)
        answered.attempt.isSession = true
        exchange.beginSession(nanoseconds: Limits.sessionNanosecondsMax)
        exchange.pump = pump
        answered.attempt.pump = pump
        pump.receive(answered.attempt.takeHeld())
        if let upstream = answered.attempt.connection { exchange.connection.beginSession(with: upstream) }
        answered.attempt.connection?.resume()
        while !answered.attempt.isComplete && answered.attempt.failure == nil && exchange.ending == nil {
            await exchange.wait()
        }
        pump.finishMeter()
        exchange.note(pump.observation)
        answered.attempt.abandon()
        // One side has left, as sessions end: that is no failure of the call. The connection ends behind the last byte.
        exchange.isAnswerWhole = true
    }
}

extension AnswerHead {
    static func switchingToWebSocket() -> AnswerHead {
        var head = AnswerHead(status: 101)
        head.field("connection", "Upgrade")
        head.field("upgrade", "websocket")
        return head
    }
}

extension RequestHead {
    var asksForWebSocket: Bool { field("upgrade")?.lowercased() == "websocket" }

    /// - Parameter name: in lower case.
    func field(_ name: String) -> String? { fields.value(named: name) }
}

extension HeaderFields {
    /// The first value of a field that has no name of its own in the code.
    /// - Parameter name: in lower case.
    func value(named name: String) -> String? {
        lines.first { lowercasedName($0) == name }.map { text($0.valuePlace) }
    }
}
