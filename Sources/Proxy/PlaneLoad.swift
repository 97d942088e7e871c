/// What the data plane is at, for metrics.
public struct PlaneLoad: Sendable {
    /// Connections to one provider.
    public struct Pool: Sendable {
        public var used = 0
        public var idle = 0
        /// Exchanges that wait for a connection.
        public var waiting = 0
    }

    /// How a target does.
    public struct Target: Sendable {
        /// `provider/model@region`.
        public var name: String
        public var inFlight: Int
        /// Nanoseconds for which its breaker keeps calls away by now; nil: it does not.
        public var ejectedFor: Int64?
        /// Calls that it takes at a time; nil: it has shown no overload.
        public var limit: Int?
        /// Calls that wait for it, by the name of their class.
        public var waiting: [(priority: String, count: Int)]
    }

    /// Exchanges that run.
    public var inFlight = 0
    /// Answers that were not kept for the record, for want of room.
    public var droppedAnswers = 0
    /// Calls that were refused for want of room, by the name of their class.
    public var shed: [String: Int] = [:]
    /// Bytes that request bodies hold, and may hold.
    public var memory = (held: 0, max: 0)
    /// All targets of the configuration, over all loops.
    public var targets: [Target] = []
    /// By the provider's name.
    public var pools: [String: Pool] = [:]

    static func += (a: inout PlaneLoad, b: PlaneLoad) {
        a.inFlight += b.inFlight
        a.droppedAnswers += b.droppedAnswers
        for (name, pool) in b.pools {
            a.pools[name, default: Pool()].used += pool.used
            a.pools[name, default: Pool()].idle += pool.idle
            a.pools[name, default: Pool()].waiting += pool.waiting
        }
    }
}
