package import NIOCore
import NIOPosix

/// Opens channels to upstreams: over sockets, or, in simulations, in memory.
package protocol Connector: Sendable {
    /// Call on the loop, which the channel and the future are on too.
    ///
    /// Fails with a `ConnectError`; with `timedOut` when nothing has connected by the deadline.
    func connect(
        host: String, port: Int, deadline: NIODeadline, on loop: any EventLoop
    ) -> EventLoopFuture<any Channel>
}

/// Resolves the name, and races its addresses.
struct SocketConnector: Connector {
    let resolver: Resolver

    func connect(
        host: String, port: Int, deadline: NIODeadline, on loop: any EventLoop
    ) -> EventLoopFuture<any Channel> {
        let bootstrap = ClientBootstrap(group: loop)
            .channelOption(.socketOption(.tcp_nodelay), value: 1)
            // One read for each wake-up: a second one would find nothing and cost a system call.
            .channelOption(.maxMessagesPerRead, value: 1)
            .channelOption(.recvAllocator, value: ReadBuffer.allocator)
            .connectTimeout(max(deadline - loop.now, .milliseconds(1)))
        return resolver.resolve(host: host, port: port, deadline: deadline, on: loop).assumeIsolated()
            .flatMap { addresses in
                AddressRace.run(addresses, loop: loop, deadline: deadline) { bootstrap.connect(to: $0) }
            }.nonisolated()
    }
}
