/// What is known of a target at the moment when one is chosen.
public struct TargetCandidate: Sendable, Equatable {
    /// Its share beside the others; a negative one is never chosen.
    public var weight: Int
    /// Groups of a lower number come first.
    public var group: Int
    /// It may be chosen now.
    public var isEligible = true
    /// Since when its breaker keeps calls away, in nanoseconds; nil: it does not.
    public var ejectedSince: Int64?
    /// Nanoseconds until its account takes calls again; 0: it does.
    public var restsFor: Int64
    /// Its account refused a call of late and did not say for how long: others come first.
    public var isDoubtful = false
    /// As many calls run there as it takes: others come first.
    public var isFull = false
    /// Its account has several keys: where one is refused, another may not be.
    public var hasOtherKeys = false
    /// Calls that failed there may be sent there again: the retry budget has room.
    public var mayRetry: Bool
    /// The usual time to the first token, in nanoseconds; nil: unknown.
    public var latency: Int64?
    public var inFlight: Int
    /// What the call is expected to cost there, in pico-dollars; nil: unknown.
    public var price: Int64?

    public init(
        weight: Int, group: Int = 0, ejectedSince: Int64? = nil, restsFor: Int64 = 0, mayRetry: Bool = true,
        latency: Int64? = nil, inFlight: Int = 0, price: Int64? = nil
    ) {
        self.weight = weight
        self.group = group
        self.ejectedSince = ejectedSince
        self.restsFor = restsFor
        self.mayRetry = mayRetry
        self.latency = latency
        self.inFlight = inFlight
        self.price = price
    }
}
