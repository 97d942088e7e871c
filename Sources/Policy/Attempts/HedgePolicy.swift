/// When a call that is late is sent a second time, elsewhere.
public struct HedgePolicy: Sendable, Equatable {
    /// Nanoseconds without content; nil: what is longer than 95 of 100 calls to that target took.
    public var after: Int64?
    /// At most so many of the model's calls, in millionths.
    public var sharePerMillion = 50_000
    /// At most so much of what its calls send, in millionths: what is sent twice costs twice.
    public var costPerMillion = 50_000

    public init() {}
}

/// How much of a model's traffic was sent twice of late.
public struct HedgeBudget: Sendable {
    private var calls = 0
    private var bytes = 0
    private var hedges = 0
    private var hedgedBytes = 0

    /// Old calls count half each time that so many have come.
    private static let memory = 10_000

    public init() {}

    public mutating func called(bytes: Int) {
        calls += 1
        self.bytes += bytes
        guard calls >= Self.memory else { return }
        calls /= 2
        self.bytes /= 2
        hedges /= 2
        hedgedBytes /= 2
    }

    /// Takes room for one more, if there is any.
    public mutating func hedge(bytes more: Int, _ policy: HedgePolicy) -> Bool {
        guard (hedges + 1) * 1_000_000 <= calls * policy.sharePerMillion,
            (hedgedBytes + more) * 1_000_000 <= bytes * policy.costPerMillion
        else { return false }
        hedges += 1
        hedgedBytes += more
        return true
    }
}
