import NIOCore
import Wire

extension ByteBuffer {
    /// Writes a header field with its line end. What is not printable ASCII in the value becomes `?`, so that no
    /// value can begin another line.
    mutating func writeField(_ name: String, _ value: String) {
        writeString(name)
        writeFieldValue(value)
    }

    mutating func writeField(_ name: StaticString, _ value: String) {
        writeStaticString(name)
        writeFieldValue(value)
    }

    mutating func writeField(_ name: StaticString, _ number: Int) {
        writeStaticString(name)
        writeStaticString(": ")
        writeDecimal(Int64(number))
        writeStaticString("\r\n")
    }

    private mutating func writeFieldValue(_ value: String) {
        writeStaticString(": ")
        if value.utf8.allSatisfy({ $0 &- 0x20 < 0x5F || $0 == 0x09 }) {
            writeString(value)
        } else {
            writeBytes(value.utf8.map { $0 &- 0x20 < 0x5F || $0 == 0x09 ? $0 : UInt8(ascii: "?") })
        }
        writeStaticString("\r\n")
    }

    /// Milliseconds with one decimal, as `server-timing` wants them.
    mutating func writeMilliseconds(_ nanoseconds: Int64) {
        let tenths = Int(max(nanoseconds, 0) / 100_000)
        writeDecimal(Int64(tenths / 10))
        writeInteger(UInt8(ascii: "."))
        writeInteger(UInt8(ascii: "0") + UInt8(tenths % 10))
    }
}
