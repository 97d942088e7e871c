public import NIOCore
public import NIOPosix
import Synchronization

/// An HTTP proxy that knows nothing but `CONNECT`, and keeps all that it saw.
public final class ConnectProxy: Sendable {
    public let port: Int
    private let channel: any Channel
    private let seen: Seen

    fileprivate final class Seen: Sendable {
        let heads = Mutex<[String]>([])
        let bytes = Mutex<[UInt8]>([])
    }

    /// - Parameter answer: the head that each `CONNECT` gets, in pieces; a 200 opens the tunnel.
    public static func start(
        _ group: any EventLoopGroup = MultiThreadedEventLoopGroup.singleton,
        answer: [String] = ["HTTP/1.1 200 Connection established\r\n\r\n"]
    ) async throws -> ConnectProxy {
        let seen = Seen()
        let channel = try await ServerBootstrap(group: group)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(ProxyHandler(seen: seen, answer: answer))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        return ConnectProxy(channel, seen)
    }

    private init(_ channel: any Channel, _ seen: Seen) {
        self.channel = channel
        self.seen = seen
        port = channel.localAddress?.port ?? 0
    }

    /// The heads of the `CONNECT` requests.
    public var heads: [String] { seen.heads.withLock { $0 } }
    /// What the client sent through the tunnels.
    public var tunnelled: String { seen.bytes.withLock { String(decoding: $0, as: UTF8.self) } }
    public func stop() async { try? await channel.close() }
}

private final class ProxyHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer
    private let seen: ConnectProxy.Seen
    private let answer: [String]
    private var head = ""
    private var target: (any Channel)?

    init(seen: ConnectProxy.Seen, answer: [String]) {
        self.seen = seen
        self.answer = answer
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let bytes = unwrapInboundIn(data)
        if let target {
            seen.bytes.withLock { $0 += Array(bytes.readableBytesView) }
            return target.writeAndFlush(bytes, promise: nil)
        }
        head += String(buffer: bytes)
        guard head.hasSuffix("\r\n\r\n") else { return }
        seen.heads.withLock { $0.append(head) }
        guard answer.joined().hasPrefix("HTTP/1.1 200") else { return sendAnswer(context) }
        let authority = head.split(separator: " ")[1]
        let port = Int(authority[authority.index(after: authority.lastIndex(of: ":") ?? authority.startIndex)...]) ?? 0
        let client = context.channel
        ClientBootstrap(group: context.eventLoop)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(BackHandler(client: client))
                }
            }
            .connect(host: "127.0.0.1", port: port).assumeIsolated()
            .whenComplete { result in
                guard case .success(let channel) = result else { return context.close(promise: nil) }
                self.target = channel
                self.sendAnswer(context)
            }
    }

    private func sendAnswer(_ context: ChannelHandlerContext) {
        for piece in answer { context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: piece)), promise: nil) }
    }

    func channelInactive(context: ChannelHandlerContext) { target?.close(promise: nil) }
}

private final class BackHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    private let client: any Channel

    init(client: any Channel) { self.client = client }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        client.writeAndFlush(unwrapInboundIn(data), promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) { client.close(promise: nil) }
}
