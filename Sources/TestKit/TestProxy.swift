import NIOCore
import NIOPosix
import Synchronization

/// An HTTP proxy that notes what it is asked and tunnels to one port of this machine, whatever name was asked for.
public final class TestProxy: Sendable {
    public enum Conduct: Sendable {
        /// Answers with these pieces, each in a packet of its own, and tunnels.
        case tunnel(to: Int, reply: [String] = ["HTTP/1.1 200 Connection established\r\n\r\n"])
        /// Answers with this, and leaves it at that.
        case answer(String)
        /// Closes without an answer.
        case close
        /// Never answers.
        case silence
    }

    public let port: Int
    private let channel: any Channel
    private let log: Log

    fileprivate final class Log: Sendable {
        let heads = Mutex<[String]>([])
        let tunnelled = Mutex(ByteBuffer())
    }

    /// The heads of the requests that came, whole.
    public var heads: [String] { log.heads.withLock { $0 } }
    /// What clients sent through the tunnels.
    public var tunnelled: String { log.tunnelled.withLock { String(buffer: $0) } }

    public static func start(_ conduct: Conduct) async throws -> TestProxy {
        let log = Log()
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.socketOption(.tcp_nodelay), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(ProxyHandler(conduct, log))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        return TestProxy(channel, log)
    }

    private init(_ channel: any Channel, _ log: Log) {
        self.channel = channel
        self.log = log
        port = channel.localAddress?.port ?? 0
    }

    public func stop() async { try? await channel.close() }
}

private final class ProxyHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let conduct: TestProxy.Conduct
    private let log: TestProxy.Log
    private var head = ByteBuffer()
    private var peer: (any Channel)?

    init(_ conduct: TestProxy.Conduct, _ log: TestProxy.Log) {
        self.conduct = conduct
        self.log = log
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var bytes = unwrapInboundIn(data)
        if let peer {
            log.tunnelled.withLock { _ = $0.writeImmutableBuffer(bytes) }
            return peer.writeAndFlush(bytes, promise: nil)
        }
        head.writeBuffer(&bytes)
        let text = String(buffer: head)
        guard text.hasSuffix("\r\n\r\n") else { return }
        log.heads.withLock { $0.append(text) }
        switch conduct {
        case .tunnel(let port, let reply): connect(context.channel, to: port, reply: reply)
        case .answer(let text): context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: text)), promise: nil)
        case .close: context.close(promise: nil)
        case .silence: break
        }
    }

    func channelInactive(context: ChannelHandlerContext) { peer?.close(promise: nil) }

    private func connect(_ client: any Channel, to port: Int, reply: [String]) {
        ClientBootstrap(group: client.eventLoop)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(BackHandler(client))
                }
            }
            .connect(host: "127.0.0.1", port: port).assumeIsolated().whenSuccess { channel in
                self.peer = channel
                for piece in reply { client.writeAndFlush(ByteBuffer(string: piece), promise: nil) }
            }
    }
}

/// From the tunnel's far end back to the client.
private final class BackHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    private let client: any Channel

    init(_ client: any Channel) { self.client = client }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        client.writeAndFlush(unwrapInboundIn(data), promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) { client.close(promise: nil) }
}
