import Core
public import NIOCore

/// Reads what a client sends over a WebSocket, pulled part by part, and takes nothing that the protocol does not allow
/// (RFC 6455, sections 5.4 to 5.6). What it holds is bounded by the largest message.
public struct WebSocketReader {
    /// What a client has said, in the order it came: a message when its last frame is read, a control frame as soon
    /// as it is, be it between the frames of a message.
    public enum Part: Equatable {
        /// A whole message. That it is UTF-8 is for its reader to check.
        case text(ByteBuffer)
        /// A whole message, of which nothing was kept.
        case binary
        case ping(ByteBuffer)
        case pong
        case close
    }

    private let messageBytesMax: Int
    private var held = ByteBuffer()
    /// The frame whose payload is being read, and how much of it has been.
    private var frame: (head: WebSocketFrame, opcode: WebSocketOpcode, taken: Int)?
    /// Of the message whose end has not come.
    private var kind: WebSocketOpcode?
    private var message = ByteBuffer()
    private var messageBytes = 0

    public init(messageBytesMax: Int) { self.messageBytesMax = messageBytesMax }

    /// Bytes of memory that are held.
    public var heldBytes: Int { held.readableBytes + message.readableBytes }

    /// A message has begun and not ended.
    public var isInsideMessage: Bool { kind != nil || frame != nil || held.readableBytes > 0 }

    /// Takes the connection's next bytes, cut anywhere; `next` gives what they complete.
    public mutating func append(_ bytes: ByteBuffer) {
        guard held.readableBytes > 0 else {
            held = bytes
            return
        }
        held.discardReadBytes()
        held.writeImmutableBuffer(bytes)
    }

    /// The next part; nil when more bytes are needed. After an error the connection can only be closed.
    public mutating func next() throws(WebSocketClose) -> Part? {
        while true {
            if frame == nil { frame = try nextFrame() }
            guard let current = frame else { return nil }
            if current.opcode.isControl {
                guard held.readableBytes >= current.head.length else { return nil }
                frame = nil
                return takeControl(current.head, current.opcode)
            }
            guard takeData(current.head, taken: current.taken) else { return nil }
            frame = nil
            if current.head.isLast { return endMessage() }
        }
    }

    private mutating func nextFrame() throws(WebSocketClose) -> (WebSocketFrame, WebSocketOpcode, Int)? {
        let head: WebSocketFrame?
        do throws(StreamError) {
            head = try WebSocketFrame(headOf: held)
        } catch {
            throw .protocolError("A frame cannot be read: it is too long, or uses an extension.")
        }
        guard let head else { return nil }
        guard let opcode = WebSocketOpcode(rawValue: head.code) else {
            throw .protocolError("A frame has the unknown opcode \(head.code).")
        }
        guard head.mask != nil else { throw .protocolError("A frame is not masked, as those of clients must be.") }
        if opcode.isControl {
            guard head.isLast, head.length <= 125 else {
                throw .protocolError("A control frame is in parts, or longer than 125 bytes.")
            }
        } else {
            try begin(opcode, head.length)
        }
        held.moveReaderIndex(forwardBy: head.headLength)
        return (head, opcode, 0)
    }

    private mutating func begin(_ opcode: WebSocketOpcode, _ length: Int) throws(WebSocketClose) {
        guard (opcode == .continuation) == (kind != nil) else {
            throw .protocolError("The frames of two messages are mixed, or a message has no beginning.")
        }
        if opcode != .continuation { kind = opcode }
        messageBytes += length
        guard messageBytes <= messageBytesMax else {
            throw WebSocketClose(
                code: 1009, reason: "The message is larger than \(messageBytesMax) bytes (server.body_max).")
        }
    }

    private mutating func takeControl(_ head: WebSocketFrame, _ opcode: WebSocketOpcode) -> Part {
        var payload = ByteBuffer()
        payload.writeUnmasked(held.part(0..<head.length), head.mask)
        held.moveReaderIndex(forwardBy: head.length)
        switch opcode {
        case .ping: return .ping(payload)
        case .close: return .close
        default: return .pong
        }
    }

    /// - Returns: whether the frame has been read to its end.
    private mutating func takeData(_ head: WebSocketFrame, taken: Int) -> Bool {
        let count = min(head.length - taken, held.readableBytes)
        if kind == .text { message.writeUnmasked(held.part(0..<count), head.mask, from: taken) }
        held.moveReaderIndex(forwardBy: count)
        frame?.taken = taken + count
        return taken + count == head.length
    }

    private mutating func endMessage() -> Part {
        defer {
            kind = nil
            message = ByteBuffer()
            messageBytes = 0
        }
        return kind == .text ? .text(message) : .binary
    }
}
