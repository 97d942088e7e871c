/// The time that 95 of 100 calls need at most for their first content: counts in buckets that grow by a fifth, of which
/// the old ones fade.
public struct SlowFirstToken: Sendable {
    private var counts: [UInt32] = []
    private var count = 0

    /// Fewer calls say nothing of what is usual.
    private static let least = 20
    private static let memory = 1000
    /// Nanoseconds: the first bucket's bound.
    private static let smallest = 1_000_000.0
    private static let buckets = 80

    public init() {}

    public mutating func observe(_ nanoseconds: Int64) {
        if counts.isEmpty { counts = Array(repeating: 0, count: Self.buckets) }
        counts[Self.bucket(of: nanoseconds)] += 1
        count += 1
        guard count >= Self.memory else { return }
        for place in counts.indices { counts[place] /= 2 }
        count = counts.reduce(0) { $0 + Int($1) }
    }

    /// Nanoseconds; nil: too little is known.
    public var value: Int64? {
        guard count >= Self.least else { return nil }
        var rest = (count * 95 + 99) / 100
        for (place, count) in counts.enumerated() {
            rest -= Int(count)
            if rest <= 0 { return Int64(Self.bound(of: place)) }
        }
        return nil
    }

    private static func bucket(of nanoseconds: Int64) -> Int {
        var (bound, place) = (smallest, 0)
        while Double(nanoseconds) > bound, place < buckets - 1 {
            bound *= 1.2
            place += 1
        }
        return place
    }

    private static func bound(of place: Int) -> Double {
        (0..<place).reduce(smallest) { bound, _ in bound * 1.2 }
    }
}
