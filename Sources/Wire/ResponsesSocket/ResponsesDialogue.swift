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

    /// Why a connection comes to its end that nobody has misused.
    public enum Farewell: Sendable {
        /// It has been open for as long as one may.
        case timeIsUp
        /// Its key is revoked, or has expired.
        case keyIsGone
    }

    private var reader: WebSocketReader
    private let bodyBytesMax: Int
    private var waiting = CircularBuffer<ByteBuffer>()
    private var waitingBytes = 0
    /// Frames have come that were not looked at, because too much waits.
    private var isBehind = false
    private var running: (turn: ResponsesTurn, answer: ResponsesAnswer)?
    private var history = ResponsesHistory()
    /// Why no turn begins any more.
    private var farewell: Farewell?
    /// The client has said farewell, and listens no more.
    public private(set) var isClosedByClient = false
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

    /// A body was given out whose answer has not come to its end.
    public var isRunning: Bool { running != nil }
    /// A message has begun and not ended.
    public var isInsideMessage: Bool { reader.isInsideMessage }
    /// Whether more may be read. What waits is bounded by it.
    public var mayReceive: Bool { !isBehind && hasRoom }

    private var hasRoom: Bool { waiting.count < Limits.responsesTurnsWaitingMax && waitingBytes < bodyBytesMax }

    /// Lets go of what is not needed at all costs: clients send it again when they are told so.
    public mutating func forgetHistory() { history.forgetAll() }

    // MARK: From the client

    /// Takes what has come; `nextBody` looks at it.
    public mutating func receive(_ bytes: ByteBuffer) { reader.append(bytes) }

    /// Looks at what has come, and answers what needs no model, up to a turn that does.
    /// - Returns: the body that is to be asked now; nil while one is being answered, or there is none.
    /// - Throws: where the connection must be closed.
    public mutating func nextBody(
        _ stamp: () -> Stamp, into output: inout ByteBuffer
    ) throws(WebSocketClose) -> ByteBuffer? {
        try takeMessages(&output)
        while running == nil, ending == nil, !isClosedByClient {
            if let farewell {
                refuseMore(farewell, &output)
                return nil
            }
            guard let message = waiting.popFirst() else { return nil }
            waitingBytes -= message.readableBytes
            // There is room for one more, and a farewell behind it should be seen while a turn runs.
            try takeMessages(&output)
            if let body = begin(message, stamp, &output) { return body }
        }
        return nil
    }

    /// Reads messages for as long as they may wait.
    private mutating func takeMessages(_ output: inout ByteBuffer) throws(WebSocketClose) {
        while hasRoom, !isClosedByClient {
            guard let part = try reader.next() else {
                isBehind = false
                return
            }
            switch part {
            case .text(let message):
                waiting.append(message)
                waitingBytes += message.readableBytes
            case .binary:
                ResponsesEvents(lane: nil).write(
                    GatewayError(.invalidRequest, "Messages must be text; this one is binary."), into: &output)
            case .ping(let payload): output.writeFrame(.pong, payload)
            case .pong: break
            case .close: isClosedByClient = true
            }
        }
        isBehind = true
    }

    /// - Returns: nil for what is answered without a model.
    private mutating func begin(
        _ bytes: ByteBuffer, _ stamp: () -> Stamp, _ output: inout ByteBuffer
    ) -> ByteBuffer? {
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

    /// Ends the connection behind the turn that runs.
    public mutating func end(_ farewell: Farewell, into output: inout ByteBuffer) {
        self.farewell = farewell
        if running == nil { refuseMore(farewell, &output) }
    }

    private mutating func refuseMore(_ farewell: Farewell, _ output: inout ByteBuffer) {
        let events = ResponsesEvents(lane: nil)
        switch farewell {
        case .timeIsUp:
            let minutes = Limits.responsesSocketSeconds / 60
            events.write(
                GatewayError(
                    .invalidRequest,
                    "The connection has been open for \(minutes) minutes, as long as one may. Open a new one to go on."
                ), code: "websocket_connection_limit_reached", into: &output)
            ending = .normal
        case .keyIsGone:
            let reason = "The key that the connection was opened with is not valid any more."
            events.write(GatewayError(.invalidAPIKey, reason), into: &output)
            ending = WebSocketClose(code: 1008, reason: reason)
        }
    }

    /// Tells of an error that is no turn's.
    public mutating func tell(_ error: GatewayError, into output: inout ByteBuffer) {
        ResponsesEvents(lane: nil).write(error, into: &output)
    }
}
