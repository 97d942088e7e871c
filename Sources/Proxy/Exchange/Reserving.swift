import Core
import Ledger
import NIOCore
import Plan
import Wire

/// What an exchange has reserved under limits and budgets, until it is settled.
struct ReservedCall {
    fileprivate var call: Reservation?
    fileprivate var attempt: (reservation: Reservation, place: Int)?
    /// What was reserved of tokens and money; nil: nothing was worked out yet.
    fileprivate var amounts: Amounts?
    /// The name under which the model's usual output is known; nil: nothing that counts tokens or money is reserved.
    fileprivate var model: String?
    /// What the tightest budget has left; nil: none counts.
    private(set) var budgetRemaining: Money?

    fileprivate mutating func noteRemaining(_ remaining: Money?) {
        guard let remaining else { return }
        budgetRemaining = min(budgetRemaining ?? remaining, remaining)
    }
}

/// Phases 7 and 9: is there room under every limit and budget? Phase 12 settles, on every path. Fails closed.
extension LoopWorker {
    /// Reserves what the call may use, everything or nothing. A call for which a budget has no room goes on as the
    /// budget's other model, where it names one.
    func reserve(_ exchange: Exchange, _ call: inout Call) async throws(Ending) {
        let rules = exchange.snapshot.limits.ofExchanges
        guard !rules.isEmpty || exchange.key?.limits != nil else { return }
        var spentBudgets: [String] = []
        while true {
            let demand = demand(exchange, call, rules, key: exchange.key?.limits, provider: nil, spentBudgets)
            guard !demand.claims.isEmpty else { return }
            switch await admission(demand, exchange) {
            case .admitted(let reservation, let remaining, _):
                exchange.reserved.call = reservation
                exchange.reserved.noteRemaining(remaining)
                return try exchange.checkEnding()
            case .refused(let refusal):
                exchange.record.limitsHit.append(refusal.rule.name)
                guard case .budget(let budget) = refusal.reason, let model = budget.downgrade,
                    !spentBudgets.contains(refusal.rule.id), downgrade(exchange, &call, to: model)
                else { throw .failed(refusal.error) }
                spentBudgets.append(refusal.rule.id)
            }
        }
    }

    /// Reserves under the rules that name a provider, for one attempt; the one before it is settled.
    /// - Returns: why the attempt must not be made; nil: it may.
    func reserveAttempt(_ exchange: Exchange, _ call: Call, _ provider: Provider) async -> GatewayError? {
        let rules = exchange.snapshot.limits.ofAttempts
        guard !rules.isEmpty else { return nil }
        settleAttempt(exchange)
        let demand = demand(exchange, call, rules, key: nil, provider: provider, [])
        guard !demand.claims.isEmpty else { return nil }
        switch await admission(demand, exchange) {
        case .admitted(let reservation, let remaining, _):
            exchange.reserved.attempt = (reservation, exchange.record.attempts.count)
            exchange.reserved.noteRemaining(remaining)
            return nil
        case .refused(let refusal):
            exchange.record.limitsHit.append(refusal.rule.name)
            return refusal.error
        }
    }

    /// What was reserved becomes what was used. Synchronous; a second call changes nothing.
    func settleLimits(_ exchange: Exchange) {
        settleAttempt(exchange)
        guard let reservation = exchange.reserved.call else { return }
        exchange.reserved.call = nil
        let record = exchange.record
        shared.limiter.settle(reservation, used: used(exchange, record.attempts[...]), at: instant(exchange))
        guard let model = exchange.reserved.model, record.usageSource != .none else { return }
        shared.usualOutput.observe(Int64(record.usage.outputTotal), key: exchange.key?.id ?? "", model: model)
    }

    private func settleAttempt(_ exchange: Exchange) {
        guard let (reservation, place) = exchange.reserved.attempt else { return }
        exchange.reserved.attempt = nil
        let attempts = exchange.record.attempts
        let own = place < attempts.count ? attempts[place...place] : []
        shared.limiter.settle(reservation, used: used(exchange, own), at: instant(exchange))
    }

