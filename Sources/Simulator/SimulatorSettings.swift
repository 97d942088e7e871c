/// How a simulator behaves apart from what requests ask of it.
public struct SimulatorSettings: Sendable {
    public var pace = SimulatorPace()
    /// The key that requests must carry as `authorization: Bearer` or `x-api-key`; nil lets everyone in.
    public var requiredKey: String?
    /// Requests a minute, as a token bucket of that size. nil: no limit, and headers that tell a large one.
    public var requestsPerMinute: Int?
    /// Tokens a minute, input and output together. nil: no limit, and headers that tell a large one.
    public var tokensPerMinute: Int?
    /// When it is unwell by itself; what a request asks for counts before it.
    public var schedule = ChaosSchedule()
    /// Calls that it works on at a time. nil: any number.
    public var slots: Int?
    /// Calls that wait for a slot; those past them are refused.
    public var slotQueueMax = 0
    /// What it answers to those: 503, or 429 with a time to wait.
    public var slotRefusal = SlotRefusal.unavailable
    /// Called with every request that arrived whole, on the server's loop: it must be quick.
    public var onRequest: (@Sendable (SimulatorRequest) -> Void)?
    /// Milliseconds since 1970, for the headers that carry a date.
    public var unixMilliseconds: @Sendable () -> Int64 = WallClock.unixMilliseconds

    public init() {}

    /// No waiting at all: for tests and benchmarks.
    public static var instant: SimulatorSettings {
        var settings = SimulatorSettings()
        settings.pace = .instant
        return settings
    }
}

/// What a simulator without a free slot answers.
public enum SlotRefusal: Int, Sendable, CaseIterable {
    case unavailable = 503
    case rateLimited = 429
}

/// How fast a simulator answers. `x-simulate` overrides `first_token_ms`, `tokens_per_second` and `event_ms`.
public struct SimulatorPace: Sendable, Equatable {
    /// From the request's end to the head of the answer, which comes together with the first token.
    public var firstTokenMilliseconds = 60
    /// nil: as fast as the reader reads.
    public var tokensPerSecond: Double? = 200
    /// An answer in one piece waits as long as its stream would have taken, but no longer than this: a demo
    /// that waits for seconds convinces nobody. Not applied when the request itself asks for a pace.
    public var unstreamedMillisecondsMax = 300
    /// Between two events of a stream, on top of the tokens' pace.
    public var eventMilliseconds = 0
    /// Between two pieces of a `slow-drip`.
    public var dripMilliseconds = 2

    public init() {}

    public static var instant: SimulatorPace {
        var pace = SimulatorPace()
        pace.firstTokenMilliseconds = 0
        pace.tokensPerSecond = nil
        pace.unstreamedMillisecondsMax = 0
        pace.dripMilliseconds = 0
        return pace
    }
}
