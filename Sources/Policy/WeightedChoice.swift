/// A choice by weight.
public enum WeightedChoice {
    /// The place that `random` falls on, or nil when there is nothing to choose from.
    ///
    /// - Parameter weights: a negative weight is never chosen; when no weight is above zero, those of zero count
    ///   the same.
    public static func index(of weights: some Collection<Int>, random: UInt64) -> Int? {
        let sum = weights.reduce(0) { $0 + max($1, 0) }
        let unit = sum == 0 ? 1 : 0
        let count = sum == 0 ? weights.count { $0 == 0 } : sum
        guard count > 0 else { return nil }
        var place = scaled(random, below: count)
        for (index, weight) in weights.enumerated() where weight >= 0 {
            place -= weight + unit
            if place < 0 { return index }
        }
        return nil
    }

    /// `random` mapped to `0..<bound` by its high bits (Lemire's multiply-shift).
    private static func scaled(_ random: UInt64, below bound: Int) -> Int {
        Int(random.multipliedFullWidth(by: UInt64(bound)).high)
    }
}
