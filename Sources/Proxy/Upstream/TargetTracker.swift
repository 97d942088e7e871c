import Plan
import Policy

/// One attempt as its target's health counts it: begun once, ended once.
struct TargetTracker {
    private let health: TargetHealth
    private let settings: BreakerSettings
    private var isOver = false

    init(_ health: TargetHealth, settings: BreakerSettings, isRetry: Bool, retryPerMillion: Int, now: Int64) {
        self.health = health
        self.settings = settings
        health.willSend(now: now, isRetry: isRetry, retryPerMillion: retryPerMillion, settings: settings)
    }

    /// - Parameter isFailure: nil: it says nothing of the target. Calls after the first change nothing.
    /// - Returns: the target, where its breaker opened by this.
    mutating func end(isFailure: Bool?, now: Int64) -> TargetName? {
        guard !isOver else { return nil }
        isOver = true
        return health.ended(isFailure: isFailure, now: now, settings: settings) ? health.name : nil
    }
}
