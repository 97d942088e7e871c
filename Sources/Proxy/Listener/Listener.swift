import Core
import NIOCore
import NIOPosix
import NIOSSL
import Plan
import Synchronization
import Wire

/// The listening socket, and what a connection needs before its first request.
struct Listener {
    /// Connections that are open, for all loops, and how many may be.
    final class Gate: Sendable {
        private let open = Atomic<Int>(0)
        let connectionsMax: Int

        init(connectionsMax: Int) { self.connectionsMax = connectionsMax }

        var count: Int { open.load(ordering: .relaxed) }

        /// - Returns: whether there is room; if so it is taken.
        func enter() -> Bool {
            if open.add(1, ordering: .relaxed).newValue <= connectionsMax { return true }
            open.subtract(1, ordering: .relaxed)
            return false
        }

        func leave() { open.subtract(1, ordering: .relaxed) }
    }

    static func bind(
        _ settings: ServerSettings, group: any EventLoopGroup, workers: [ObjectIdentifier: LoopWorker], gate: Gate,
        certificates: ServerCertificates
    ) async throws -> any Channel {
        try await ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: 4096)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.socketOption(.tcp_nodelay), value: 1)
            // One read for each wake-up: a second one would find nothing and cost a system call.
            .childChannelOption(.maxMessagesPerRead, value: 1)
            .childChannelOption(.recvAllocator, value: ReadBuffer.allocator)
            .childChannelOption(
                .writeBufferWaterMark,
                value: .init(low: Limits.clientWriteBufferBytesLow, high: Limits.clientWriteBufferBytesMax)
            )
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    guard let worker = workers[ObjectIdentifier(channel.eventLoop)] else {
                        preconditionFailure("a channel on a loop that has no worker")
                    }
                    try worker.assumeIsolated { worker in
                        try worker.accept(channel, settings: settings, gate: gate, certificates: certificates)
                    }
                }
            }
            .bind(host: settings.listen.host, port: settings.listen.port).get()
    }
}

extension LoopWorker {
    /// Sets up the pipeline of a connection that was accepted on this loop.
    func accept(
        _ channel: any Channel, settings: ServerSettings, gate: Listener.Gate, certificates: ServerCertificates
    ) throws {
        let pipeline = channel.pipeline.syncOperations
        if let context = certificates.current { try pipeline.addHandler(NIOSSLServerHandler(context: context)) }
        guard gate.enter() else {
            return try pipeline.addHandler(TooManyConnections())
        }
        let connection = ClientConnection(worker: self, wheel: wheel, settings: settings, onClose: gate.leave)
        try pipeline.addHandler(connection)
    }
}

/// The buffers that connections read into. Each connection keeps one, so it begins small; it grows with what comes.
enum ReadBuffer {
    static let allocator = AdaptiveRecvByteBufferAllocator(minimum: 512, initial: 1024, maximum: 65_536)
}

/// Answers 503 before the file descriptors run out.
private final class TooManyConnections: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    func channelActive(context: ChannelHandlerContext) {
        // With TLS the answer waits for the handshake, which may never come.
        let channel = context.channel
        let timeout = context.eventLoop.scheduleTask(in: .seconds(2)) { channel.close(promise: nil) }
        channel.closeFuture.whenComplete { _ in timeout.cancel() }
        let error = GatewayError(.overloaded, "Too many connections are open.")
        let body = ErrorBody.json(error, dialect: .openAI, requestID: "")
        var answer = AnswerHead(status: 503)
        answer.field("content-type", "application/json")
        answer.field("x-headgate-error", ErrorCode.overloaded.rawValue)
        answer.field("retry-after", 1)
        answer.field("connection", "close")
        answer.field("content-length", body.readableBytes)
        answer.end()
        var bytes = answer.buffer
        bytes.writeImmutableBuffer(body)
        context.writeAndFlush(wrapOutboundOut(bytes)).assumeIsolated().whenComplete { _ in context.close(promise: nil) }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {}
}
