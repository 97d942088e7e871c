public import Core

/// Why two times cost what they did: the difference split into what volume, mix, tokens per call and prices did.
///
/// With n calls, c dollars a call, t tokens a call and p dollars a token of each group (before: 0, after: 1), N calls
/// in all and s = n / N:
/// - volume: (N1 - N0) x s0 x c0, as many more calls of the same mix;
/// - mix: N1 x (s1 - s0) x c0, groups that became a larger or smaller part;
/// - tokens: n1 x (t1 - t0) x p0, longer or shorter calls;
/// - price: what is left of the group, n1 x t1 x (p1 - p0): other prices, or another share of cached and output tokens.
///
/// A group that was not there before counts at its new cost per call, wholly as mix; where there was no call at all
/// before, everything is volume. All four add up to the difference
/// exactly, in each group and in all.
public struct CostChanges: Sendable {
    public struct Parts: Sendable, Equatable {
        public var volume = Money.zero
        public var mix = Money.zero
        public var tokens = Money.zero
        public var price = Money.zero

        public init() {}

        static func += (a: inout Parts, b: Parts) {
            a.volume += b.volume
            a.mix += b.mix
            a.tokens += b.tokens
            a.price += b.price
        }
    }

    public struct Group: Sendable {
        public var values: [String]
        public var before = Sums()
        public var after = Sums()
        public var parts = Parts()
    }

    /// Those that changed most first.
    public private(set) var groups: [Group]
    public private(set) var parts = Parts()
    public private(set) var before = Sums()
    public private(set) var after = Sums()

    /// - Parameters: rows by the same dimensions, without steps.
    public init(from old: [SumRow], to new: [SumRow]) {
        var groups: [[String]: Group] = [:]
        for row in old {
            groups[row.values, default: Group(values: row.values)].before += row.sums
            before += row.sums
        }
        for row in new {
            groups[row.values, default: Group(values: row.values)].after += row.sums
            after += row.sums
        }
        self.groups = []
        for var group in groups.values {
            group.parts = Self.parts(group, callsBefore: before.requests, callsAfter: after.requests)
            parts += group.parts
            self.groups.append(group)
        }
        self.groups.sort { a, b in
            let (first, second) = (abs(a.change.picoUSD), abs(b.change.picoUSD))
            return first == second ? a.values.lexicographicallyPrecedes(b.values) : first > second
        }
    }

    private static func parts(_ group: Group, callsBefore: Int, callsAfter: Int) -> Parts {
        let (old, new) = (group.before, group.after)
        var parts = Parts()
        guard callsBefore > 0 else {
            parts.volume = group.change
            return parts
        }
        // Doubles name the parts; the last is what is left, so that the sum is exact.
        let shareBefore = ratio(Double(old.requests), Double(callsBefore))
        let shareAfter = ratio(Double(new.requests), Double(callsAfter))
        let costPerCall = old.requests > 0 ? old.dollarsPico / Double(old.requests) : new.costPerCall
        let volume = Double(callsAfter - callsBefore) * shareBefore * costPerCall
        let mix = Double(callsAfter) * (shareAfter - shareBefore) * costPerCall
        var tokens = 0.0
        if old.tokens > 0 {
            tokens =
                (new.tokens - Double(new.requests) * old.tokens / Double(old.requests)) * old.dollarsPico / old.tokens
        }
        parts.volume = Money(picoUSD: Int128(volume))
        // What came or went has no price to compare; nor have attempts of calls that ended elsewhere.
        guard old.requests > 0, new.requests > 0 else {
            parts.mix = group.change - parts.volume
            return parts
        }
        parts.mix = Money(picoUSD: Int128(mix))
        parts.tokens = Money(picoUSD: Int128(tokens))
        parts.price = group.change - parts.volume - parts.mix - parts.tokens
        return parts
    }

    private static func ratio(_ a: Double, _ b: Double) -> Double { b > 0 ? a / b : 0 }
}

extension CostChanges.Group {
    public var change: Money { after.cost - before.cost }
}

extension Sums {
    fileprivate var dollarsPico: Double { Double(cost.picoUSD) }
    fileprivate var costPerCall: Double { requests > 0 ? dollarsPico / Double(requests) : 0 }
    fileprivate var tokens: Double { Double(usage.inputTotal + usage.outputTotal) }
}
