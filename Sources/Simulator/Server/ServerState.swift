import NIOCore

/// All that a server's connections share. It belongs to the server's one loop, so that counts, rate limits and
/// the order of requests need no lock.
final class ServerState {
    private let loop: any EventLoop
    private var simulation: Simulation
    private(set) var statistics = SimulatorStatistics()
    private(set) var isStopping = false
    private var connections: [ObjectIdentifier: any Channel] = [:]
    private var waiters: [Waiter] = []
    /// nil: as many calls at a time as come.
    private var slots: SlotQueue<ObjectIdentifier>?
    /// Who waits for a slot.
    private var queued: [ObjectIdentifier: ConnectionHandler] = [:]

    private struct Waiter {
        let condition: @Sendable (SimulatorStatistics) -> Bool
        let promise: EventLoopPromise<SimulatorStatistics>
    }

    init(settings: SimulatorSettings, loop: any EventLoop) {
        self.loop = loop
        slots = settings.slots.map { SlotQueue(slots: $0, waitingMax: settings.slotQueueMax) }
        simulation = Simulation(settings: settings, now: Self.nanoseconds(loop))
    }

    func react(to request: SimulatorRequest) -> Reaction {
        simulation.settings.onRequest?(request)
        return simulation.react(to: request, now: Self.nanoseconds(loop))
    }

    func refuse(_ request: SimulatorRequest) -> Reaction { simulation.refuse(request) }

    /// Asks for a slot. One that must wait is told later by `takeSlot()`.
    ///
    /// - Returns: what to do now; `nil` where calls of this kind need no slot.
    func enter(_ handler: ConnectionHandler, _ request: SimulatorRequest) -> SlotQueue<ObjectIdentifier>.Entry? {
        guard request.method == "POST", let entry = slots?.enter(ObjectIdentifier(handler)) else { return nil }
        if entry == .wait { queued[ObjectIdentifier(handler)] = handler }
        return entry
    }

    /// Gives a slot back; the next one that waits takes it.
    func leaveSlot() {
        guard let next = slots?.leave() else { return }
        queued.removeValue(forKey: next)?.takeSlot()
    }

    /// One that waits for a slot has gone.
    func leaveQueue(_ handler: ConnectionHandler) {
        slots?.cancel(ObjectIdentifier(handler))
        queued[ObjectIdentifier(handler)] = nil
    }

    func count(_ change: (inout SimulatorStatistics) -> Void) {
        change(&statistics)
        let ready = waiters.filter { $0.condition(statistics) }
        guard !ready.isEmpty else { return }
        waiters.removeAll { $0.condition(statistics) }
        for waiter in ready { waiter.promise.succeed(statistics) }
    }

    /// - Returns: the statistics once they satisfy a condition, or those at the server's end.
    func statistics(
        where condition: @escaping @Sendable (SimulatorStatistics) -> Bool
    ) -> EventLoopFuture<SimulatorStatistics> {
        guard !condition(statistics), !isStopping else { return loop.makeSucceededFuture(statistics) }
        let promise = loop.makePromise(of: SimulatorStatistics.self)
        waiters.append(Waiter(condition: condition, promise: promise))
        return promise.futureResult
    }

    func opened(_ channel: any Channel) {
        connections[ObjectIdentifier(channel)] = channel
        count { $0.connections += 1 }
        if isStopping { channel.close(promise: nil) }
    }

    func closed(_ channel: any Channel) {
        connections[ObjectIdentifier(channel)] = nil
    }

    /// Closes every connection, whatever it is doing.
    func stop() -> EventLoopFuture<Void> {
        isStopping = true
        let channels = Array(connections.values)
        for channel in channels { channel.close(promise: nil) }
        for waiter in waiters { waiter.promise.succeed(statistics) }
        waiters.removeAll()
        return EventLoopFuture.andAllComplete(channels.map(\.closeFuture), on: loop)
    }

    private static func nanoseconds(_ loop: any EventLoop) -> Int64 {
        (loop.now - NIODeadline.uptimeNanoseconds(0)).nanoseconds
    }
}
