/// How one of a model's targets is chosen. Whatever the strategy, groups of a lower priority number come first, and a
/// target of weight 0 gets calls only where all are at 0.
public enum RoutingStrategy: String, Sendable, CaseIterable {
    /// Each gets its share.
    case weighted
    /// The first group alone, and within it by weight; the next one while none of it can be chosen.
    case priority
    /// Of two chosen by weight, the one whose first token is expected sooner.
    case leastLatency = "least_latency"
    /// Of two, the one with fewer calls in flight for its weight.
    case leastBusy = "least_busy"
    /// The one at which the call is expected to cost least.
    case lowestPrice = "lowest_price"
}
