import Core
import Wire

/// Counts of tokens that nobody else can give.
extension LoopWorker {
    /// - Returns: whether the call is one of these.
    func answerByEstimate(_ exchange: Exchange, _ call: Call) throws(Ending) -> Bool {
        guard call.isEstimated else { return false }
        exchange.keepRequestBody()
        do throws(GatewayError) {
            if exchange.dialect == .anthropic {
                try AnthropicVersion.check(exchange.intake.body, version: exchange.client.anthropicVersion)
            }
            let body = try CountEstimate.answer(exchange.intake.body, call.endpoint.kind)
            exchange.keepAnswer(body)
            answer(exchange, status: 200, isEstimated: true, body: body)
        } catch {
            throw .failed(error)
        }
        return true
    }
}
