/// Under what one rule counts for one combination of values: 128 bits of a hash that is seeded anew with each start, so
/// that no client can find two values that share a count.
public struct LimitKey: Sendable, Hashable {
    public let high: UInt64
    public let low: UInt64

    /// - Parameter id: of a rule.
    public init(_ id: String, _ values: String) {
        high = LimitKey.hash(0, id, values)
        low = LimitKey.hash(1, id, values)
    }

    public static func == (a: LimitKey, b: LimitKey) -> Bool { a.low == b.low && a.high == b.high }

    public func hash(into hasher: inout Hasher) { hasher.combine(low) }

    private static func hash(_ part: UInt8, _ id: String, _ values: String) -> UInt64 {
        var hasher = Hasher()
        hasher.combine(part)
        hasher.combine(id)
        hasher.combine(values)
        return UInt64(bitPattern: Int64(hasher.finalize()))
    }
}
