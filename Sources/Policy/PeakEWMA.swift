/// What a latency usually is, with a memory for peaks: it jumps up at once and comes down over `decay`.
///
/// It also fades while nothing is seen, so that a target that was slow and therefore gets no calls is tried again.
/// Source: Finagle's `PeakEwma` balancer.
public struct PeakEWMA: Sendable, Equatable {
    /// Nanoseconds in which the weight of what was seen falls to 1/e.
    public static let decay: Int64 = 10_000_000_000

    /// The longest latency that is told apart, in nanoseconds: a century or so.
    private static let latencyMax: Int64 = 1 << 61

    private var peak = 0.0
    /// When it was last told of one; nil: nothing is known yet.
    private var observedAt: Int64?

    public init() {}

    /// - Parameters:
    ///   - latency: nanoseconds.
    ///   - now: nanoseconds of a clock that only goes forward.
    public mutating func observe(_ latency: Int64, now: Int64) {
        let latency = Double(min(max(latency, 0), PeakEWMA.latencyMax))
        let kept = PeakEWMA.weight(after: now - (observedAt ?? now))
        peak = observedAt == nil || latency > peak ? latency : peak * kept + latency * (1 - kept)
        observedAt = max(now, observedAt ?? now)
    }

    /// Nanoseconds; nil: nothing is known.
    public func value(at now: Int64) -> Int64? {
        observedAt.map { Int64(peak * PeakEWMA.weight(after: now - $0)) }
    }

    /// e to the power of -t/decay. There is no `exp` without a C library: (1 - x/1024)^1024 differs by less than a
    /// hundredth of what is left of a weight that matters.
    private static func weight(after nanoseconds: Int64) -> Double {
        let x = Double(max(nanoseconds, 0)) / Double(decay)
        guard x < 16 else { return 0 }
        var power = 1 - x / 1024
        for _ in 0..<10 { power *= power }
        return power
    }
}
