import Core
import NIOCore
import Plan
import Wire

/// One client's connection: reads requests, hands each to the loop's worker as an exchange, one after the other, and
/// writes what they answer.
///
/// Unchecked: it lives on its channel's loop.
final class ClientConnection: ChannelDuplexHandler, Flushing, @unchecked Sendable {
    typealias InboundIn = ByteBuffer
    typealias OutboundIn = Never
    typealias OutboundOut = ByteBuffer

    let worker: LoopWorker
    /// How many came to the worker before it.
    let number: Int
    let settings: ServerSettings
    private let loop: any EventLoop
    private let onClose: () -> Void
    private var context: ChannelHandlerContext?
    /// What came and is not yet an exchange's: requests sent ahead stay in it as bytes.
    private var reader: RequestReader
    private var exchange: Exchange?
    private var owesRead = false
    /// Whatever comes from now on is the upstream's.
    private weak var session: UpstreamConnection?
    /// Speaks for the client, whose connection is a WebSocket.
    private weak var translator: ResponsesSocket?
    /// Nanoseconds for which the client may be silent between two requests; nil: somebody else watches it.
    private var idleTimeout: Int64?
    private var closesAfterAnswer = false
    private var isLingering = false
    /// The last answer is written, and what of it waits for the client is on its way out.
    private var isClosing = false
    private var isWaitingForHead = false
    var isFlushQueued = false
    private var isClosed = false
    private let deadline: Deadline

    /// Call on the worker's loop.
    init(worker: LoopWorker, wheel: DeadlineWheel, settings: ServerSettings, onClose: @escaping () -> Void) {
        self.worker = worker
        number = worker.assumeIsolated { $0.nextClientNumber() }
        self.settings = settings
        idleTimeout = settings.idleTimeout
        self.onClose = onClose
        loop = worker.loop
        reader = RequestReader(
            limits: HeadLimits(bytesMax: settings.headerBytesMax, fieldsMax: Limits.requestHeaderFieldsMax))
        weak var connection: ClientConnection?
        deadline = Deadline(wheel) { connection?.deadlinePassed() }
        connection = self
    }

    var isWritable: Bool { context?.channel.isWritable ?? false }
    /// Who is at the other end of the connection.
    private lazy var peer = ClientAddress(context?.remoteAddress, trustedProxies: settings.trustedProxies)

    func address(forwardedFor: @autoclosure () -> String?) -> String? { peer.client(forwardedFor: forwardedFor()) }

