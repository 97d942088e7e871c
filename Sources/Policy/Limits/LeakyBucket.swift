public import Core

/// What was used of a rate and has not come back yet: the generic cell rate algorithm in its form as a leaky bucket
/// (ITU-T I.371, annex A), in whole numbers, with costs and refunds.
///
/// A bucket holds the rate's whole amount, and leaks it evenly over the window. The content is kept in units, not in
/// time, so that an edit of the rate leaves what was used as it is.
public struct LeakyBucket: Sendable, Equatable {
    public private(set) var used: Int64
    /// Beside `used`, in parts of the window.
    private var fraction: Int64 = 0
    /// Up to when it has leaked, in nanoseconds.
    private var at: Int64
    /// Since when it has not been empty.
    private var since: Int64

    public init(at now: Int64) {
        used = 0
        at = now
        since = now
    }

    /// As it was when it was saved.
    public init(used: Int64, at now: Int64) {
        self.used = used
        at = now
        since = now
    }

    /// What one call counts at most: a call that is larger than the limit finds room when the bucket is empty.
    public static func clipped(_ amount: Int64, to rate: RateLimit) -> Int64 { min(max(0, amount), rate.amount) }

    /// Nanoseconds until there is room for an amount; 0: there is.
    public func wait(for amount: Int64, _ rate: RateLimit, at now: Int64) -> Int64 {
        let window = Int128(rate.window)
        let leaked = max(0, content(window) - leak(rate, at: now))
        let excess = leaked + Int128(Self.clipped(amount, to: rate)) * window - Int128(rate.amount) * window
        guard excess > 0 else { return 0 }
        return Int64(clamping: (excess + Int128(rate.amount) - 1) / Int128(rate.amount))
    }

    public mutating func take(_ amount: Int64, _ rate: RateLimit, at now: Int64) {
        advance(rate, to: now)
        if used == 0 && fraction == 0 { since = at }
        used.addSaturating(Self.clipped(amount, to: rate))
    }

    /// Puts right what was taken for a call: more was used, or less. What was taken before the bucket was empty for the
    /// last time has come back by itself.
    public mutating func correct(
        taken: Int64, at takenAt: Int64, used: Int64, _ rate: RateLimit, at now: Int64
    ) {
        advance(rate, to: now)
        let difference = Self.clipped(used, to: rate) - Self.clipped(taken, to: rate)
        if difference >= 0 {
            if self.used == 0 && fraction == 0 { since = at }
            self.used.addSaturating(difference)
        } else if takenAt >= since {
            self.used += difference
            if self.used < 0 { (self.used, fraction) = (0, 0) }
        }
    }

    /// Nothing is used any longer.
    public func isEmpty(_ rate: RateLimit, at now: Int64) -> Bool {
        content(Int128(rate.window)) <= leak(rate, at: now)
    }

    /// What is used at a time, rounded up.
    public func used(_ rate: RateLimit, at now: Int64) -> Int64 {
        var bucket = self
        bucket.advance(rate, to: now)
        return bucket.used + (bucket.fraction > 0 ? 1 : 0)
    }

    private func content(_ window: Int128) -> Int128 { Int128(used) * window + Int128(fraction) }

    /// The clocks of two loops may differ by a little: time does not go back here.
    private func leak(_ rate: RateLimit, at now: Int64) -> Int128 { Int128(max(0, now - at)) * Int128(rate.amount) }

    private mutating func advance(_ rate: RateLimit, to now: Int64) {
        guard now > at else { return }
        let left = content(Int128(rate.window)) - leak(rate, at: now)
        at = now
        guard left > 0 else {
            (used, fraction) = (0, 0)
            return
        }
        let (whole, rest) = left.quotientAndRemainder(dividingBy: Int128(rate.window))
        used = Int64(clamping: whole)
        fraction = Int64(rest)
    }
}
