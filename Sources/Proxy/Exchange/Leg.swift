import Core
import Ledger
import NIOCore
import Plan
import Policy
import Wire

/// The targets of one entry of `models`, and what has been tried of them for one call.
struct Leg {
    /// The name under which the model is asked for here.
    let model: String
    /// nil on the pass-through endpoint.
    let route: Route?
    let star: Substring
    let targets: [Target]
    /// By the place of a target: negative where it cannot serve the call.
    let weights: [Int]
    /// By the place of a target; empty where no account is kept.
    let health: [TargetHealth]
    let retries: RetryPolicy
    var plan: AttemptPlan

    /// The upstream's name of the model at one of the targets.
    func upstreamModel(_ place: Int) -> String {
        model.isEmpty ? "" : targets[place].upstreamModel(requested: model, star: star)
    }
}

extension LoopWorker {
    /// - Parameters:
    ///   - later: the fallbacks behind it; those that are models want an attempt of their own.
    ///   - attemptsMade: by earlier legs.
    func leg(
        _ exchange: Exchange, _ decision: Decision, model: String, later: [Fallback], attemptsMade: Int
    ) -> Leg {
        let snapshot = exchange.snapshot
        let retries = snapshot.retries(route: decision.route, key: exchange.key)
        return Leg(
            model: model, route: decision.route, star: decision.star, targets: decision.route.targets,
            weights: decision.weights, health: health(of: decision.route, in: snapshot), retries: retries,
            plan: AttemptPlan(
                strategy: decision.route.strategy, retries: retries,
                attemptsLeft: retries.attemptsMax - attemptsMade - later.count(where: \.isModel),
                ejectedShare: snapshot.breaker.ejectedPerMillion,
                answeredFor: later.reduce(into: []) { $0.formUnion($1.reasons) }))
    }

    /// One target, and no second attempt but on a fresh connection: what is not known to be safe to repeat.
    static func onlyLeg(_ target: Target, model: String = "", route: Route? = nil, star: Substring = "") -> Leg {
        var once = RetryPolicy()
        once.attemptsMax = 1
        return Leg(
            model: model, route: route, star: star, targets: [target], weights: [1], health: [], retries: once,
            plan: AttemptPlan(
                strategy: .weighted, retries: once, attemptsLeft: 1, ejectedShare: 0, answeredFor: []))
    }

    /// The leg's targets as they are now.
    func candidates(_ exchange: Exchange, _ call: Call) -> [TargetCandidate] {
        let leg = call.leg
        guard !leg.health.isEmpty else { return [TargetCandidate(weight: 1)] }
        return leg.targets.indices.map { place in
            leg.weights[place] < 0 ? TargetCandidate(weight: -1) : candidate(exchange, call, place)
        }
    }

    private func candidate(_ exchange: Exchange, _ call: Call, _ place: Int) -> TargetCandidate {
        let (leg, now) = (call.leg, loop.now.nanoseconds)
        var candidate = leg.health[place].candidate(
            weight: leg.weights[place], now: now, settings: exchange.snapshot.breaker)
        candidate.group = leg.targets[place].priority
        let provider = exchange.snapshot.providers[leg.targets[place].provider]
        let model = leg.upstreamModel(place)
        candidate.hasOtherKeys = provider.credentials.count > 1
        if let rest = shared.credentials.rest(of: provider, model: model, now: now) {
            candidate.isDoubtful = !rest.isCertain
            candidate.restsFor = rest.isCertain ? max(0, rest.until - now) : 0
        }
        if let delay = shared.mirrors.delay(provider, model: model, exchange.mirrorDemand(call), now: now) {
            // The provider's own word is near enough to wait a moment for, and not to refuse a call on.
            if delay <= Limits.paceNanosecondsMax {
                candidate.restsFor = max(candidate.restsFor, delay)
            } else {
                candidate.isDoubtful = true
            }
        }
        switch leg.route?.strategy {
        case .leastLatency: candidate.latency = leg.health[place].latency(ofStreams: call.streams, at: now)
        case .lowestPrice: candidate.price = price(exchange, call, leg.targets[place], provider, model)
        case .weighted, .priority, .leastBusy, nil: break
        }
        return candidate
    }

    /// What the call is expected to cost at a target, in pico-dollars; nil: its price is unknown.
    private func price(
        _ exchange: Exchange, _ call: Call, _ target: Target, _ provider: Provider, _ model: String
    ) -> Int64? {
        let demand = exchange.mirrorDemand(call)
        var usage = TokenUsage()
        usage.inputUncached = demand.inputTokens
        usage.output = max(demand.outputTokens, Int(Limits.outputTokensGuess))
        let cost = exchange.snapshot.prices.cost(
            of: usage, kind: provider.kind.name, provider: provider.name, servedModel: nil, upstreamModel: model,
            serviceTier: nil, region: target.region, at: exchange.record.startedAtUnixMicroseconds)
        return cost.map { Int64(clamping: $0.picoUSD) }
    }
}

extension Exchange {
    /// What a call may take of a provider's limits, roughly: they are mirrored roughly too.
    func mirrorDemand(_ call: Call) -> MirrorBucket.Demand {
        MirrorBucket.Demand(inputTokens: intake.body.readableBytes / 4, outputTokens: call.facts?.maxTokens ?? 0)
    }
}

extension Fallback {
    fileprivate var isModel: Bool { if case .model = answer { true } else { false } }
}
