import Core
import NIOCore
import NIOHTTP1
import NIOSSL
import NIOTLS

/// One connection to an upstream: it serves one attempt at a time, and is lent by its pool.
///
/// Unchecked: it lives on its channel's loop.
final class UpstreamConnection: ChannelInboundHandler, @unchecked Sendable {
    typealias InboundIn = HTTPClientResponsePart

    let channel: any Channel
    private let port: UpstreamPort
    private let decoder: HTTPResponseDecoder
    private unowned let pool: UpstreamPool
    private var attempt: Attempt?
    /// Has served an attempt before: it may have died since.
    private(set) var wasUsed = false
    private var keepsAlive = true
    private var failure: String?
    private(set) lazy var deadline = Deadline(pool.wheel) { [unowned self] in deadlinePassed() }
    private let ready: EventLoopPromise<UpstreamConnection>
    private let isTLS: Bool

    private init(_ channel: any Channel, pool: UpstreamPool, isTLS: Bool) {
        self.channel = channel
        self.pool = pool
        self.isTLS = isTLS
        port = UpstreamPort()
        var limits = NIOHTTPDecoderLimitConfiguration()
        limits.maxHeaderListSize = Limits.responseHeaderBytesMax
        limits.maxHeaderFieldCount = Limits.responseHeaderFieldsMax
        decoder = HTTPResponseDecoder(
            leftOverBytesStrategy: .dropBytes, informationalResponseStrategy: .drop, limitConfiguration: limits)
        ready = channel.eventLoop.makePromise()
    }

    /// Sets up a channel that has just been connected. Succeeds when TLS, where there is any, is agreed on.
    static func start(
        on channel: any Channel, pool: UpstreamPool, tls: NIOSSLContext?, serverName: String?
    ) -> EventLoopFuture<UpstreamConnection> {
        let connection = UpstreamConnection(channel, pool: pool, isTLS: tls != nil)
        do {
            let pipeline = channel.pipeline.syncOperations
            if let tls {
                try pipeline.addHandler(NIOSSLClientHandler(context: tls, serverHostname: serverName))
            }
            try pipeline.addHandler(connection.port)
            try pipeline.addHandler(ByteToMessageHandler(connection.decoder))
            try pipeline.addHandler(connection)
        } catch {
            connection.ready.fail(ConnectError.refused("\(error)"))
            channel.close(promise: nil)
        }
        if tls == nil { connection.ready.succeed(connection) }
        return connection.ready.futureResult
    }

    var isActive: Bool { channel.isActive }

    // MARK: One attempt

    /// Sends a request; from now on what arrives belongs to the attempt.
    func send(_ pieces: [ByteBuffer], method: HTTPMethod, for attempt: Attempt) {
        self.attempt = attempt
        // The decoder must know the method: an answer to HEAD has no body.
        decoder.write(data: .head(method == .HEAD ? Self.headOfHEAD : Self.headOfPOST))
        for piece in pieces { port.write(piece) }
        port.flush()
    }

    private static let headOfPOST = HTTPRequestHead(version: .http1_1, method: .POST, uri: "/")
    private static let headOfHEAD = HTTPRequestHead(version: .http1_1, method: .HEAD, uri: "/")

    /// The attempt has lost interest: what is still to come is of no use, so the connection ends.
    func abandon() {
        attempt = nil
        close()
    }

    func pause() { port.pause() }
    func resume() { port.resume() }
    func close() { channel.close(promise: nil) }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard let attempt else {
            // Bytes that nobody asked for: this connection cannot be trusted with the next answer.
            return close()
        }
        switch unwrapInboundIn(data) {
        case .head(let head):
            keepsAlive = head.isKeepAlive && head.status != .switchingProtocols
            attempt.receive(head: head)
        case .body(let bytes):
            attempt.receive(bytes)
        case .end:
            finish(attempt)
        }
    }

    /// The answer is whole. The connection goes back before the attempt goes on, so that the next one may use it.
    private func finish(_ attempt: Attempt) {
        self.attempt = nil
        wasUsed = true
        deadline.clear()
        let unsent = (try? channel.syncOptions?.getOption(.bufferedWritableBytes)) ?? 0
        if keepsAlive && unsent == 0 && channel.isActive {
            port.resume()
            pool.release(self)
        } else {
            close()
        }
        attempt.receiveEnd()
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        attempt?.readCompleted()
        context.fireChannelReadComplete()
    }

    func channelInactive(context: ChannelHandlerContext) {
        ready.fail(isTLS ? ConnectError.tls(failure ?? "closed during the handshake") : ConnectError.refused("closed"))
        deadline.end()
        pool.closed(self)
        if let attempt {
            self.attempt = nil
            attempt.connectionLost(failure)
        }
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        failure = failure ?? "\(error)"
        context.close(promise: nil)
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case TLSUserEvent.handshakeCompleted = event { ready.succeed(self) }
        context.fireUserInboundEventTriggered(event)
    }

    private func deadlinePassed() {
        if let attempt { attempt.deadlinePassed() } else { close() }
    }
}
