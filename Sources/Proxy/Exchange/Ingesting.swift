import Core
import NIOCore
import Plan
import Wire

/// What clients send that goes to no model: it is handed to a sink off the loop, which answers.
extension LoopWorker {
    /// - Returns: whether the endpoint is one of these.
    func ingest(_ exchange: Exchange, _ endpoint: Endpoint) async throws(Ending) -> Bool {
        let kind: IngestRequest.Kind
        switch endpoint.kind {
        case .feedback: kind = .feedback
        case .traces: kind = .traces
        default: return false
        }
        guard let sink = shared.ingest else {
            throw .failed(GatewayError(.notFound, "This gateway keeps no records, so it takes none."))
        }
        let request = IngestRequest(
            kind: kind, project: exchange.record.project, key: exchange.record.key,
            level: exchange.snapshot.recordLevel(key: exchange.key, route: nil, provider: nil),
            contentType: exchange.request.fields.first(.contentType) ?? "", body: exchange.intake.body)
        let loop = loop
        sink.take(request) { result in loop.execute { exchange.ingested(result) } }
        while exchange.ingestResult == nil {
            try exchange.checkEnding()
            await exchange.wait()
        }
        switch exchange.ingestResult {
        case .success(let taken): answer(exchange, status: 200, contentType: taken.contentType, body: taken.body)
        case .failure(let error): throw .failed(error)
        case nil: break
        }
        return true
    }
}
