import Core
import NIOCore
import Plan
import Wire

/// The handshake of a WebSocket that speaks OpenAI's Responses. It is no call: each message on the socket is one, and
/// an exchange of its own.
extension LoopWorker {
    func openResponsesSocket(_ exchange: Exchange) throws(Ending) {
        let request = exchange.request
        guard request.method == .get, request.isHTTP11, request.asksForWebSocket, exchange.isRequestComplete,
            request.field("sec-websocket-version") == "13",
            let accept = request.field("sec-websocket-key").flatMap(WebSocketHandshake.accept)
        else {
            throw .failed(
                GatewayError(
                    .invalidRequest,
                    "GET on this path is a WebSocket (version 13): the request must ask for an upgrade to one. "
                        + "Without one, send a POST."))
        }
        var head = AnswerHead.switchingToWebSocket()
        head.field("sec-websocket-accept", accept)
        head.requestID(exchange.idText)
        head.end()
        exchange.record.status = 101
        exchange.hasAnswered = true
        exchange.isAnswerWhole = true
        exchange.connection.write(head.buffer)
        exchange.connection.flush()
        exchange.connection.speak(
            through: ResponsesSocket(
                worker: self, wheel: wheel, settings: exchange.connection.settings,
                requestHead: ResponsesRequestHead(ofHandshake: request), keyDigest: exchange.key?.digest))
    }
}
