import Core
public import NIOCore

/// One message of an AWS event stream. Valid only inside the call that gets it.
public struct EventStreamMessage {
    /// Its `:message-type`: `event`, `exception` or `error`.
    public let type: UnsafeRawBufferPointer
    /// Its `:event-type`, or of an exception its `:exception-type`.
    public let name: UnsafeRawBufferPointer
    public let payload: UnsafeRawBufferPointer
}

/// Why bytes are no AWS event stream. Nothing after it can be read: the lengths are no longer to be believed.
public enum EventStreamError: Error, Sendable, Equatable {
    /// The lengths of a message contradict each other or exceed their limits.
    case badLength
    case badChecksum
    case badHeaders
}

/// Cuts `application/vnd.amazon.eventstream` into its messages, wherever the reads split it, and checks both checksums
/// of each.
///
/// A message is two lengths and their checksum, headers, a payload, and a checksum of all of it; all numbers are
/// big-endian (Amazon's developer guides, "Event stream encoding"). What it holds is bounded by
/// `Limits.eventStreamMessageBytesMax`.
public struct EventStreamDecoder {
    private static let preludeBytes = 12
    private static let overheadBytes = 16
    private var held = ByteBuffer()

    public init() {}

    /// Some of a message has come, and not all of it.
    public var isInsideMessage: Bool { held.readableBytes > 0 }

    public mutating func push(
        _ bytes: ByteBuffer, _ body: (borrowing EventStreamMessage) -> Void
    ) throws(EventStreamError) {
        if held.readableBytes == 0 { held = bytes } else { held.writeImmutableBuffer(bytes) }
        var failure: EventStreamError?
        let consumed = held.withUnsafeReadableBytes { bytes in
            do throws(EventStreamError) {
                return try Self.split(bytes, body)
            } catch {
                failure = error
                return bytes.count
            }
        }
        held = held.part(consumed..<held.readableBytes)
        if let failure { throw failure }
    }

    /// - Returns: the place after the last whole message.
    private static func split(
        _ bytes: UnsafeRawBufferPointer, _ body: (borrowing EventStreamMessage) -> Void
    ) throws(EventStreamError) -> Int {
        var start = 0
        while bytes.count - start >= preludeBytes {
            let total = Int(number(bytes, at: start))
            let headers = Int(number(bytes, at: start + 4))
            guard checksum(bytes, start..<(start + 8)) == number(bytes, at: start + 8) else { throw .badChecksum }
            guard total <= Limits.eventStreamMessageBytesMax, headers <= Limits.eventStreamHeaderBytesMax,
                overheadBytes + headers <= total
            else { throw .badLength }
            let end = start + total
            guard end <= bytes.count else { break }
            guard checksum(bytes, start..<(end - 4)) == number(bytes, at: end - 4) else { throw .badChecksum }
            let payload = start + preludeBytes + headers
            try deliver(
                UnsafeRawBufferPointer(rebasing: bytes[(start + preludeBytes)..<payload]),
                UnsafeRawBufferPointer(rebasing: bytes[payload..<(end - 4)]), body)
            start = end
        }
        return start
    }

    private static func number(_ bytes: UnsafeRawBufferPointer, at place: Int) -> UInt32 {
        UInt32(bigEndian: bytes.loadUnaligned(fromByteOffset: place, as: UInt32.self))
    }

    private static func checksum(_ bytes: UnsafeRawBufferPointer, _ range: Range<Int>) -> UInt32 {
        CRC32.checksum(UnsafeRawBufferPointer(rebasing: bytes[range]))
    }

    // MARK: Headers

    private static func deliver(
        _ headers: UnsafeRawBufferPointer, _ payload: UnsafeRawBufferPointer,
        _ body: (borrowing EventStreamMessage) -> Void
    ) throws(EventStreamError) {
        var type = UnsafeRawBufferPointer(start: nil, count: 0)
        var name = type
        var rest = headers
        while !rest.isEmpty {
            let key = try take(Int(try takeByte(&rest)), from: &rest)
            let kind = try takeByte(&rest)
            guard let value = try takeValue(kind, from: &rest) else { continue }
            if key.isText(":message-type") {
                type = value
            } else if key.isText(":event-type") || key.isText(":exception-type") {
                name = value
            }
        }
        body(EventStreamMessage(type: type, name: name, payload: payload))
    }

    /// - Returns: the value of a string; nil for what is none.
    private static func takeValue(
        _ kind: UInt8, from rest: inout UnsafeRawBufferPointer
    ) throws(EventStreamError) -> UnsafeRawBufferPointer? {
        switch kind {
        case 0, 1: return nil
        case 2: _ = try take(1, from: &rest)
        case 3: _ = try take(2, from: &rest)
        case 4: _ = try take(4, from: &rest)
        case 5, 8: _ = try take(8, from: &rest)
        case 6, 7:
            let high = Int(try takeByte(&rest))
            let value = try take(high << 8 | Int(try takeByte(&rest)), from: &rest)
            return kind == 7 ? value : nil
        case 9: _ = try take(16, from: &rest)
        default: throw .badHeaders
        }
        return nil
    }

    private static func takeByte(_ rest: inout UnsafeRawBufferPointer) throws(EventStreamError) -> UInt8 {
        try take(1, from: &rest)[0]
    }

    private static func take(
        _ count: Int, from rest: inout UnsafeRawBufferPointer
    ) throws(EventStreamError) -> UnsafeRawBufferPointer {
        guard count <= rest.count else { throw .badHeaders }
        defer { rest = UnsafeRawBufferPointer(rebasing: rest[count...]) }
        return UnsafeRawBufferPointer(rebasing: rest[..<count])
    }
}
