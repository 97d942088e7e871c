/// The id of one exchange: a UUID of version 7 (RFC 9562), so that ids sort by the time they were made.
public struct ExchangeID: Sendable, Hashable, CustomStringConvertible {
    public let high: UInt64
    public let low: UInt64

    /// - Parameters:
    ///   - unixMilliseconds: the time, in the first 48 bits.
    ///   - random: 74 of these bits fill the rest.
    public init(unixMilliseconds: UInt64, random: (UInt64, UInt64)) {
        high = (unixMilliseconds << 16) | 0x7000 | (random.0 & 0x0FFF)
        low = 0x8000_0000_0000_0000 | (random.1 & 0x3FFF_FFFF_FFFF_FFFF)
    }

    /// - Parameter text: the canonical form of a UUID of version 7.
    public init?(_ text: some StringProtocol) {
        let bytes = Array(text.utf8)
        guard bytes.count == 36, [8, 13, 18, 23].allSatisfy({ bytes[$0] == UInt8(ascii: "-") }) else { return nil }
        let digits = bytes.filter { $0 != UInt8(ascii: "-") }
        guard digits.count == 32,
            let high = digits[..<16].withUnsafeBytes({ Hexadecimal.word($0) }),
            let low = digits[16...].withUnsafeBytes({ Hexadecimal.word($0) }), high >> 12 & 0xF == 7, low >> 62 == 2
        else { return nil }
        self.init(high: high, low: low)
    }

    /// - Parameters:
    ///   - high: the first 64 bits.
    ///   - low: the last 64.
    public init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// When the exchange began, as far as its id tells.
    public var unixMilliseconds: Int64 { Int64(high >> 16) }

    /// Writes the 36 characters of the canonical form.
    @inlinable
    public func withCharacters<Result>(_ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 36) { buffer in
            var position = 0
            for nibble in 0..<32 {
                if nibble == 8 || nibble == 12 || nibble == 16 || nibble == 20 {
                    buffer[position] = UInt8(ascii: "-")
                    position += 1
                }
                let word = nibble < 16 ? high : low
                let digit = UInt8(truncatingIfNeeded: word >> UInt64((15 - (nibble & 15)) * 4)) & 0x0F
                buffer[position] = digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10
                position += 1
            }
            return body(UnsafeBufferPointer(buffer))
        }
    }

    public var description: String {
        withCharacters { String(decoding: $0, as: UTF8.self) }
    }
}
