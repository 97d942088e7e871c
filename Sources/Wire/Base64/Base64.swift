import NIOCore

/// Base64 with its padding (RFC 4648, section 4).
enum Base64 {
    /// - Returns: whether all of it was base64; what was decoded before a mistake stands in `output`.
    static func decode(_ text: UnsafeRawBufferPointer, into output: inout [UInt8]) -> Bool {
        guard text.count % 4 == 0 else { return false }
        output.reserveCapacity(output.count + text.count / 4 * 3)
        var word: UInt32 = 0
        var padding = 0
        for (index, byte) in text.enumerated() {
            if byte == UInt8(ascii: "=") {
                guard index >= text.count - 2 else { return false }
                padding += 1
                word <<= 6
            } else {
                guard padding == 0, let value = value(of: byte) else { return false }
                word = word << 6 | UInt32(value)
            }
            guard index % 4 == 3 else { continue }
            output.append(UInt8(truncatingIfNeeded: word >> 16))
            if padding < 2 { output.append(UInt8(truncatingIfNeeded: word >> 8)) }
            if padding < 1 { output.append(UInt8(truncatingIfNeeded: word)) }
            word = 0
        }
        return true
    }

    static func encode(_ bytes: [UInt8], into output: inout ByteBuffer) {
        var encoder = Base64Encoder()
        bytes.withUnsafeBytes { encoder.append($0, to: &output) }
        encoder.finish(&output)
    }

    static func isOfAlphabet(_ byte: UInt8) -> Bool { value(of: byte) != nil || byte == UInt8(ascii: "=") }

    private static func value(of byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): byte - UInt8(ascii: "A")
        case UInt8(ascii: "a")...UInt8(ascii: "z"): byte - UInt8(ascii: "a") + 26
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0") + 52
        case UInt8(ascii: "+"): 62
        case UInt8(ascii: "/"): 63
        default: nil
        }
    }
}
