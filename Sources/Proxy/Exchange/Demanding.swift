import Core
import Ledger
import NIOCore
import Plan
import Wire

/// What a call asks for under limits and budgets, before it is known what it will use.
extension LoopWorker {
    func demand(
        _ exchange: Exchange, _ call: Call, _ rules: [LimitRule], key own: LimitRule?, provider: Provider?,
        _ spentBudgets: [String]
    ) -> Demand {
        var claims: [LimitClaim] = []
        func add(_ rule: LimitRule) {
            guard let values = rule.values({ exchange.value(of: $0, call, provider) }) else { return }
            var claim = LimitClaim(rule: rule, values: values, at: exchange.record.startedAtUnixMicroseconds)
            claim.isEnforced = !spentBudgets.contains(rule.id)
            claims.append(claim)
        }
        if let own { add(own) }
        for rule in rules { add(rule) }
        let counts = claims.contains { $0.rule.countsTokens || $0.rule.countsMoney }
        return Demand(
            owner: exchange.key?.id ?? "", amounts: counts ? expected(exchange, call) : Amounts(requests: 1),
            claims: claims)
    }

    /// Worked out once for an exchange and a model, and only where something counts tokens or money.
    private func expected(_ exchange: Exchange, _ call: Call) -> Amounts {
        if let amounts = exchange.reserved.amounts { return amounts }
        var amounts = Amounts(requests: 1)
        defer { exchange.reserved.amounts = amounts }
        guard let facts = call.facts, let route = call.route, !call.endpoint.kind.countsTokens else { return amounts }
        let model = call.leg.model
        exchange.reserved.model = model
        let most = facts.maxTokens.map(Int64.init) ?? route.outputTokensMax
        let usual = shared.usualOutput.tokens(key: exchange.key?.id ?? "", model: model)
        let guess = call.endpoint.kind.writesText ? most ?? Limits.outputTokensGuess : 0
        amounts.inputTokens = Int64(UsageEstimate.inputTokens(of: exchange.intake.body))
        amounts.outputTokens = min(usual ?? guess, max(0, most ?? .max)).multipliedSaturating(by: answers(exchange))
        var usage = TokenUsage()
        usage.inputUncached = Int(amounts.inputTokens)
        usage.output = Int(amounts.outputTokens)
        // A price that nobody knows reserves nothing: the record then says that the cost is unknown.
        for target in call.leg.targets {
            let provider = exchange.snapshot.providers[target.provider]
            let cost = exchange.snapshot.prices.cost(
                of: usage, kind: provider.kind.name, provider: provider.name, servedModel: nil,
                upstreamModel: target.upstreamModel(requested: model, star: call.leg.star), serviceTier: nil,
                region: target.region, at: exchange.record.startedAtUnixMicroseconds)
            if let cost {
                amounts.cost = cost
                break
            }
        }
        return amounts
    }

    /// How many answers are asked for at once.
    private func answers(_ exchange: Exchange) -> Int64 {
        let count = exchange.intake.body.withUnsafeReadableBytes { JSONObjectView($0)?.integer("n") } ?? 1
        return Int64(max(1, min(count, Limits.answersMax)))
    }
}

extension EndpointKind {
    /// It uses no tokens: it says how many there would be.
    fileprivate var countsTokens: Bool { counted != nil || self == .inputTokens }
    /// Its answers are texts of any length.
    fileprivate var writesText: Bool { mayStream && self != .images }
}

extension Route {
    /// The bound that the configuration sets on an answer's tokens.
    fileprivate var outputTokensMax: Int64? {
        let field = force.first { $0.name == "max_tokens" } ?? defaults.first { $0.name == "max_tokens" }
        return field.flatMap { Int64(String(decoding: $0.json, as: UTF8.self)) }
    }
}

extension Int64 {
    fileprivate func multipliedSaturating(by factor: Int64) -> Int64 {
        let (product, isTooLarge) = multipliedReportingOverflow(by: factor)
        return isTooLarge ? .max : product
    }
}
