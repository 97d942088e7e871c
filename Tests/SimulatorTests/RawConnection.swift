import NIOCore
import NIOPosix
import Simulator

/// A connection that speaks bytes and sees what really happens on the wire.
final class RawConnection: Sendable {
    private let channel: any Channel
    private let collector: NIOLoopBound<Collector>

    struct Received: Sendable {
        var bytes: [UInt8] = []
        var isClosed = false
        var wasReset = false
    }

    private init(channel: any Channel, collector: NIOLoopBound<Collector>) {
        self.channel = channel
        self.collector = collector
    }

    /// - Parameter reads: false leaves what arrives in the kernel, as a client that is busy elsewhere does.
    static func open(_ server: SimulatorServer, reads: Bool = true) async throws -> RawConnection {
        let loop = MultiThreadedEventLoopGroup.singleton.next()
        let collector = try await loop.submit { NIOLoopBound(Collector(), eventLoop: loop) }.get()
        let channel = try await ClientBootstrap(group: loop)
            .channelOption(.autoRead, value: reads)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(collector.value)
                }
            }
            .connect(host: server.address.host, port: server.address.port)
            .get()
        return RawConnection(channel: channel, collector: collector)
    }

    func send(_ text: String) async throws {
        try await channel.writeAndFlush(ByteBuffer(string: text))
    }

    /// Waits until what arrived satisfies a condition, or the connection is closed.
    func received(where condition: @escaping @Sendable (Received) -> Bool) async throws -> Received {
        try await channel.eventLoop.flatSubmit { [collector, channel] in
            collector.value.received(where: condition, on: channel.eventLoop)
        }.get()
    }

    func close() async {
        try? await channel.close().get()
    }
}

private final class Collector: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private var state = RawConnection.Received()
    private var condition: (@Sendable (RawConnection.Received) -> Bool)?
    private var promise: EventLoopPromise<RawConnection.Received>?

    func received(
        where condition: @escaping @Sendable (RawConnection.Received) -> Bool, on loop: any EventLoop
    ) -> EventLoopFuture<RawConnection.Received> {
        let promise = loop.makePromise(of: RawConnection.Received.self)
        self.condition = condition
        self.promise = promise
        check()
        return promise.futureResult
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        state.bytes += unwrapInboundIn(data).readableBytesView
        check()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        state.wasReset = true
        context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        state.isClosed = true
        check()
    }

    private func check() {
        guard let promise, let condition, state.isClosed || condition(state) else { return }
        self.promise = nil
        promise.succeed(state)
    }
}
