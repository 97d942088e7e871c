import NIOCore
import Proxy

/// Connects to the simulation's upstreams, as well or badly as they are at the time.
///
/// Unchecked: it lives on the simulation's loop.
final class SimulatedConnector: Connector, @unchecked Sendable {
    private unowned let world: SimulationWorld

    init(_ world: SimulationWorld) { self.world = world }

    func connect(
        host: String, port: Int, deadline: NIODeadline, on loop: any EventLoop
    ) -> EventLoopFuture<any Channel> {
        let promise = loop.makePromise(of: (any Channel).self)
        let world = world
        let fault = world.mood(of: host).fault(world.random, connecting: true)
        let delay =
            fault == .connectsSlowly
            ? world.random.microseconds(200_000...4_000_000) : world.random.microseconds(100...5000)
        let left = max(deadline - loop.now, .nanoseconds(0))
        if fault == .connectsNever || delay > left {
            world.trace.note(host, "is connected to: nothing comes of it")
            world.loop.after(left) { promise.fail(ConnectError.timedOut) }
        } else if fault == .refusesConnection {
            world.trace.note(host, "refuses a connection")
            world.loop.after(delay) { promise.fail(ConnectError.refused("simulated")) }
        } else {
            world.loop.after(delay) { promise.succeed(world.openUpstream(host)) }
        }
        return promise.futureResult
    }
}
