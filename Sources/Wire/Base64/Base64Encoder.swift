public import NIOCore

/// Writes bytes that come in pieces as base64 (RFC 4648, section 4).
public struct Base64Encoder: Sendable {
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    /// Bytes of a group of three that is not whole yet, the first one in front.
    private var word: UInt32 = 0
    private var count = 0

    public init() {}

    public mutating func append(_ bytes: UnsafeRawBufferPointer, to output: inout ByteBuffer) {
        output.writeWithUnsafeMutableBytes(minimumWritableBytes: (count + bytes.count) / 3 * 4) { target in
            var written = 0
            for byte in bytes {
                word = word << 8 | UInt32(byte)
                count += 1
                guard count == 3 else { continue }
                for place in 0..<4 { target[written + place] = Self.letter(word, place) }
                (word, count, written) = (0, 0, written + 4)
            }
            return written
        }
    }

    /// The last group, filled up.
    public mutating func finish(_ output: inout ByteBuffer) {
        guard count > 0 else { return }
        let whole = word << UInt32(8 * (3 - count))
        for place in 0..<4 {
            output.writeInteger(place > count ? UInt8(ascii: "=") : Self.letter(whole, place))
        }
        (word, count) = (0, 0)
    }

    private static func letter(_ word: UInt32, _ place: Int) -> UInt8 {
        alphabet[Int(word >> UInt32(18 - 6 * place) & 63)]
    }
}
