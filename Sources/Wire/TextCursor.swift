public import NIOCore

/// Writes text into memory that was reserved for all of it, so that no piece asks for room again.
///
/// Writing past the reserved room is a mistake of the caller's sums and traps.
public struct TextCursor: ~Copyable {
    private let target: UnsafeMutableRawBufferPointer
    public private(set) var count = 0

    fileprivate init(_ target: UnsafeMutableRawBufferPointer) { self.target = target }

    @inline(__always)
    private mutating func room(_ length: Int) -> UnsafeMutableRawPointer {
        precondition(length <= target.count - count, "text that is longer than the room reserved for it")
        defer { count += length }
        return target.baseAddress! + count
    }

    public mutating func write(_ text: StaticString) {
        let length = text.utf8CodeUnitCount
        room(length).copyMemory(from: text.utf8Start, byteCount: length)
    }

    public mutating func write(_ byte: UInt8) { room(1).storeBytes(of: byte, as: UInt8.self) }

    public mutating func write(_ bytes: UnsafeRawBufferPointer) {
        guard let start = bytes.baseAddress else { return }
        room(bytes.count).copyMemory(from: start, byteCount: bytes.count)
    }

    /// The characters as they are.
    public mutating func write(_ text: String) {
        var text = text
        text.withUTF8 { write(UnsafeRawBufferPointer($0)) }
    }

    public mutating func writeDecimal(_ number: Int64) {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 20) { digits in
            var rest = number.magnitude
            var index = 20
            repeat {
                index -= 1
                digits[index] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
                rest /= 10
            } while rest > 0
            if number < 0 { write(UInt8(ascii: "-")) }
            write(UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(digits)[index...]))
        }
    }

    /// As many digits as asked for, with zeros in front.
    public mutating func writeDigits(_ number: Int, count: Int) {
        let start = room(count)
        var rest = number
        for place in stride(from: count - 1, through: 0, by: -1) {
            start.storeBytes(of: UInt8(ascii: "0") + UInt8(rest % 10), toByteOffset: place, as: UInt8.self)
            rest /= 10
        }
    }

    /// Nanoseconds as milliseconds with one to three decimals.
    public mutating func writeMilliseconds(_ nanoseconds: Int64, decimals: Int = 3) {
        let microseconds = max(nanoseconds, 0) / 1000
        writeDecimal(microseconds / 1000)
        write(UInt8(ascii: "."))
        let thousandths = Int(microseconds % 1000)
        writeDigits(decimals == 1 ? thousandths / 100 : decimals == 2 ? thousandths / 10 : thousandths, count: decimals)
    }

    /// Text that may stand between quotes on one line. Needs up to `escapedBytesMax` bytes of room.
    public mutating func writeEscaped(_ text: String) {
        var text = text
        text.withUTF8 { bytes in
            var plain = 0
            for index in bytes.indices where TextCursor.needsEscape(bytes[index]) {
                write(UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(bytes)[plain..<index]))
                writeEscape(bytes[index])
                plain = index + 1
            }
            write(UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(bytes)[plain...]))
        }
    }

    /// Bytes that a text takes at most once it is escaped.
    public static func escapedBytesMax(_ text: String) -> Int { text.utf8.count * 6 }

    @inline(__always)
    private static func needsEscape(_ byte: UInt8) -> Bool {
        byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") || byte == 0x7F
    }

    private mutating func writeEscape(_ byte: UInt8) {
        write(UInt8(ascii: "\\"))
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"): write(byte)
        case 0x0A: write(UInt8(ascii: "n"))
        case 0x0D: write(UInt8(ascii: "r"))
        case 0x09: write(UInt8(ascii: "t"))
        default:
            write("u00")
            for digit in [byte >> 4, byte & 0x0F] {
                write(digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10)
            }
        }
    }
}

extension ByteBuffer {
    /// - Parameter bytesMax: more than `body` will write.
    public mutating func writeText(bytesMax: Int, _ body: (inout TextCursor) -> Void) {
        writeWithUnsafeMutableBytes(minimumWritableBytes: bytesMax) { target in
            var cursor = TextCursor(target)
            body(&cursor)
            return cursor.count
        }
    }

    /// Writes a string with its quotes; control characters, quotes and backslashes are escaped.
    public mutating func writeJSONString(_ text: String) {
        writeText(bytesMax: TextCursor.escapedBytesMax(text) + 2) { cursor in
            cursor.write(UInt8(ascii: "\""))
            cursor.writeEscaped(text)
            cursor.write(UInt8(ascii: "\""))
        }
    }

    /// Writes text so that it may stand between quotes on one line.
    public mutating func writeEscaped(_ text: String) {
        writeText(bytesMax: TextCursor.escapedBytesMax(text)) { $0.writeEscaped(text) }
    }

    /// Writes a number in decimal digits without making a string of it.
    public mutating func writeDecimal(_ number: Int64) { writeText(bytesMax: 20) { $0.writeDecimal(number) } }
}
