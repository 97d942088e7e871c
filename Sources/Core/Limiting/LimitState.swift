/// What one combination of values has used under a rule.
public struct LimitState: Sendable {
    public var values: [String]
    /// For each of the rule's rates.
    public var used: [Int64]
    public var running: Int
    public var spent: Money
    public var reserved: Money

    public init(values: [String], used: [Int64], running: Int, spent: Money, reserved: Money) {
        self.values = values
        self.used = used
        self.running = running
        self.spent = spent
        self.reserved = reserved
    }
}

/// What is known of a rule at a time.
public struct LimitReport: Sendable {
    public let rule: LimitRule
    /// Combinations of values that have used something.
    public var count = 0
    /// Those that have used most; at most `Limits.shownLimitValuesMax`.
    public var states: [LimitState] = []
    /// What all of them have spent in the running period.
    public var spent = Money.zero
    /// When the running period of a budget ends, in microseconds since 1970.
    public var periodEndsAt: Int64?

    public init(rule: LimitRule) { self.rule = rule }
}

/// What limits did since the start.
public struct LimitCounts: Sendable {
    /// By the rule's id.
    public var rejections: [String: Int] = [:]
    /// Budgets that passed their soft share, by the rule's id.
    public var softPassed: [String: Int] = [:]
    /// Calls whose new values shared a bucket, because their key has brought too many.
    public var sharedValues = 0
    /// Calls under a rule on money whose cost is not known.
    public var unpricedCalls = 0
    /// Combinations of values that are told apart now.
    public var values = 0

    public init() {}
}
