import Core
import NIOCore
import NIOSSL
import NIOTLS
import Wire

/// One connection to an upstream: it serves one attempt at a time, and is lent by its pool.
///
/// Unchecked: it lives on its channel's loop.
final class UpstreamConnection: ChannelDuplexHandler, Flushing, @unchecked Sendable {
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
    var isFlushQueued = false
    private var owesRead = false
    /// TLS may take a while to say goodbye; until it has, the channel still counts as active.
    private var isClosing = false
    private var failure: String?
    private(set) lazy var deadline = Deadline(pool.wheel) { [unowned self] in deadlinePassed() }
    /// Let go of when it is kept: its future holds this connection.
    private var ready: EventLoopPromise<UpstreamConnection>?
    private let isTLS: Bool
    private let server: ServerIdentity

    private init(_ channel: any Channel, pool: UpstreamPool, isTLS: Bool, server: ServerIdentity) {
        self.channel = channel
        self.pool = pool
        self.isTLS = isTLS
        self.server = server
    }

    /// Sets up a channel that has just been connected. Succeeds when TLS, where there is any, is agreed on.
    ///
    /// - Throws: when nothing was set up, so that the pool will not hear of the channel's end.
    static func start(
        on channel: any Channel, pool: UpstreamPool, tls: NIOSSLContext?, server: ServerIdentity, deadline: NIODeadline
    ) throws -> EventLoopFuture<UpstreamConnection> {
        guard channel.isActive else { throw ConnectError.refused("closed") }
        var handlers: [any ChannelHandler] = []
        if let tls { handlers.append(try NIOSSLClientHandler(context: tls, serverHostname: server.serverName)) }
        let connection = UpstreamConnection(channel, pool: pool, isTLS: tls != nil, server: server)
        handlers.append(connection)
        let ready = channel.eventLoop.makePromise(of: UpstreamConnection.self)
        connection.ready = ready
        do {
            try channel.pipeline.syncOperations.addHandlers(handlers)
        } catch {
            connection.becomeReady(.failure(error))
            throw error
        }
        if tls == nil { connection.becomeReady(.success(connection)) } else { connection.limitHandshake(deadline) }
        return ready.futureResult
    }

    private func becomeReady(_ result: Result<UpstreamConnection, any Error>) {
        let ready = ready
        self.ready = nil
        ready?.completeWith(result)
    }

    private func limitHandshake(_ due: NIODeadline) {
        let timeout = channel.eventLoop.assumeIsolated().scheduleTask(deadline: due) {
            self.becomeReady(.failure(ConnectError.timedOut))
            self.close()
        }
        ready?.futureResult.assumeIsolated().whenComplete { _ in timeout.cancel() }
    }

    /// Whether it can be used: it has not begun to close either.
    var isActive: Bool { channel.isActive && !isClosing }

    // MARK: One attempt

    /// Sends a request; from now on what arrives belongs to the attempt.
    func send(_ pieces: [ByteBuffer], method: RequestMethod, mayUpgrade: Bool, for attempt: Attempt) {
        // It may have closed since it was lent: nobody would tell the attempt any more.
        guard isActive else { return attempt.connectionLost(failure) }
        self.attempt = attempt
        reader.expectAnswer(toHEAD: method == .head, mayUpgrade: mayUpgrade)
        for piece in pieces { context?.write(wrapOutboundOut(piece), promise: nil) }
        pool.flushes.add(self)
    }

    func flushNow() { context?.flush() }

    /// What the client says in a session.
    func passOn(_ bytes: ByteBuffer) { context?.writeAndFlush(wrapOutboundOut(bytes), promise: nil) }

    var isWritable: Bool { channel.isWritable }
    /// Told when it can be written to again.
    weak var sessionClient: ClientConnection?

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if context.channel.isWritable { sessionClient?.sessionBecameWritable() }
        context.fireChannelWritabilityChanged()
    }

    /// The attempt has lost interest: what is still to come is of no use, so the connection ends.
    func abandon() {
        attempt = nil
        close()
    }

    func close() {
        isClosing = true
        channel.close(promise: nil)
    }

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
        guard let attempt, !isClosing else { return close() }
        attempt.bytesArrived()
        reader.append(unwrapInboundIn(data))
        do throws(MalformedMessage) {
            while let attempt = self.attempt, let part = try reader.next() { take(part, for: attempt) }
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
        if keepsAlive && unsent == 0 && reader.heldBytes == 0 && isActive {
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
        let closed: ConnectError = isTLS ? .tls(failure ?? "closed during the handshake") : .refused("closed")
        becomeReady(.failure(closed))
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
        failure = failure ?? (isTLS ? TLSFailure.explanation(of: error) : "\(error)")
        close()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case TLSUserEvent.handshakeCompleted = event { handshakeCompleted(context) }
        context.fireUserInboundEventTriggered(event)
    }

    private func handshakeCompleted(_ context: ChannelHandlerContext) {
        guard let certificate = try? context.pipeline.syncOperations.nioSSL_peerCertificate(),
            server.isIn(certificate)
        else {
            failure = TLSFailure.otherName
            return close()
        }
        becomeReady(.success(self))
    }

    private func deadlinePassed() {
        if let attempt { attempt.deadlinePassed() } else { close() }
    }
}
