import Core

/// How many tokens of output calls of a kind mostly stay below: a running estimate of their 90th percentile that
/// forgets what is old.
///
/// A stochastic approximation (Robbins and Monro): each answer moves the estimate up by nine steps or down by one, and
/// the step follows how far answers are from it.
public struct UsualOutput: Sendable, Equatable {
    /// In parts of a token, so that small steps count.
    private var estimate: Int64
    private var distance: Int64

    private static let parts: Int64 = 256
    private static let memory: Int64 = 16
    private static let stepsPerDistance: Int64 = 64

    public var tokens: Int64 { (estimate + Self.parts - 1) / Self.parts }

    public init(first tokens: Int64) {
        estimate = Self.bounded(tokens) * Self.parts
        distance = max(Self.parts, estimate / 2)
    }

    public mutating func observe(_ tokens: Int64) {
        let seen = Self.bounded(tokens) * Self.parts
        distance += (abs(seen - estimate) - distance) / Self.memory
        let step = max(1, distance / Self.stepsPerDistance)
        if seen > estimate {
            estimate = min(seen, estimate + step * 9)
        } else {
            estimate = max(seen, estimate - step)
        }
    }

    private static func bounded(_ tokens: Int64) -> Int64 { min(max(0, tokens), Int64(Limits.statedTokensMax)) }
}
