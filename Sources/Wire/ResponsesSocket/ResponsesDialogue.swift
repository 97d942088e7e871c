public import Core
public import NIOCore

/// The server's side of a WebSocket that speaks OpenAI's Responses: reads a client's messages, says what is to be asked
/// for each, one after the other, and turns the answers into messages. It knows no socket and no clock.
///
/// Turns run one at a time in the order they came in, whatever lane they are on.
public struct ResponsesDialogue {
    /// What a warm-up's answer needs of the world.
    public struct Stamp {
        /// Of the response, behind `resp_`.
        let id: String
        let unixSeconds: Int

        public init(id: String, unixSeconds: Int) {
            self.id = id
            self.unixSeconds = unixSeconds
        }
    }

    private var reader: WebSocketReader
    private let bodyBytesMax: Int
    private var waiting = CircularBuffer<ByteBuffer>()
    private var running: (turn: ResponsesTurn, answer: ResponsesAnswer)?
    private var history = ResponsesHistory()
    /// Its time is up.
    private var hasExpired = false
    /// Why no further turn is run; nil: there may be more.
    public private(set) var ending: WebSocketClose?

    /// - Parameter bodyBytesMax: the largest message, and what is remembered at most. No more is read while as much
    ///   waits.
    public init(bodyBytesMax: Int) {
        reader = WebSocketReader(messageBytesMax: bodyBytesMax)
        self.bodyBytesMax = bodyBytesMax
    }

    // MARK: What it holds

    /// Bytes of memory: what has come and was not asked, and what is remembered.
    public var heldBytes: Int {
        reader.heldBytes + history.bytes + waitingBytes + (running?.turn.items.readableBytes ?? 0)
    }

    private var waitingBytes: Int { waiting.reduce(0) { $0 + $1.readableBytes } }

    public var isRunning: Bool { running != nil }
    public var isInsideMessage: Bool { reader.isInsideMessage }
    /// Whether more may be read. What waits is bounded by it.
    public var mayReceive: Bool {
        waiting.count < Limits.responsesTurnsWaitingMax && waitingBytes < bodyBytesMax
    }

    /// Lets go of what is not needed at all costs: clients send it again when they are told so.
    public mutating func forgetHistory() { history.forgetAll() }

    // MARK: From the client

    /// Takes what has come.
    /// - Returns: whether the client has closed the connection.
    /// - Throws: where the connection must be closed.
    public mutating func receive(_ bytes: ByteBuffer, into output: inout ByteBuffer) throws(WebSocketClose) -> Bool {
        reader.append(bytes)
        while let part = try reader.next() {
            switch part {
            case .text(let message): waiting.append(message)
            case .binary:
                ResponsesEvents(lane: nil).write(
                    GatewayError(.invalidRequest, "Messages must be text; this one is binary."), into: &output)
            case .ping(let payload): output.writeFrame(.pong, payload)
            case .pong: break
            case .close: return true
            }
        }
        return false
    }

    /// Answers what needs no model, up to a turn that does.
    /// - Returns: the body that is to be asked now; nil while one is being answered, or there is none.
    public mutating func nextBody(_ stamp: () -> Stamp, into output: inout ByteBuffer) -> ByteBuffer? {
        while running == nil, ending == nil {
            if hasExpired {
                refuseMore(&output)
                return nil
            }
            guard let bytes = waiting.popFirst() else { return nil }
            do throws(GatewayError) {
                let message = try ResponsesMessage(bytes)
                let turn = ResponsesTurn(message, history: history)
                let events = ResponsesEvents(lane: turn.lane)
                guard turn.isWarmUp else {
                    running = (turn, ResponsesAnswer(events))
                    return turn.body
                }
                warmUp(turn, message, stamp(), events, &output)
            } catch {
                ResponsesEvents(lane: nil).write(error, into: &output)
            }
        }
        return nil
    }

    /// A response without output, which the next turn goes on from.
    private mutating func warmUp(
        _ turn: ResponsesTurn, _ message: ResponsesMessage, _ stamp: Stamp, _ events: ResponsesEvents,
        _ output: inout ByteBuffer
    ) {
        let envelope = ResponseEnvelope(
            id: ByteBuffer(string: stamp.id), model: message.model, created: stamp.unixSeconds, message.echo)
        for (number, state) in [ResponseEnvelope.State.inProgress, .completed].enumerated() {
            var event = ByteBuffer()
            event.writeString(#"{"type":"response.\#(number == 0 ? "created" : "completed")","#)
            event.writeString(#""sequence_number":\#(number),"response":"#)
            envelope.write(
                state, items: ByteBuffer(), usage: number == 0 ? nil : TokenUsage(), into: &event)
            event.writeStaticString("}")
            events.write(event, into: &output)
        }
        remember("resp_" + stamp.id, turn, output: ByteBuffer())
    }

    private mutating func remember(_ id: String, _ turn: ResponsesTurn, output: ByteBuffer) {
        var items = turn.items
        if items.readableBytes > 0, output.readableBytes > 0 { items.writeStaticString(",") }
        items.writeImmutableBuffer(output)
        history.remember(id, lane: turn.lane, items: items)
        if history.bytes > bodyBytesMax { history.forgetAll() }
    }

    // MARK: To the client

    /// Takes bytes of the answer to the body that was asked last, as they would go over HTTP.
    public mutating func answer(_ bytes: ByteBuffer, into output: inout ByteBuffer) {
        guard let turn = running?.turn, var answer = running?.answer else { return }
        running = nil
        answer.push(bytes, into: &output)
        guard answer.isComplete else {
            running = (turn, answer)
            return
        }
        if answer.hasFailed, let previous = turn.previous { history.forget(previous) }
        if let unkept = answer.unkept { remember(unkept.id, turn, output: unkept.items) }
        if !answer.keepsAlive { ending = .goingAway }
    }

    /// The connection has been open for as long as it may: it ends behind the turn that runs.
    public mutating func expire(into output: inout ByteBuffer) {
        hasExpired = true
        if running == nil { refuseMore(&output) }
    }

    private mutating func refuseMore(_ output: inout ByteBuffer) {
        let minutes = Limits.responsesSocketSeconds / 60
        ResponsesEvents(lane: nil).write(
            GatewayError(
                .invalidRequest,
                "The connection has been open for \(minutes) minutes, the longest there is. Open a new one to go on."),
            code: "websocket_connection_limit_reached", into: &output)
        ending = .normal
    }

    /// Tells of an error that is no turn's.
    public mutating func tell(_ error: GatewayError, into output: inout ByteBuffer) {
        ResponsesEvents(lane: nil).write(error, into: &output)
    }
}
