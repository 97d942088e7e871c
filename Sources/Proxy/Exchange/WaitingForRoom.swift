import Core
import NIOCore
import Plan
import Policy
import Wire

/// Before an attempt: is there room at its target? Where there is none, the exchange waits for its turn, or is told
/// when to come again. A target that has shown no overload costs a lock and a count.
extension LoopWorker {
    /// - Returns: why the attempt must not be made; nil: there is room, and the exchange holds it.
    func waitForRoom(_ exchange: Exchange, _ call: Call, _ place: Int) async throws(Ending) -> FailedAttempt? {
        guard call.leg.health.indices.contains(place) else { return nil }
        let health = call.leg.health[place]
        releaseRoom(exchange)
        if health.enter() {
            exchange.room = health
            return nil
        }
        return try await queue(exchange, call, place, health)
    }

    /// Gives back room of which no attempt has made use.
    func releaseRoom(_ exchange: Exchange) {
        guard let health = exchange.room else { return }
        exchange.room = nil
        health.leaveUnused(now: loop.now.nanoseconds, priority: exchange.snapshot.priority)
    }

    private func queue(
        _ exchange: Exchange, _ call: Call, _ place: Int, _ health: TargetHealth
    ) async throws(Ending) -> FailedAttempt? {
        let settings = exchange.snapshot.priority
        let (began, waitMax) = (loop.now, longestWait(exchange, call, place))
        let waiter = QueuedExchange(exchange, loop: loop)
        // What its last attempt holds is not needed while it waits.
        exchange.attempt = nil
        let demand = exchange.mirrorDemand(call)
        let entry = health.enter(
            WaitingCall(
                priority: exchange.priority, tenant: exchange.key?.id ?? exchange.record.project,
                tokens: demand.inputTokens + (call.facts?.maxTokens ?? Int(Limits.outputTokensGuess)),
                waitMax: waitMax), waiter, now: began.nanoseconds, settings: settings)
        defer { exchange.record.queueTime += (loop.now - began).nanoseconds }
        switch entry {
        case .entered:
            exchange.room = health
            return nil
        case .refused(let retryAfter): return noRoom(exchange, call, retryAfter)
        case .waits(let id, _):
            exchange.noteOverload()
            let due = began + .nanoseconds(waitMax)
            let timer = Deadline(wheel) { [unowned exchange] in exchange.wake() }
            timer.set(due)
            defer { timer.end() }
            while true {
                switch waiter.state {
                case .admitted:
                    exchange.room = health
                    if exchange.hasClientLeft { throw .clientLeft }
                    try exchange.checkEnding()
                    // It may have fallen ill while others waited for it.
                    guard call.leg.targets.count > 1, health.status(now: loop.now.nanoseconds).ejectedSince != nil
                    else {
                        return nil
                    }
                    releaseRoom(exchange)
                    return noRoom(exchange, call, 0)
                case .shed(let retryAfter): return noRoom(exchange, call, retryAfter)
                case .waiting: break
                }
                let isOver = exchange.ending != nil || exchange.hasClientLeft
                if isOver || loop.now >= due {
                    guard health.leave(id, priority: exchange.priority) else { continue }
                    if exchange.hasClientLeft { throw .clientLeft }
                    try exchange.checkEnding()
                    return noRoom(exchange, call, waitMax)
                }
                await exchange.wait()
            }
        }
    }

    /// Nanoseconds for which waiting can be of use: then there is time left for an answer.
    private func longestWait(_ exchange: Exchange, _ call: Call, _ place: Int) -> Int64 {
        let provider = exchange.snapshot.providers[call.leg.targets[place].provider]
        let timeouts = exchange.snapshot.timeouts(
            provider: provider, route: call.route, key: exchange.key, clientTotal: call.clientTotal)
        exchange.limitTotal(nanoseconds: timeouts.total)
        return min(exchange.snapshot.priority.waitMax, timeouts.firstToken, exchange.timeLeft / 10 * 9)
    }

    private func noRoom(_ exchange: Exchange, _ call: Call, _ retryAfter: Int64) -> FailedAttempt {
        exchange.noteOverload()
        shared.shed.add(exchange.snapshot.priority.name(of: exchange.priority))
        let seconds = min(Limits.overloadRetrySecondsMax, max(1, (retryAfter / 1_000_000 + 999) / 1000))
        return FailedAttempt(
            outcome: .noRoom(retryAfter: retryAfter),
            error: GatewayError(
                .overloaded, "'\(call.leg.model)' has no room for more calls; try again in \(seconds) s.",
                retryAfterSeconds: Int(seconds)))
    }
}

extension Exchange {
    /// It waited for room, or was refused for want of it.
    fileprivate func noteOverload() {
        if !record.limitsHit.contains("overload") { record.limitsHit.append("overload") }
    }
}
