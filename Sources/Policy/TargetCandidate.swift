/// What is known of a target at the moment when one is chosen.
public struct TargetCandidate: Sendable, Equatable {
    /// Its share beside the others; a negative one is never chosen.
    public var weight: Int
    /// Groups of a lower number come first.
    public var group: Int
    /// It may be chosen now: it is not ejected, does not rest, and was not tried before.
    public var isEligible: Bool
    /// The usual time to the first token, in nanoseconds; nil: unknown.
    public var latency: Int64?
    public var inFlight: Int
    /// What the call is expected to cost there, in pico-dollars; nil: unknown.
    public var price: Int64?

    public init(
        weight: Int, group: Int = 0, isEligible: Bool = true, latency: Int64? = nil, inFlight: Int = 0,
        price: Int64? = nil
    ) {
        self.weight = weight
        self.group = group
        self.isEligible = isEligible
        self.latency = latency
        self.inFlight = inFlight
        self.price = price
    }
}
