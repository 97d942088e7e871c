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

/// Resolves the name, and races those of its addresses that are allowed.
struct SocketConnector: Connector {
    private let resolver: Resolver
    private let owner: String?
    private let allows: @Sendable (SocketAddress) -> Bool

    /// - Parameters:
    ///   - owner: who asks the resolver, where its threads are shared.
    ///   - allows: beside what the resolver refuses itself.
    init(
        resolver: Resolver, for owner: String? = nil,
        allows: @escaping @Sendable (SocketAddress) -> Bool = { _ in true }
    ) {
        self.resolver = resolver
        self.owner = owner
        self.allows = allows
    }

    func connect(
        host: String, port: Int, deadline: NIODeadline, on loop: any EventLoop
    ) -> EventLoopFuture<any Channel> {
        let bootstrap = ClientBootstrap(group: loop)
            .channelOption(.socketOption(.tcp_nodelay), value: 1)
            // One read for each wake-up: a second one would find nothing and cost a system call.
            .channelOption(.maxMessagesPerRead, value: 1)
            .channelOption(.recvAllocator, value: ReadBuffer.allocator)
            .connectTimeout(max(deadline - loop.now, .milliseconds(1)))
        return resolver.resolve(host: host, port: port, for: owner, deadline: deadline, on: loop).assumeIsolated()
            .flatMap { addresses in
                let allowed = addresses.filter(allows)
                guard !allowed.isEmpty else { return loop.makeFailedFuture(ConnectError.forbiddenAddress(host)) }
                return AddressRace.run(allowed, loop: loop, deadline: deadline) { bootstrap.connect(to: $0) }
            }.nonisolated()
    }
}
