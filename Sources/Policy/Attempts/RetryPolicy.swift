/// How often and how fast failed attempts are made again.
public struct RetryPolicy: Sendable, Equatable {
    /// Attempts of one exchange, the first one and those at fallbacks among them.
    public var attemptsMax = 3
    /// Nanoseconds: the first wait is up to this, and each further one up to twice the last.
    public var backoffBase: Int64 = 500_000_000
    /// Nanoseconds: no wait is longer.
    public var backoffMax: Int64 = 8_000_000_000
    /// How many of an upstream's calls may be tries of calls that failed there, in millionths.
    public var budgetPerMillion = 200_000

    public init() {}

    /// A wait of a random length: calls that failed together do not come back together.
    /// - Parameter retry: 0 for the first.
    func backoff(retry: Int, random: UInt64) -> Int64 {
        let longest = min(backoffMax, backoffBase << Int64(min(retry, 20)))
        guard longest > 0 else { return 0 }
        return Int64(random.multipliedFullWidth(by: UInt64(longest)).high)
    }
}

/// What of it a provider, a model or a key sets for itself.
public struct RetryOverrides: Sendable, Equatable {
    public var attemptsMax: Int?
    /// Nanoseconds.
    public var backoff: ClosedRange<Int64>?
    public var budgetPerMillion: Int?

    public init() {}

    public func applied(to policy: RetryPolicy) -> RetryPolicy {
        var result = policy
        if let attemptsMax { result.attemptsMax = attemptsMax }
        if let backoff { (result.backoffBase, result.backoffMax) = (backoff.lowerBound, backoff.upperBound) }
        if let budgetPerMillion { result.budgetPerMillion = budgetPerMillion }
        return result
    }
}
