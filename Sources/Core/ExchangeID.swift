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
