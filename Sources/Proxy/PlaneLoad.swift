/// What the data plane is at, for metrics.
public struct PlaneLoad: Sendable {
    /// Connections to one provider.
    public struct Pool: Sendable {
        public var used = 0
        public var idle = 0
        /// Exchanges that wait for a connection.
        public var waiting = 0
    }

    /// Exchanges that run.
    public var inFlight = 0
    /// By the provider's name.
    public var pools: [String: Pool] = [:]

    static func += (a: inout PlaneLoad, b: PlaneLoad) {
        a.inFlight += b.inFlight
        for (name, pool) in b.pools {
            a.pools[name, default: Pool()].used += pool.used
            a.pools[name, default: Pool()].idle += pool.idle
            a.pools[name, default: Pool()].waiting += pool.waiting
        }
    }
}
