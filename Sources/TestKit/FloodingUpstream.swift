public import NIOCore
public import NIOPosix
import Synchronization

/// An upstream that streams events as fast as it may, and counts the bytes that its socket took.
public final class FloodingUpstream: Sendable {
    public let port: Int
    private let channel: any Channel
    private let sent: Counter

    fileprivate final class Counter: Sendable {
        let bytes = Atomic<Int>(0)
    }

    /// - Parameter eventsMax: after as many events, each of a kilobyte, the stream ends.
    public static func start(
        _ group: any EventLoopGroup = MultiThreadedEventLoopGroup.singleton, eventsMax: Int
    ) async throws -> FloodingUpstream {
        let sent = Counter()
        let channel = try await ServerBootstrap(group: group)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(FloodHandler(eventsMax: eventsMax, sent: sent))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        return FloodingUpstream(channel, sent)
    }

    private init(_ channel: any Channel, _ sent: Counter) {
        self.channel = channel
        self.sent = sent
        port = channel.localAddress?.port ?? 0
    }

    public var bytesSent: Int { sent.bytes.load(ordering: .relaxed) }
    public func stop() async { try? await channel.close() }
}

private final class FloodHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer
    private let eventsMax: Int
    private let sent: FloodingUpstream.Counter
    private var events = 0
    private var isStreaming = false
    private static let text = String(repeating: "x", count: 960)
    private static let event = #"data: {"choices":[{"index":0,"delta":{"content":"\#(text)"}}]}"# + "\n\n"
    private static let end =
        #"data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}"# + "\n\ndata: [DONE]\n\n"

    private static func chunk(_ text: String) -> String { "\(String(text.utf8.count, radix: 16))\r\n\(text)\r\n" }

    private let piece = ByteBuffer(string: chunk(event))
    private let last = ByteBuffer(string: chunk(end) + "0\r\n\r\n")

    init(eventsMax: Int, sent: FloodingUpstream.Counter) {
        self.eventsMax = eventsMax
        self.sent = sent
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isStreaming else { return }
        isStreaming = true
        let head = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n"
        context.write(wrapOutboundOut(ByteBuffer(string: head)), promise: nil)
        flood(context)
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) { flood(context) }

    private func flood(_ context: ChannelHandlerContext) {
        while isStreaming, context.channel.isWritable {
            guard events < eventsMax else {
                isStreaming = false
                return context.writeAndFlush(wrapOutboundOut(last), promise: nil)
            }
            events += 1
            let count = piece.readableBytes
            context.writeAndFlush(wrapOutboundOut(piece)).assumeIsolated().whenSuccess { [sent] in
                sent.bytes.add(count, ordering: .relaxed)
            }
        }
    }
}
