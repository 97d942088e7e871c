import Core
import Plan
import Policy
import Synchronization

/// How a target does, for all loops together: what one loop has seen of it counts for all.
final class TargetHealth: Sendable {
    private struct State {
        var breaker = Breaker()
        var retries = RetryBudget()
        var inFlight = 0
        var slowFirstToken = SlowFirstToken()
        var latency = PeakEWMA()
    }

    let name: TargetName
    private let state = Mutex(State())

    init(_ name: TargetName) { self.name = name }

    /// The target as a choice sees it.
    func candidate(weight: Int, now: Int64, settings: BreakerSettings) -> TargetCandidate {
        state.withLock { state in
            let ejectedSince = state.breaker.ejectedSince(at: now)
            let share = weight > 0 ? state.breaker.share(at: now, settings) : 100
            return TargetCandidate(
                weight: weight > 0 ? max(1, weight * share) : weight, ejectedSince: ejectedSince,
                mayRetry: state.retries.mayRetry(at: now), inFlight: state.inFlight)
        }
    }

    func willSend(now: Int64, isRetry: Bool, retryPerMillion: Int, settings: BreakerSettings) {
        state.withLock { state in
            state.breaker.willSend(at: now, settings)
            state.inFlight += 1
            if isRetry { state.retries.retried(at: now) } else { state.retries.called(perMillion: retryPerMillion) }
        }
    }

    /// Once for each time that `willSend` was called.
    /// - Parameter isFailure: nil: it says nothing of the target.
    /// - Returns: whether its breaker opened by this.
    func ended(isFailure: Bool?, now: Int64, settings: BreakerSettings) -> Bool {
        state.withLock { state in
            state.inFlight -= 1
            switch isFailure {
            case nil: return false
            case true?: return state.breaker.failed(at: now, settings)
            case false?:
                state.breaker.succeeded(at: now, settings)
                return false
            }
        }
    }

    /// The first content of a call came so many nanoseconds after it was sent.
    func firstTokenCame(after nanoseconds: Int64, now: Int64) {
        state.withLock { state in
            state.slowFirstToken.observe(nanoseconds)
            state.latency.observe(nanoseconds, now: now)
        }
    }

    /// The usual time to the first content, in nanoseconds; nil: unknown.
    func latency(at now: Int64) -> Int64? { state.withLock { $0.latency.value(at: now) } }

    /// Nanoseconds in which 95 of 100 calls have their first content; nil: too little is known.
    var slowFirstToken: Int64? { state.withLock { $0.slowFirstToken.value } }

    /// It was asked by itself. Being well tells of nothing but that it can be tried again.
    /// - Returns: whether its breaker opened by this.
    func probed(isWell: Bool, now: Int64, settings: BreakerSettings) -> Bool {
        state.withLock { state in
            if !isWell { return state.breaker.failed(at: now, settings) }
            if !state.breaker.isClosed { state.breaker.succeeded(at: now, settings) }
            return false
        }
    }

    /// Calls that run there, and since when its breaker keeps others away.
    func status(now: Int64) -> (inFlight: Int, ejectedSince: Int64?) {
        state.withLock { ($0.inFlight, $0.breaker.ejectedSince(at: now)) }
    }
}

/// The health of all targets by their names: it outlives configurations.
final class TargetHealthTable: Sendable {
    private let targets = Mutex<[TargetName: TargetHealth]>([:])

    func health(of name: TargetName) -> TargetHealth {
        targets.withLock { targets in
            if let known = targets[name] { return known }
            let made = TargetHealth(name)
            targets[name] = made
            return made
        }
    }

    /// Of a route's targets, in their order.
    func health(of route: Route, in snapshot: Snapshot) -> [TargetHealth] {
        route.targets.map {
            health(of: $0.name(pattern: route.pattern, provider: snapshot.providers[$0.provider]))
        }
    }
}

/// How much of each model's traffic was sent twice, over all loops.
final class HedgeBudgets: Sendable {
    private let budgets = Mutex<[String: HedgeBudget]>([:])

    func called(_ route: String, bytes: Int) {
        budgets.withLock { $0[route, default: HedgeBudget()].called(bytes: bytes) }
    }

    /// Takes room for one more, if there is any.
    func mayHedge(_ route: String, bytes: Int, settings: HedgePolicy) -> Bool {
        budgets.withLock { $0[route, default: HedgeBudget()].hedge(bytes: bytes, settings) }
    }
}
