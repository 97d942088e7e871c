import Core
import NIOCore

/// Cuts a stream of JSON objects into these, wherever the reads split it: one on each line, or the elements of one
/// array. What it holds is bounded.
struct ObjectSplitter {
    private var held = ByteBuffer()
    /// How far `held` has been looked at.
    private var position = 0
    private var depth = 0
    private var isInString = false
    private var isEscaped = false
    private(set) var broken = 0

    /// Something of an object has come, and not all of it.
    var isInsideObject: Bool { depth > 0 }

    mutating func push(_ bytes: ByteBuffer, _ body: (UnsafeRawBufferPointer) -> Void) throws(StreamError) {
        if held.readableBytes == 0 { held = bytes } else { held.writeImmutableBuffer(bytes) }
        let buffer = held
        let kept = buffer.withUnsafeReadableBytes { split($0, body) }
        held = buffer.part(kept..<buffer.readableBytes)
        position -= kept
        if held.readableBytes > Limits.streamEventBytesMax { throw .eventTooLarge }
    }

    /// - Returns: the place where the object begins whose end has not come.
    private mutating func split(_ bytes: UnsafeRawBufferPointer, _ body: (UnsafeRawBufferPointer) -> Void) -> Int {
        var start = 0
        while position < bytes.count {
            let byte = bytes[position]
            position += 1
            if isInString {
                takeInString(byte)
                // No string has a line feed: the line was cut, and the next one is whole again.
                if byte == 0x0A { (depth, isInString, isEscaped, broken) = (0, false, false, broken + 1) }
            } else if byte == UInt8(ascii: "{") {
                if depth > 0, Self.isCut(bytes[..<(position - 1)]) { (depth, broken) = (0, broken + 1) }
                if depth == 0 { start = position - 1 }
                depth += 1
            } else if byte == UInt8(ascii: "}"), depth > 0 {
                depth -= 1
                if depth == 0 { body(UnsafeRawBufferPointer(rebasing: bytes[start..<position])) }
            } else if byte == UInt8(ascii: "\""), depth > 0 {
                isInString = true
            }
        }
        return depth > 0 ? start : bytes.count
    }

    /// Whether an object that begins here, on a line of its own, cannot belong to the one before: that one was cut.
    private static func isCut(_ before: Slice<UnsafeRawBufferPointer>) -> Bool {
        var isOnNewLine = false
        for byte in before.reversed() {
            switch byte {
            case 0x0A: isOnNewLine = true
            case 0x20, 0x09, 0x0D: continue
            case UInt8(ascii: ":"), UInt8(ascii: ","), UInt8(ascii: "["): return false
            default: return isOnNewLine
            }
        }
        return false
    }

    private mutating func takeInString(_ byte: UInt8) {
        if isEscaped {
            isEscaped = false
        } else if byte == UInt8(ascii: "\\") {
            isEscaped = true
        } else if byte == UInt8(ascii: "\"") {
            isInString = false
        }
    }
}