    // MARK: The channel's events

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }

    func channelActive(context: ChannelHandlerContext) {
        worker.assumeIsolated { $0.add(self) }
        waitForHead()
        context.fireChannelActive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isLingering && !isClosing else { return }
        if let session { return session.passOn(unwrapInboundIn(data)) }
        // From its first byte on, a head has its own time: one that drips in is cut.
        if exchange == nil && !isWaitingForHead { waitForHead() }
        reader.append(unwrapInboundIn(data))
        takeParts()
    }

    func read(context: ChannelHandlerContext) {
        if let session, !session.isWritable {
            owesRead = true
            return
        }
        // A client that sent ahead is read on when its next turn comes; any other at once, so that its leaving is seen.
        if reader.heldBytes > 0, exchange?.isRequestComplete == true { owesRead = true } else { context.read() }
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
        abandonExchange()
        onClose()
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

    // MARK: Sessions

    /// The connection belongs to a session from now on; what the client has sent ahead is part of it.
    func beginSession(with upstream: UpstreamConnection) {
        session = upstream
        upstream.sessionClient = self
        if let ahead = reader.takeHeld() { upstream.passOn(ahead) }
        sessionBecameWritable()
    }

    /// Requests come in another form from now on, which this handler turns into HTTP and watches the time of.
    func speak(through translator: ResponsesSocket) {
        guard let context else { return }
        idleTimeout = nil
        translator.client = self
        self.translator = translator
        let ahead = reader.takeHeld()
        do {
            try context.pipeline.syncOperations.addHandler(translator, position: .before(self))
        } catch {
            return close()
        }
        if let ahead { translator.receive(ahead) }
    }

    func sessionBecameWritable() {
        guard owesRead else { return }
        owesRead = false
        context?.read()
    }

    // MARK: Requests

    private func waitForHead() {
        isWaitingForHead = true
        deadline.set(loop.now + .nanoseconds(settings.headerTimeout))
    }

    /// Takes what has come up to the end of one request; what lies behind it waits for its turn.
    private func takeParts() {
        while !isLingering, !isClosing, !isClosed, exchange.map({ !$0.isRequestComplete }) ?? true {
            do throws(MalformedMessage) {
                guard let part = try reader.next() else { return }
                take(part)
            } catch {
                return refuseMalformed(error)
            }
        }
    }

    private func take(_ part: RequestReader.Part) {
        switch part {
        case .head(let head):
            isWaitingForHead = false
            // The exchange sets its own time when it knows its timeouts; until then the body's counts.
            deadline.set(loop.now + .nanoseconds(settings.bodyTimeout))
            exchange = worker.assumeIsolated { $0.begin(head, from: self) }
        case .body(let bytes):
            deadline.set(loop.now + .nanoseconds(settings.bodyTimeout))
            exchange?.receive(bytes)
        case .end:
            exchange?.requestEnded()
        }
    }

    private func refuseMalformed(_ error: MalformedMessage) {
        let refusal = GatewayError(malformed: error, headerBytesMax: settings.headerBytesMax)
        guard let exchange else { return refuse(refusal) }
        closesAfterAnswer = true
        exchange.fail(refusal)
    }

    /// The exchange's answer is written: the next request's turn.
    func exchangeEnded(_ ended: Exchange, keepsAlive: Bool) {
        guard exchange === ended else { return }
        exchange = nil
        guard !isLingering else { return setLingerDeadline() }
        guard keepsAlive, !closesAfterAnswer else {
            return ended.isRequestComplete && reader.heldBytes == 0 ? closeWhenWritten() : linger()
        }
        if let idleTimeout { deadline.set(loop.now + .nanoseconds(idleTimeout)) } else { deadline.clear() }
        if reader.heldBytes > 0 {
            waitForHead()
            takeParts()
        }
        if owesRead && (exchange?.isRequestComplete != true || reader.heldBytes == 0) {
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
        context.write(wrapOutboundOut(bytes), promise: nil)
    }

    /// What is large goes out at once: only then it shows whether the client is behind.
    func flush() {
        if isWritable { worker.flushes.add(self) } else { flushNow() }
    }

    func flushNow() { context?.flush() }

    // MARK: Time

    /// The exchange says by when something must have happened.
    func setDeadline(_ due: NIODeadline) { deadline.set(due) }

    private func deadlinePassed() {
        if let exchange {
            exchange.deadlinePassed()
        } else if isWaitingForHead && !isLingering && !isClosing {
            refuse(GatewayError(.requestTimeout, "The request's head did not arrive in time."))
        } else {
            close()
        }
    }

    // MARK: The end

    var willClose: Bool { closesAfterAnswer }

    /// No further request is taken; one that runs is finished, one that is arriving is refused with an answer.
    func drain() {
        closesAfterAnswer = true
        guard exchange == nil, !isLingering, !isClosing, reader.heldBytes == 0 else { return }
        if let translator { translator.hangUp() } else { closeWhenWritten() }
    }

    /// What runs ends now.
    func interrupt() {
        exchange?.fail(LoopWorker.stopping)
    }

    /// Closes when the client has had the time to read the answer: data that it still sends would otherwise reset
    /// the connection and take the answer with it.
    private func linger() {
        guard let context else { return }
        isLingering = true
        closesAfterAnswer = true
        context.flush()
        context.close(mode: .output, promise: nil)
        setLingerDeadline()
        if owesRead {
            owesRead = false
            context.read()
        }
    }

    private func setLingerDeadline() { deadline.set(loop.now + .seconds(Limits.lingerSeconds)) }

    /// What speaks for the client has told it the last.
    /// - Parameter isServing: whether an exchange runs that nobody will hear of any more.
    func hangUp(isServing: Bool) {
        if isServing { abandonExchange() }
        linger()
    }

    private func abandonExchange() {
        let last = exchange
        exchange = nil
        last?.clientLeft()
        if let last, last.ending == nil { worker.assumeIsolated { $0.readOn(last) } }
    }

    /// Closes behind the last byte of the answer: a client that reads slowly still has to get what waits for it. It has
    /// the idle time to take it.
    private func closeWhenWritten() {
        guard let context else { return }
        isClosing = true
        deadline.set(loop.now + .nanoseconds(settings.idleTimeout))
        let channel = context.channel
        context.writeAndFlush(wrapOutboundOut(ByteBuffer())).whenComplete { _ in channel.close(promise: nil) }
    }

    /// What is written is sent, as far as the client takes it.
    func close() {
        if isFlushQueued { flushNow() }
        context?.close(promise: nil)
    }
}
