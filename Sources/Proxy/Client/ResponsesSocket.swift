import Core
import NIOCore
import Plan
import Wire

/// Stands before a `ClientConnection` whose client speaks OpenAI's Responses over a WebSocket: each `response.create`
/// becomes a `POST /v1/responses` there, and the answer's bytes become the client's messages. So a turn is an exchange
/// like any other, and nothing behind this handler knows of sockets.
///
/// Unchecked: it lives on its channel's loop.
final class ResponsesSocket: ChannelDuplexHandler, @unchecked Sendable {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let worker: LoopWorker
    private let settings: ServerSettings
    private let requestHead: ResponsesRequestHead
    /// Of the key that the connection was opened with; nil: no keys are asked for.
    private let keyDigest: TokenDigest?
    /// When the connection has been open for as long as it may.
    private let expiresAt: NIODeadline
    private let ticks: Deadline
    private var dialogue: ResponsesDialogue
    private var context: ChannelHandlerContext?
    /// What stands behind, and closes the connection when it is told to.
    weak var client: ClientConnection?
    /// Frames that are to go out with the next write.
    private var output = ByteBuffer()
    private var lastArrival: NIODeadline
    private var owesRead = false
    /// The client has been told that the connection ends; nothing counts any more.
    private var isClosing = false
    /// What is taken of the memory for all clients.
    private var memoryBytes = 0

    init(
        worker: LoopWorker, wheel: DeadlineWheel, settings: ServerSettings, requestHead: ResponsesRequestHead,
        keyDigest: TokenDigest?
    ) {
        self.worker = worker
        self.keyDigest = keyDigest
        self.settings = settings
        self.requestHead = requestHead
        lastArrival = worker.loop.now
        expiresAt = lastArrival + .seconds(Limits.responsesSocketSeconds)
        dialogue = ResponsesDialogue(bodyBytesMax: settings.bodyBytesMax)
        weak var socket: ResponsesSocket?
        ticks = Deadline(wheel) { socket?.tick() }
        socket = self
    }

    // MARK: The channel's events

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        setNextTick()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) { receive(unwrapInboundIn(data)) }

    func read(context: ChannelHandlerContext) {
        owesRead = true
        readOn()
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        readOn()
        context.fireChannelWritabilityChanged()
    }

    func channelInactive(context: ChannelHandlerContext) {
        isClosing = true
        ticks.end()
        self.context = nil
        worker.shared.memory.give(memoryBytes)
        memoryBytes = 0
        context.fireChannelInactive()
    }

    /// The answer to the turn that runs, as it would go over HTTP.
    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        if !isClosing {
            dialogue.answer(unwrapOutboundIn(data), into: &output)
            // The connection that waits behind begins the next turn when this exchange has ended.
            advance()
        }
        context.write(wrapOutboundOut(takeOutput()), promise: promise)
    }

    func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
        sayGoodbye(dialogue.ending ?? .goingAway)
        context.close(mode: mode, promise: promise)
    }

    // MARK: From the client

    func receive(_ bytes: ByteBuffer) {
        guard !isClosing else { return }
        lastArrival = worker.loop.now
        dialogue.receive(bytes)
        advance()
        flush()
    }

    /// Looks at what has come, and runs the next turn, where none runs.
    private func advance() {
        let body: ByteBuffer?
        do throws(WebSocketClose) {
            body = try dialogue.nextBody(stamp, into: &output)
        } catch {
            dialogue.tell(GatewayError(.invalidRequest, error.reason), into: &output)
            return end(error)
        }
        // A turn that is about to begin is no exchange yet.
        let isServing = dialogue.isRunning && body == nil
        guard !dialogue.isClosedByClient else { return end(.normal, isServing: isServing) }
        guard holdMemory() else {
            dialogue.tell(.noMemory, into: &output)
            let reason = "There is no memory for more; try again later."
            return end(WebSocketClose(code: 1013, reason: reason), isServing: isServing)
        }
        if let body, let context {
            context.fireChannelRead(wrapInboundOut(requestHead.head(bodyBytes: body.readableBytes)))
            context.fireChannelRead(wrapInboundOut(body))
        }
        if !dialogue.isRunning, let ending = dialogue.ending { return end(ending) }
        readOn()
    }

    private func stamp() -> ResponsesDialogue.Stamp {
        let now = worker.shared.unixMicroseconds()
        let random = worker.assumeIsolated { ($0.random.next(), $0.random.next()) }
        let id = ExchangeID(unixMilliseconds: UInt64(now / 1000), random: random)
        return ResponsesDialogue.Stamp(id: id.description, unixSeconds: Int(now / 1_000_000))
    }

    private func readOn() {
        // Whoever does not read what is said is not listened to either: nothing piles up.
        guard owesRead, let context, isClosing || context.channel.isWritable && dialogue.mayReceive else { return }
        owesRead = false
        lastArrival = worker.loop.now
        context.read()
    }

    /// What has come and what is remembered must have room, or the latter is forgotten.
    private func holdMemory() -> Bool {
        if takeMemory() { return true }
        dialogue.forgetHistory()
        return takeMemory()
    }

    private func takeMemory() -> Bool {
        let grown = dialogue.heldBytes - memoryBytes
        if grown > 0, !worker.shared.memory.take(grown) { return false }
        if grown < 0 { worker.shared.memory.give(-grown) }
        memoryBytes += grown
        return true
    }

    // MARK: Time

    private func setNextTick() {
        let next = worker.loop.now + .seconds(Limits.responsesSocketPingSeconds)
        ticks.set(worker.loop.now < expiresAt ? min(next, expiresAt) : next)
    }

    private func tick() {
        setNextTick()
        let now = worker.loop.now
        // What the gateway does not read yet is not late.
        if dialogue.isInsideMessage, !owesRead, now - lastArrival > .nanoseconds(settings.bodyTimeout) {
            dialogue.tell(GatewayError(.requestTimeout, "The message did not arrive in time."), into: &output)
            return end(WebSocketClose(code: 1008, reason: "The message did not arrive in time."))
        }
        if let farewell = now >= expiresAt ? .timeIsUp : isKeyGone ? ResponsesDialogue.Farewell.keyIsGone : nil {
            dialogue.end(farewell, into: &output)
            if !dialogue.isRunning, let ending = dialogue.ending { return end(ending) }
        }
        output.writeFrame(.ping)
        flush()
    }

    private var isKeyGone: Bool {
        guard let keyDigest else { return false }
        let key = worker.assumeIsolated { $0.snapshot.key(for: keyDigest) }
        return key?.hasExpired(at: worker.shared.unixMicroseconds()) ?? true
    }

    // MARK: The end

    /// The gateway has no more use for the connection.
    func hangUp() { end(dialogue.ending ?? .goingAway) }

    private func end(_ close: WebSocketClose) { end(close, isServing: dialogue.isRunning) }

    /// Ends the connection, and with it the turn that runs as an exchange.
    private func end(_ close: WebSocketClose, isServing: Bool) {
        guard !isClosing else { return }
        sayGoodbye(close)
        client?.hangUp(isServing: isServing)
        readOn()
    }

    private func sayGoodbye(_ close: WebSocketClose) {
        guard !isClosing else { return }
        output.writeFrame(close)
        flush()
        isClosing = true
        ticks.clear()
    }

    private func flush() {
        guard let context, output.readableBytes > 0 else { return }
        context.writeAndFlush(wrapOutboundOut(takeOutput()), promise: nil)
    }

    private func takeOutput() -> ByteBuffer {
        defer { output = ByteBuffer() }
        return output
    }
}