    private func admission(_ demand: Demand, _ exchange: Exchange) async -> Admission {
        let now = instant(exchange)
        if let admission = shared.limiter.tryReserve(demand, at: now) { return admission }
        return await shared.limiter.reserve(demand, at: now)
    }

    private func instant(_ exchange: Exchange) -> LimitInstant {
        let now = loop.now
        let passed = (now - exchange.startedAt).nanoseconds
        return LimitInstant(
            nanoseconds: Int64(now.uptimeNanoseconds),
            unixMicroseconds: exchange.record.startedAtUnixMicroseconds + passed / 1000)
    }

    private func used(_ exchange: Exchange, _ attempts: ArraySlice<AttemptRecord>) -> Amounts {
        var used = Amounts(requests: attempts.isEmpty ? 0 : 1)
        for attempt in attempts {
            used.inputTokens.addSaturating(Int64(attempt.usage.inputTotal))
            used.outputTokens.addSaturating(Int64(attempt.usage.outputTotal))
            let cost = exchange.snapshot.prices.cost(of: attempt, at: exchange.record.startedAtUnixMicroseconds)
            if let cost { used.cost += cost } else { used.isCostKnown = false }
        }
        return used
    }

    // MARK: What is asked for

    private func demand(
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

    /// The call becomes one to another model. The key need not be allowed it: the budget's rule says so.
    /// - Returns: whether that model can take it.
    private func downgrade(_ exchange: Exchange, _ call: inout Call, to model: String) -> Bool {
        guard call.facts != nil, call.route != nil else { return false }
        let decision: Decision
        do throws(GatewayError) {
            decision = try exchange.snapshot.decide(
                model: model, endpoint: call.endpoint.kind, key: nil, provider: call.pin?.provider,
                call: callFacts(exchange, call.facts, model: model, call.endpoint))
        } catch {
            return false
        }
        guard !decision.isEstimated else { return false }
        call.leg = firstLeg(exchange, decision, model, call.endpoint, isPinned: call.pin != nil)
        call.fallbacks = decision.route.fallbacks[...]
        exchange.record.route = decision.route.pattern
        exchange.record.fallback = "budget"
        exchange.reserved.amounts = nil
        return true
    }
}

extension Exchange {
    fileprivate func value(of dimension: LimitDimension, _ call: Call, _ provider: Provider?) -> String? {
        switch dimension {
        case .key: key?.name
        case .project: record.project
        case .model: call.route == nil ? record.model : call.leg.model
        case .route: call.route?.pattern
        case .provider: provider?.name
        case .tag(let name): record.tags[name]
        }
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

extension LimitRefusal {
    /// What the client is told.
    fileprivate var error: GatewayError {
        let seconds = Int(min(retryAfter, .max - 999_999_999) + 999_999_999) / 1_000_000_000
        let what: String
        let code: ErrorCode
        switch reason {
        case .rate(let rate):
            what = "The limit '\(rule.name)' of \(rate.id.unit.text(rate.amount)) in \(rate.windowText) is used up"
            code = .rateLimitExceeded
        case .concurrency(let count):
            what = "The limit '\(rule.name)' of \(count) calls at a time is reached"
            code = .rateLimitExceeded
        case .budget(let budget):
            what = "The budget '\(rule.name)' of \(budget.amount) is used up"
            code = .budgetExceeded
        }
        return GatewayError(code, "\(what); try again in \(max(1, seconds)) s.", retryAfterSeconds: max(1, seconds))
    }
}

extension RateLimit {
    fileprivate var windowText: String {
        window % 1_000_000_000 == 0 ? "\(window / 1_000_000_000) s" : "\(window / 1_000_000) ms"
    }
}

extension Int64 {
    fileprivate func multipliedSaturating(by factor: Int64) -> Int64 {
        let (product, isTooLarge) = multipliedReportingOverflow(by: factor)
        return isTooLarge ? .max : product
    }
}
