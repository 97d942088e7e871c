/// How many failed calls may be sent to one upstream again: a share of the calls it gets, so that retries never
/// multiply an outage. A few are always free, for those who call seldom.
public struct RetryBudget: Sendable {
    /// In millionths of a retry.
    private static let retry = 1_000_000
    private static let freePerSecond = 1
    private static let freeMax = 10
    private static let savedMax = 100

    private var balance = RetryBudget.freeMax * RetryBudget.retry
    private var refilledAt: Int64?

    public init() {}

    /// A first attempt: it earns its share of a retry.
    public mutating func called(perMillion: Int) {
        balance = min(balance + perMillion, Self.savedMax * Self.retry)
    }

    public mutating func mayRetry(at now: Int64) -> Bool {
        refill(now)
        return balance >= Self.retry
    }

    public mutating func retried(at now: Int64) {
        refill(now)
        balance = max(0, balance - Self.retry)
    }

    private mutating func refill(_ now: Int64) {
        guard let last = refilledAt else {
            refilledAt = now
            return
        }
        let seconds = Int(clamping: (now - last) / 1_000_000_000)
        guard seconds > 0 else { return }
        refilledAt = last + Int64(seconds) * 1_000_000_000
        let most = Self.freeMax * Self.retry
        if balance < most {
            balance = min(most, balance + min(seconds, Self.freeMax) * Self.freePerSecond * Self.retry)
        }
    }
}
