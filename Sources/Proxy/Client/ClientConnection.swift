import Core
import NIOCore
import NIOHTTP1
import Plan

/// One client's connection: gathers requests, hands each to the loop's worker as an exchange, one after the other,
/// and writes what they answer.
///
/// Unchecked: it lives on its channel's loop.
final class ClientConnection: ChannelDuplexHandler, @unchecked Sendable {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundIn = Never
    typealias OutboundOut = ByteBuffer

    let worker: LoopWorker
    private let settings: ServerSettings
    private let loop: any EventLoop
    private let onClose: () -> Void
    private var context: ChannelHandlerContext?
    private var exchange: Exchange?
    /// Requests that were sent ahead, and how much that is.
    private var ahead = CircularBuffer<HTTPServerRequestPart>()
    private var aheadBytes = 0
    private var owesRead = false
    /// A request ahead that is not HTTP; told when its turn comes.
    private var brokenAhead: GatewayError?
    private var closesAfterAnswer = false
    private var isLingering = false
    private var isWaitingForHead = false
    private(set) var isClosed = false
    private(set) var bytesWritten = 0
    private let deadline: Deadline

    /// Call on the worker's loop.
    init(worker: LoopWorker, wheel: DeadlineWheel, settings: ServerSettings, onClose: @escaping () -> Void) {
        self.worker = worker
        self.settings = settings
        self.onClose = onClose
        loop = worker.loop
        weak var connection: ClientConnection?
        deadline = Deadline(wheel) { connection?.deadlinePassed() }
        connection = self
    }

    var bodyBytesMax: Int { settings.bodyBytesMax }
    var isWritable: Bool { context?.channel.isWritable ?? false }

    // MARK: The channel's events

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }

    func channelActive(context: ChannelHandlerContext) {
        worker.assumeIsolated { $0.add(self) }
        isWaitingForHead = true
        deadline.set(loop.now + .nanoseconds(settings.headerTimeout))
        context.fireChannelActive()
    }

    /// Bytes have come, though maybe not a whole head yet: from the first one on, the head has its own time.
    func bytesArrived() {
        guard exchange == nil, !isWaitingForHead, !isLingering else { return }
        isWaitingForHead = true
        deadline.set(loop.now + .nanoseconds(settings.headerTimeout))
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isLingering else { return }
        let part = unwrapInboundIn(data)
        if let exchange, exchange.isRequestComplete {
            keep(part)
        } else {
            take(part)
        }
    }

    func read(context: ChannelHandlerContext) {
        if aheadBytes > Limits.pipelinedBytesMax || (exchange != nil && !ahead.isEmpty) {
            owesRead = true
        } else {
            context.read()
        }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if context.channel.isWritable { exchange?.clientBecameWritable() }
        context.fireChannelWritabilityChanged()
    }

    func channelInactive(context: ChannelHandlerContext) {
        isClosed = true
        deadline.end()
        self.context = nil
        worker.assumeIsolated { $0.remove(self) }
        ahead.removeAll()
        let last = exchange
        exchange = nil
        last?.clientLeft()
        onClose()
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard let refusal = MalformedRequest.refusal(for: error) else {
            context.close(promise: nil)
            return
        }
        if let exchange {
            if exchange.isRequestComplete { brokenAhead = refusal } else { exchange.fail(refusal) }
            closesAfterAnswer = true
        } else {
            refuse(refusal)
        }
    }

    // MARK: Requests

    private func keep(_ part: HTTPServerRequestPart) {
        ahead.append(part)
        if case .body(let bytes) = part { aheadBytes += bytes.readableBytes }
    }

    private func take(_ part: HTTPServerRequestPart) {
        switch part {
        case .head(let head):
            isWaitingForHead = false
            let exchange = Exchange(head, connection: self, loop: loop, bodyTimeout: settings.bodyTimeout)
            self.exchange = exchange
            // The exchange sets its own time when it knows its timeouts; until then the body's counts.
            deadline.set(exchange.startedAt + .nanoseconds(settings.bodyTimeout))
            worker.assumeIsolated { $0.start(exchange) }
        case .body(let bytes):
            deadline.set(loop.now + .nanoseconds(settings.bodyTimeout))
            exchange?.receive(bytes)
        case .end:
            exchange?.requestEnded()
        }
    }

    /// The exchange's answer is written: the next request's turn.
    func exchangeEnded(_ ended: Exchange, keepsAlive: Bool) {
        guard exchange === ended else { return }
        exchange = nil
        guard keepsAlive, !closesAfterAnswer || brokenAhead != nil else {
            return ended.isRequestComplete ? close() : linger()
        }
        while exchange == nil || !(exchange?.isRequestComplete ?? true), let part = ahead.popFirst() {
            if case .body(let bytes) = part { aheadBytes -= bytes.readableBytes }
            take(part)
        }
        if exchange == nil {
            if let brokenAhead { return refuse(brokenAhead) }
            if closesAfterAnswer { return close() }
            deadline.set(loop.now + .nanoseconds(settings.idleTimeout))
        }
        if owesRead && ahead.isEmpty {
            owesRead = false
            context?.read()
        }
    }

    /// Answers what is no request at all, and closes.
    private func refuse(_ error: GatewayError) {
        worker.assumeIsolated { $0.refuse(error, on: self) }
        linger()
    }

    // MARK: Writing

    func write(_ bytes: ByteBuffer) {
        guard let context else { return }
        bytesWritten += bytes.readableBytes
        context.write(wrapOutboundOut(bytes), promise: nil)
    }

    func flush() { context?.flush() }

    // MARK: Time

    /// The exchange says by when something must have happened.
    func setDeadline(_ due: NIODeadline) { deadline.set(due) }

    private func deadlinePassed() {
        if let exchange {
            exchange.deadlinePassed()
        } else if isWaitingForHead && !isLingering {
            worker.assumeIsolated {
                $0.refuse(GatewayError(.requestTimeout, "The request's head did not arrive in time."), on: self)
            }
            linger()
        } else {
            close()
        }
    }

    // MARK: The end

    var willClose: Bool { closesAfterAnswer }

    /// No further request is taken; one that runs is finished.
    func drain() {
        closesAfterAnswer = true
        ahead.removeAll()
        if exchange == nil && !isLingering { close() }
    }

    /// What runs ends now.
    func interrupt() {
        exchange?.fail(
            GatewayError(.overloaded, "The gateway is being stopped; please try again.", retryAfterSeconds: 1))
    }

    /// Closes when the client has had the time to read the answer: data that it still sends would otherwise reset
    /// the connection and take the answer with it.
    private func linger() {
        guard let context else { return }
        isLingering = true
        closesAfterAnswer = true
        ahead.removeAll()
        context.flush()
        context.close(mode: .output, promise: nil)
        deadline.set(loop.now + .seconds(2))
    }

    func close() { context?.close(promise: nil) }
}

/// Sits before the decoder and tells that bytes have come, so that a head which drips in has a deadline.
final class ByteWatch: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    private let connection: ClientConnection

    init(_ connection: ClientConnection) { self.connection = connection }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        connection.bytesArrived()
        context.fireChannelRead(data)
    }
}
