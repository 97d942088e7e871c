import Core
import Ledger
import NIOCore
import Plan
import Wire

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

    /// Reserves under the rules that count for the model which stands in and not for the one before. All others have
    /// the call already, whoever answers it.
    /// - Returns: whether it may stand in.
    func reserveStandIn(_ exchange: Exchange, _ call: Call) async throws(Ending) -> Bool {
        settleStandIn(exchange)
        let attempts = exchange.record.attempts.count
        let before = exchange.reserved
        exchange.reserved.ownAttempts = before.ownAttempts ?? attempts
        // What it may use, and what such models usually do, is another matter.
        (exchange.reserved.amounts, exchange.reserved.model) = (nil, nil)
        var demand = demand(exchange, call, exchange.snapshot.limits.ofExchanges, key: nil, provider: nil, [])
        let counted = Set(exchange.reserved.call?.demand.claims.map(\.key) ?? [])
        demand.claims.removeAll { counted.contains($0.key) }
        guard !demand.claims.isEmpty else { return true }
        switch await admission(demand, exchange) {
        case .admitted(let reservation, let remaining, _):
            exchange.reserved.standIn = (reservation, attempts)
            exchange.reserved.noteRemaining(remaining)
            try exchange.checkEnding()
            return true
        case .refused(let refusal):
            exchange.record.limitsHit.append(refusal.rule.name)
            exchange.reserved = before
            try exchange.checkEnding()
            return false
        }
    }

    /// What was reserved becomes what was used. Synchronous; a second call changes nothing.
    func settleLimits(_ exchange: Exchange) {
        settleAttempt(exchange)
        settleStandIn(exchange)
        guard let reservation = exchange.reserved.call else { return }
        exchange.reserved.call = nil
        let record = exchange.record
        var all = used(exchange, record.attempts[...])
        var own = exchange.reserved.ownAttempts.map { used(exchange, record.attempts.prefix($0)) } ?? all
        // What was fetched for the call was work, be it that no provider was asked then.
        if record.fetch.files + record.fetch.failures > 0 { (all.requests, own.requests) = (1, 1) }
        shared.limiter.settle(reservation, used: all, byModel: own, at: instant(exchange))
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

    private func settleStandIn(_ exchange: Exchange) {
        guard let (reservation, place) = exchange.reserved.standIn else { return }
        exchange.reserved.standIn = nil
        shared.limiter.settle(
            reservation, used: used(exchange, exchange.record.attempts.dropFirst(place)), at: instant(exchange))
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
