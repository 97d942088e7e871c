import Core
import Plan
import Policy
import Synchronization

/// How a target does, for all loops together: what one loop has seen of it counts for all.
final class TargetHealth: Sendable {
    private struct State {
        var breaker = Breaker()
        var retries = RetryBudget()
        var gate = TargetGate<QueuedExchange>()
        var streams = FirstContent()
        var wholes = FirstContent()

        /// - Returns: who was let in, and told so; to be woken outside of the lock.
        mutating func leave(_ room: RoomEnd, now: Int64) -> [QueuedExchange] {
            gate.ended(room.end, wasAccepted: room.wasAccepted, most: room.connectionsMax, at: now)
            var admitted: [QueuedExchange] = []
            while let waiter = gate.admitNext(at: now, settings: room.priority) {
                waiter.tell(.admitted)
                admitted.append(waiter)
            }
            return admitted
        }
    }

    let name: TargetName
    private let state = Mutex(State())

    init(_ name: TargetName) { self.name = name }

    /// The target as a choice sees it.
    func candidate(weight: Int, now: Int64, settings: BreakerSettings) -> TargetCandidate {
        state.withLock { state in
            let ejectedSince = state.breaker.ejectedSince(at: now)
            let share = weight > 0 ? state.breaker.share(at: now, settings) : 100
            var candidate = TargetCandidate(
                weight: weight > 0 ? max(1, weight * share) : weight, ejectedSince: ejectedSince,
                mayRetry: state.retries.mayRetry(at: now), inFlight: state.gate.inFlight)
            candidate.isFull = !state.gate.hasRoom
            return candidate
        }
    }

    /// - Parameter hasRoom: it was counted as it got room.
    func willSend(now: Int64, hasRoom: Bool, isRetry: Bool, retryPerMillion: Int, settings: BreakerSettings) {
        state.withLock { state in
            state.breaker.willSend(at: now, settings)
            if !hasRoom { state.gate.enterAnyway() }
            if isRetry { state.retries.retried(at: now) } else { state.retries.called(perMillion: retryPerMillion) }
        }
    }

    /// Once for each time that `willSend` was called.
    /// - Parameters:
    ///   - isFailure: nil: it says nothing of the target.
    ///   - room: what it says of the target's room.
    /// - Returns: whether its breaker opened by this.
    func ended(isFailure: Bool?, room: RoomEnd, begun: Int64, now: Int64, settings: BreakerSettings) -> Bool {
        let (opened, admitted) = state.withLock { state in
            // Refused beside others that run: the target is full, not ill. One that takes none at all is.
            let isFull = room.isRefusal && state.gate.inFlight > 1
            let admitted = state.leave(room, now: now)
            switch isFull ? nil : isFailure {
            case nil: return (false, admitted)
            case true?: return (state.breaker.failed(at: now, begun: begun, settings), admitted)
            case false?:
                state.breaker.succeeded(at: now, begun: begun, settings)
                return (false, admitted)
            }
        }
        for waiter in admitted { waiter.wake() }
        return opened
    }

    /// The first content of a streamed call came so many nanoseconds after it was sent.
    func streamBegan(after nanoseconds: Int64, inputTokens: Int, connectionsMax: Int, now: Int64) {
        state.withLock { state in
            state.gate.firstTokenCame(after: nanoseconds, inputTokens: inputTokens, most: connectionsMax, at: now)
        }
    }

    /// The first content of a call came so many nanoseconds after it was sent: of an answer in one piece, all of it.
    func firstContentCame(after nanoseconds: Int64, isStream: Bool, now: Int64) {
        state.withLock { state in
            if isStream {
                state.streams.observe(nanoseconds, now: now)
            } else {
                state.wholes.observe(nanoseconds, now: now)
            }
        }
    }

    /// The usual time to it, in nanoseconds; nil: unknown.
    func latency(ofStreams isStream: Bool, at now: Int64) -> Int64? {
        state.withLock { (isStream ? $0.streams : $0.wholes).latency.value(at: now) }
    }

    /// Nanoseconds in which 95 of 100 calls have it; nil: too little is known.
    func slowFirstContent(ofStreams isStream: Bool) -> Int64? {
        state.withLock { (isStream ? $0.streams : $0.wholes).slow.value }
    }

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
    func status(now: Int64) -> (inFlight: Int, ejectedSince: Int64?, limit: Int?, waiting: [Int]) {
        state.withLock { state in
            (
                state.gate.inFlight, state.breaker.ejectedSince(at: now), state.gate.limit.value, state.gate.waiting
            )
        }
    }

    // MARK: Room

    /// - Returns: whether there is room; it is taken then.
    func enter() -> Bool { state.withLock { $0.gate.enter() } }

    /// Waits where there is no room. Who has to give way is told so.
    func enter(
        _ call: WaitingCall, _ waiter: QueuedExchange, now: Int64, settings: PrioritySettings
    ) -> TargetGate<QueuedExchange>.Entry {
        let entry = state.withLock { state in
            let entry = state.gate.enter(call, waiter, at: now, settings: settings)
            if case .waits(_, let shed?) = entry { shed.waiter.tell(.shed(retryAfter: shed.retryAfter)) }
            return entry
        }
        if case .waits(_, let shed?) = entry { shed.waiter.wake() }
        return entry
    }

    /// One waits no longer.
    /// - Returns: whether it did; otherwise it was told something.
    func leave(_ id: UInt64, priority: Int) -> Bool { state.withLock { $0.gate.leave(id, priority: priority) } }

    /// Room was not needed.
    func leaveUnused(now: Int64, priority: PrioritySettings) {
        let room = RoomEnd(end: .other, wasAccepted: false, connectionsMax: 1, priority: priority)
        for waiter in state.withLock({ $0.leave(room, now: now) }) { waiter.wake() }
    }
}

/// What the end of a call says of its target's room, and how those who wait for it are let in.
struct RoomEnd {
    var end: TargetGate<QueuedExchange>.End
    /// Its stream had begun.
    var wasAccepted: Bool
    /// Connections to the provider: there is never room for more.
    let connectionsMax: Int
    let priority: PrioritySettings

    var isRefusal: Bool { if case .refused = end { true } else { false } }
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

/// When the content of a target's calls comes. Streams and answers in one piece are told apart: one begins long before
/// the other is ready.
private struct FirstContent: Sendable {
    var slow = SlowFirstToken()
    var latency = PeakEWMA()

    mutating func observe(_ nanoseconds: Int64, now: Int64) {
        slow.observe(nanoseconds)
        latency.observe(nanoseconds, now: now)
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
