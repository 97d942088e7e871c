import Core
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
    func candidates(_ exchange: Exchange, _ leg: Leg) -> [TargetCandidate] {
        guard !leg.health.isEmpty else { return [TargetCandidate(weight: 1)] }
        let now = loop.now.nanoseconds
        return leg.targets.indices.map { place in
            guard leg.weights[place] >= 0 else { return TargetCandidate(weight: -1) }
            var candidate = leg.health[place].candidate(
                weight: leg.weights[place], now: now, settings: exchange.snapshot.breaker)
            let credentials = exchange.snapshot.providers[leg.targets[place].provider].credentials
            candidate.hasOtherKeys = credentials.count > 1
            let rest = shared.credentials.rest(of: credentials, model: leg.upstreamModel(place), now: now)
            if let rest {
                candidate.isDoubtful = !rest.isCertain
                candidate.restsFor = rest.isCertain ? max(0, rest.until - now) : 0
            }
            return candidate
        }
    }
}

extension Fallback {
    fileprivate var isModel: Bool { if case .model = answer { true } else { false } }
}
