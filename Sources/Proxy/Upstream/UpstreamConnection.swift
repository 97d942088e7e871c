import Core
import NIOCore
import NIOSSL
import NIOTLS
import Wire

/// One connection to an upstream: it serves one attempt at a time, and is lent by its pool.
///
/// Unchecked: it lives on its channel's loop.
final class UpstreamConnection: ChannelDuplexHandler, @unchecked Sendable {
    typealias InboundIn = ByteBuffer
    typealias OutboundIn = Never
    typealias OutboundOut = ByteBuffer

    let channel: any Channel
    private unowned let pool: UpstreamPool
    private var context: ChannelHandlerContext?
    private var reader = ResponseReader(
        limits: HeadLimits(bytesMax: Limits.responseHeaderBytesMax, fieldsMax: Limits.responseHeaderFieldsMax))
    private var attempt: Attempt?
    /// Has served an attempt before: it may have died since.
    private(set) var wasUsed = false
    private var keepsAlive = true
    private var isPaused = false
    private var owesRead = false
    private var failure: String?
    private(set) lazy var deadline = Deadline(pool.wheel) { [unowned self] in deadlinePassed() }
    /// Let go of when it is kept: its future holds this connection.
    private var ready: EventLoopPromise<UpstreamConnection>?
    private let isTLS: Bool

    private init(_ channel: any Channel, pool: UpstreamPool, isTLS: Bool) {
        self.channel = channel
        self.pool = pool
        self.isTLS = isTLS
    }

    /// Sets up a channel that has just been connected. Succeeds when TLS, where there is any, is agreed on.
    static func start(
        on channel: any Channel, pool: UpstreamPool, tls: NIOSSLContext?, serverName: String?
    ) -> EventLoopFuture<UpstreamConnection> {
        let connection = UpstreamConnection(channel, pool: pool, isTLS: tls != nil)
        let ready = channel.eventLoop.makePromise(of: UpstreamConnection.self)
        connection.ready = ready
        do {
            let pipeline = channel.pipeline.syncOperations
            if let tls {
                try pipeline.addHandler(NIOSSLClientHandler(context: tls, serverHostname: serverName))
            }
            try pipeline.addHandler(connection)
        } catch {
            connection.becomeReady(.failure(ConnectError.refused("\(error)")))
            channel.close(promise: nil)
        }
        if tls == nil { connection.becomeReady(.success(connection)) }
        return ready.futureResult
    }

    private func becomeReady(_ result: Result<UpstreamConnection, ConnectError>) {
        let ready = ready
        self.ready = nil
        ready?.completeWith(result.mapError { $0 as any Error })
    }

    var isActive: Bool { channel.isActive }

    // MARK: One attempt

    /// Sends a request; from now on what arrives belongs to the attempt.
    func send(_ pieces: [ByteBuffer], method: RequestMethod, for attempt: Attempt) {
        self.attempt = attempt
        reader.expectAnswer(toHEAD: method == .head)
        for piece in pieces { context?.write(wrapOutboundOut(piece), promise: nil) }
        context?.flush()
    }

    /// The attempt has lost interest: what is still to come is of no use, so the connection ends.
    func abandon() {
        attempt = nil
        close()
    }

    func close() { channel.close(promise: nil) }

    // MARK: Reading

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }
    func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

    func read(context: ChannelHandlerContext) {
        if isPaused { owesRead = true } else { context.read() }
    }

    /// Reads no more until `resume`: whoever takes the answer is behind.
    func pause() { isPaused = true }

    func resume() {
        isPaused = false
        guard owesRead else { return }
        owesRead = false
        context?.read()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        // Bytes that nobody asked for: this connection cannot be trusted with the next answer.
        guard attempt != nil else { return close() }
        reader.append(unwrapInboundIn(data))
        do throws(MalformedMessage) {
            while let attempt, let part = try reader.next() { take(part, for: attempt) }
        } catch {
            failure = error.explanation
            close()
        }
    }

    private func take(_ part: ResponseReader.Part, for attempt: Attempt) {
        switch part {
        case .head(let head):
            keepsAlive = head.keepsAlive
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
        if keepsAlive && unsent == 0 && reader.heldBytes == 0 && channel.isActive {
            resume()
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

    // MARK: The end

    func channelInactive(context: ChannelHandlerContext) {
        becomeReady(.failure(isTLS ? .tls(failure ?? "closed during the handshake") : .refused("closed")))
        deadline.end()
        pool.closed(self)
        if let attempt {
            self.attempt = nil
            if failure == nil && reader.connectionEnded() {
                attempt.receiveEnd()
            } else {
                attempt.connectionLost(failure)
            }
        }
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        failure = failure ?? "\(error)"
        context.close(promise: nil)
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case TLSUserEvent.handshakeCompleted = event { becomeReady(.success(self)) }
        context.fireUserInboundEventTriggered(event)
    }

    private func deadlinePassed() {
        if let attempt { attempt.deadlinePassed() } else { close() }
    }
}
