import Core
import NIOCore
import Plan
import Policy
import Wire

/// What answers when a model's targets do not: the fallbacks of the model that was asked for, in their order. Those of
/// a model that stands in are not asked.
extension LoopWorker {
    func firstLeg(_ exchange: Exchange, _ decision: Decision, _ model: String, _ endpoint: Endpoint, isPinned: Bool)
        -> Leg
    {
        let fallbacks = decision.route.fallbacks.filter { $0.applies(to: endpoint.kind, isPinned: isPinned) }
        return leg(exchange, decision, model: model, later: fallbacks, attemptsMade: 0)
    }

    /// - Returns: whether the call goes on: at other targets, or because it has been answered here.
    func fallBack(
        _ exchange: Exchange, _ call: inout Call, _ failed: FailedAttempt
    ) async throws(Ending) -> Bool {
        while let fallback = call.fallbacks.popFirst() {
            guard failed.isAnswered(by: fallback.reasons),
                fallback.applies(to: call.endpoint.kind, isPinned: call.pin != nil)
            else { continue }
            let before = exchange.record.fallback
            exchange.record.fallback = fallback.kind
            switch fallback.answer {
            case .model(let name):
                if let next = standIn(exchange, call, name), try await reserveStandIn(exchange, next) {
                    call = next
                    return true
                }
            case .template(let template):
                answer(exchange, call, text: template.filled { Self.value($0, exchange, failed) })
                return true
            case .http(let endpoint):
                if let text = try await ask(endpoint, exchange, call, failed) {
                    answer(exchange, call, text: text)
                    return true
                }
            case .error(let message, let retryAfter):
                var error = failed.error
                error.message = message
                if let retryAfter { error.retryAfterSeconds = retryAfter }
                throw .failed(error)
            }
            exchange.record.fallback = before
        }
        // The model that stood in has failed too: nobody has answered.
        if exchange.record.fallback == "model" { exchange.record.fallback = nil }
        return false
    }

    /// The call at the targets of another model; nil where they cannot serve it.
    private func standIn(_ exchange: Exchange, _ call: Call, _ name: String) -> Call? {
        let decision = try? exchange.snapshot.decide(
            model: name, endpoint: call.endpoint.kind, key: nil,
            call: callFacts(exchange, call.facts, model: name, call.endpoint))
        guard let decision, !decision.isEstimated else { return nil }
        let later = call.fallbacks.filter { $0.applies(to: call.endpoint.kind, isPinned: false) }
        var next = call
        next.leg = leg(
            exchange, decision, model: name, later: Array(later), attemptsMade: exchange.record.attempts.count)
        return next
    }

    /// The answer came from another target than the one that was tried first.
    func noteProviderFallback(_ exchange: Exchange) {
        let attempts = exchange.record.attempts
        guard exchange.record.fallback == nil, attempts.count > 1, attempts[0].target != attempts.last?.target else {
            return
        }
        exchange.record.fallback = "provider"
    }

    private static func value(_ name: String, _ exchange: Exchange, _ failed: FailedAttempt) -> String? {
        switch name {
        case "model": exchange.record.model
        case "request_id": exchange.idText
        case "error": failed.error.code.rawValue
        case "retry_after": failed.error.retryAfterSeconds.map { "\($0)" }
        default: exchange.record.tags[name]
        }
    }

    /// A text in the place of a model's answer, in the client's format.
    private func answer(_ exchange: Exchange, _ call: Call, text: String) {
        let answer = TextAnswer(
            text, endpoint: call.endpoint.kind,
            ChatAnswerContext(
                created: Int(exchange.record.startedAtUnixMicroseconds / 1_000_000),
                wantsUsage: call.facts?.asksForUsage ?? false, id: exchange.idText,
                model: exchange.record.model ?? ""))
        exchange.record.finishReason = "stop"
        guard call.streams else {
            let body = answer.whole
            exchange.keepAnswer(body)
            return self.answer(exchange, status: 200, body: body)
        }
        let events = answer.stream
        for event in events { exchange.keepAnswerPart(event) }
        self.answer(exchange, events: events)
    }
}

extension Fallback {
    /// Whether it can answer such a call at all.
    fileprivate func applies(to endpoint: EndpointKind, isPinned: Bool) -> Bool {
        switch answer {
        case .model: !isPinned
        case .template, .http: ChatFormat(endpoint: endpoint) != nil
        case .error: true
        }
    }
}
