public import NIOCore
import NIOHTTP1
import NIOPosix

/// A provider that behaves like the real ones, well or badly on request, on a real socket.
///
/// It speaks OpenAI's and Anthropic's dialects without a key. The model's name in the body picks the behaviour,
/// the header `x-simulate` changes it, and the same request gets the same answer. Everything runs on one loop of
/// the group, which is what makes counts and rate limits exact without a lock.
public final class SimulatorServer: Sendable {
    private let channel: any Channel
    private let loop: any EventLoop
    private let state: NIOLoopBound<ServerState>
    /// Where it listens: with the port that the system chose, when 0 was asked for.
    public let address: (host: String, port: Int)

    private init(
        channel: any Channel, loop: any EventLoop, state: NIOLoopBound<ServerState>, address: (String, Int)
    ) {
        self.channel = channel
        self.loop = loop
        self.state = state
        self.address = address
    }

    /// Listens on an address and serves until `stop()`.
    public static func start(
        host: String,
        port: Int,
        group: any EventLoopGroup,
        settings: SimulatorSettings = SimulatorSettings()
    ) async throws -> SimulatorServer {
        let loop = group.next()
        let state = try await loop.submit {
            NIOLoopBound(ServerState(settings: settings, loop: loop), eventLoop: loop)
        }.get()
        let channel = try await ServerBootstrap(group: loop)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .serverChannelOption(.backlog, value: 1024)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let pipeline = channel.pipeline.syncOperations
                    // One request at a time is the handler's own business.
                    try pipeline.configureHTTPServerPipeline(withPipeliningAssistance: false)
                    try pipeline.addHandler(ConnectionHandler(state: state.value))
                }
            }
            .bind(host: host, port: port)
            .get()
        let address = (host, channel.localAddress?.port ?? port)
        return SimulatorServer(channel: channel, loop: loop, state: state, address: address)
    }

    /// The body of `headgate simulate`: serves until the task is cancelled.
    ///
    /// - Parameter onStart: told of the address once it listens.
    public static func run(
        host: String,
        port: Int,
        group: any EventLoopGroup,
        settings: SimulatorSettings = SimulatorSettings(),
        onStart: @Sendable (SimulatorServer) -> Void
    ) async throws {
        let server = try await start(host: host, port: port, group: group, settings: settings)
        onStart(server)
        await withTaskCancellationHandler {
            try? await server.channel.closeFuture.get()
        } onCancel: {
            server.channel.close(promise: nil)
        }
        await server.stop()
    }

    /// Stops listening and closes every connection; returns when they are closed. May be called twice.
    public func stop() async {
        try? await channel.close().get()
        try? await loop.flatSubmit { [state] in state.value.stop() }.get()
    }

    /// What was counted up to now.
    public var statistics: SimulatorStatistics {
        get async { await statistics { _ in true } }
    }

    /// Waits until the counts satisfy a condition, so that a test waits on a signal; at the server's end it returns
    /// what they were then.
    public func statistics(
        where condition: @escaping @Sendable (SimulatorStatistics) -> Bool
    ) async -> SimulatorStatistics {
        let counted = loop.flatSubmit { [state] in state.value.statistics(where: condition) }
        return (try? await counted.get()) ?? SimulatorStatistics()
    }
}
