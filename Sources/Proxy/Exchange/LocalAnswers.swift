import Core
import NIOCore
import Plan
import Wire

/// What the gateway answers by itself: lists of models, signs of life, a browser's question before its request,
/// the handshake of a socket.
extension LoopWorker {
    /// - Returns: whether the endpoint is one of these.
    func answerLocally(_ exchange: Exchange, _ endpoint: Endpoint) throws(Ending) -> Bool {
        switch endpoint.kind {
        case .root, .health:
            answer(exchange, status: 200, body: ByteBuffer(string: "{\"status\":\"ok\"}"))
        case .ready:
            answer(exchange, status: 200, body: readiness(exchange.snapshot))
        case .models:
            if exchange.request.hasQuery("client_version") {
                answer(exchange, status: 200, body: ModelList.codex)
            } else {
                let names = exchange.snapshot.visibleModels(to: exchange.key)
                answer(exchange, status: 200, body: ModelList.json(names, dialect: exchange.dialect))
            }
        case .model:
            try answerModel(exchange)
        case .preflight:
            try answerPreflight(exchange)
        case .responsesSocket:
            try openResponsesSocket(exchange)
        case .objects:
            // Who has made nothing has nothing listed, and no provider is asked.
            guard case .list(let prefix) = endpoint.object, let registry = shared.objects,
                listPlaces(exchange, registry, prefix).isEmpty
            else { return false }
            answer(exchange, status: 200, body: OwnObjects(query: nil).body)
        default:
            return false
        }
        return true
    }

    private func answerModel(_ exchange: Exchange) throws(Ending) {
        let name = PercentEncoding.decoded(exchange.pathRest)
        guard let name, exchange.snapshot.routes.match(name) != nil, exchange.key?.models.allows(name) ?? true else {
            throw .failed(GatewayError(.modelNotFound, "There is no such model for this key.", parameter: "model"))
        }
        answer(exchange, status: 200, body: ModelList.json(name, dialect: exchange.dialect))
    }

    /// Tells a browser what pages of an allowed origin may send (the fetch standard, "CORS protocol").
    private func answerPreflight(_ exchange: Exchange) throws(Ending) {
        guard let origin = exchange.client.origin, exchange.snapshot.server.allowedOrigins.contains(origin) else {
            throw .failed(
                GatewayError(
                    .permissionDenied, "Web pages of this origin may not call; 'server.cors' names those that may."))
        }
        var head = AnswerHead(status: 204)
        head.requestID(exchange.idText)
        head.field("access-control-allow-methods", "GET, POST, PUT, PATCH, DELETE")
        if let fields = exchange.client.askedHeaders { head.field("access-control-allow-headers", fields) }
        head.field("access-control-max-age", 600)
        answer(exchange, head)
    }

    private func readiness(_ snapshot: Snapshot) -> ByteBuffer {
        var writer = JSONWriter()
        writer.beginObject()
        writer.member("status", "ready")
        writer.member("version", shared.version)
        writer.member("providers", snapshot.providers.count)
        writer.member("models", snapshot.routes.routes.count)
        // Calls go on without a recorder: that it is not well is no reason to take the gateway out of service.
        if let problem = shared.recorderProblem() { writer.member("recorder", problem) }
        writer.endObject()
        return writer.buffer
    }
}
