import Core
public import NIOCore

/// The head of a frame: what it carries and how much of it (RFC 6455, section 5.2).
struct WebSocketFrame {
    /// Whether its message ends with it.
    let isLast: Bool
    let code: UInt8
    /// Bytes before the payload.
    let headLength: Int
    /// Bytes of the payload.
    let length: Int
    /// Four bytes, which clients mix into what they send; the first is the lowest.
    let mask: UInt32?

    /// - Returns: nil when the head has not come as a whole.
    /// - Throws: `damaged` where it uses what no extension was agreed on for, or has a length that nobody means.
    init?(headOf bytes: ByteBuffer) throws(StreamError) {
        let start = bytes.readerIndex
        guard let first: UInt8 = bytes.getInteger(at: start), let second: UInt8 = bytes.getInteger(at: start + 1) else {
            return nil
        }
        // A bit that belongs to an extension: none was agreed on.
        guard first & 0x70 == 0 else { throw .damaged }
        var length = UInt64(second & 0x7F)
        var headLength = 2
        if length == 126 {
            guard let long: UInt16 = bytes.getInteger(at: start + 2) else { return nil }
            (length, headLength) = (UInt64(long), 4)
        } else if length == 127 {
            guard let long: UInt64 = bytes.getInteger(at: start + 2) else { return nil }
            (length, headLength) = (long, 10)
        }
        guard length < UInt64(Int32.max) else { throw .damaged }
        var mask: UInt32?
        if second & 0x80 != 0 {
            guard let four = bytes.getInteger(at: start + headLength, endianness: .little, as: UInt32.self) else {
                return nil
            }
            (mask, headLength) = (four, headLength + 4)
        }
        isLast = first & 0x80 != 0
        code = first & 0x0F
        self.headLength = headLength
        self.length = Int(length)
        self.mask = mask
    }
}

/// What frames are for (RFC 6455, section 11.8).
public enum WebSocketOpcode: UInt8, Sendable {
    case continuation = 0
    case text = 1
    case binary = 2
    case close = 8
    case ping = 9
    case pong = 10

    var isControl: Bool { rawValue >= 8 }
}

/// Why a connection is closed, as its other end is told (RFC 6455, section 7.4.1).
public struct WebSocketClose: Error, Sendable, Equatable {
    public let code: UInt16
    /// For a person; at most 123 bytes.
    public let reason: String

    public init(code: UInt16, reason: String) {
        self.code = code
        self.reason = reason
    }

    public static let normal = WebSocketClose(code: 1000, reason: "")
    /// The server is being stopped, or has no more use for the connection.
    public static let goingAway = WebSocketClose(code: 1001, reason: "The gateway closes the connection.")

    static func protocolError(_ reason: String) -> WebSocketClose { WebSocketClose(code: 1002, reason: reason) }
}

extension ByteBuffer {
    /// Writes the head of a server's frame, which is whole and not masked. Its payload is to follow.
    public mutating func writeFrameHead(_ opcode: WebSocketOpcode, payloadBytes: Int) {
        writeInteger(0x80 | opcode.rawValue)
        switch payloadBytes {
        case 0..<126: writeInteger(UInt8(payloadBytes))
        case 126..<65536:
            writeInteger(UInt8(126))
            writeInteger(UInt16(payloadBytes))
        default:
            writeInteger(UInt8(127))
            writeInteger(UInt64(payloadBytes))
        }
    }

    /// Writes a whole frame of a server.
    public mutating func writeFrame(_ opcode: WebSocketOpcode, _ payload: ByteBuffer = ByteBuffer()) {
        writeFrameHead(opcode, payloadBytes: payload.readableBytes)
        writeImmutableBuffer(payload)
    }

    /// Writes the frame after which a server sends no more.
    public mutating func writeFrame(_ close: WebSocketClose) {
        writeFrameHead(.close, payloadBytes: 2 + close.reason.utf8.count)
        writeInteger(close.code)
        writeString(close.reason)
    }

    /// Writes a payload without its mask, eight bytes at a time.
    /// - Parameter offset: of these bytes in the payload.
    mutating func writeUnmasked(_ payload: ByteBuffer, _ mask: UInt32?, from offset: Int = 0) {
        guard let mask else {
            writeImmutableBuffer(payload)
            return
        }
        let shift = 8 * (offset % 4)
        let turned = mask >> shift | mask << (32 - shift)
        let word = (UInt64(turned) << 32 | UInt64(turned)).littleEndian
        payload.withUnsafeReadableBytes { source in
            _ = writeWithUnsafeMutableBytes(minimumWritableBytes: source.count) { target in
                var position = 0
                while position + 8 <= source.count {
                    let mixed = source.loadUnaligned(fromByteOffset: position, as: UInt64.self) ^ word
                    target.storeBytes(of: mixed, toByteOffset: position, as: UInt64.self)
                    position += 8
                }
                while position < source.count {
                    target[position] = source[position] ^ UInt8(truncatingIfNeeded: turned >> (8 * (position % 4)))
                    position += 1
                }
                return source.count
            }
        }
    }
}
