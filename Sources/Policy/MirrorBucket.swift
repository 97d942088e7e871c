public import Core

/// What is left of a provider's limits for one account and one family of models, as its answers tell it.
///
/// Pure: time is passed in, in nanoseconds of a clock that only goes forward. Between two answers it assumes that
/// limits fill evenly, as those of OpenAI and Anthropic do, and takes off what was sent and is not answered yet: an
/// answer's fields need not count that. Past its reset a limit counts as full. Where nothing is known it stops nothing
/// (fails open): the provider itself will.
public struct MirrorBucket: Sendable, Equatable {
    /// What a call is expected to take. A client may ask for any number: no more than `Limits.statedTokensMax` count.
    public struct Demand: Sendable, Equatable {
        public let inputTokens: Int
        public let outputTokens: Int

        public init(inputTokens: Int, outputTokens: Int) {
            self.inputTokens = min(max(inputTokens, 0), Limits.statedTokensMax)
            self.outputTokens = min(max(outputTokens, 0), Limits.statedTokensMax)
        }
    }

    private var requests = Level()
    private var tokens = Level()
    private var inputTokens = Level()
    private var outputTokens = Level()

    public init() {}

    /// A call is sent.
    public mutating func begin(_ demand: Demand) { addInFlight(demand, sign: 1) }

    /// The call is answered, or will not be.
    public mutating func end(_ demand: Demand) { addInFlight(demand, sign: -1) }

    /// An answer's header fields say what is left.
    public mutating func restate(_ limits: ProviderLimits, now: Int64) {
        requests.restate(limits.requests, now: now)
        tokens.restate(limits.tokens, now: now)
        inputTokens.restate(limits.inputTokens, now: now)
        outputTokens.restate(limits.outputTokens, now: now)
    }

    /// Nanoseconds until a call of this size fits: 0 when it does now, nil when it never will, because a limit is
    /// smaller.
    public func delay(for demand: Demand, now: Int64) -> Int64? {
        guard let forRequests = requests.delay(for: 1, now: now),
            let forTokens = tokens.delay(for: demand.inputTokens + demand.outputTokens, now: now),
            let forInput = inputTokens.delay(for: demand.inputTokens, now: now),
            let forOutput = outputTokens.delay(for: demand.outputTokens, now: now)
        else { return nil }
        return max(forRequests, forTokens, forInput, forOutput)
    }

    /// What is left of one limit.
    public struct Headroom: Sendable, Equatable {
        /// `requests`, `tokens`, `input_tokens` or `output_tokens`.
        public let unit: String
        /// nil: the provider does not say.
        public let limit: Int?
        public let remaining: Int
        /// Nanoseconds until it is full again.
        public let resetsIn: Int64
    }

    /// Each limit that something is known of, as it should be now.
    public func headroom(now: Int64) -> [Headroom] {
        [
            ("requests", requests), ("tokens", tokens), ("input_tokens", inputTokens), ("output_tokens", outputTokens),
        ].compactMap { $1.headroom($0, now: now) }
    }

    private mutating func addInFlight(_ demand: Demand, sign: Int) {
        requests.addInFlight(sign)
        tokens.addInFlight(sign * (demand.inputTokens + demand.outputTokens))
        inputTokens.addInFlight(sign * demand.inputTokens)
        outputTokens.addInFlight(sign * demand.outputTokens)
    }
}

/// One limit of a mirrored bucket.
private struct Level: Sendable, Equatable {
    /// How long a limit takes to fill where the provider does not say: they are limits a minute.
    private static let periodDefault: Int64 = 60_000_000_000
    /// How long to wait for calls in flight to be answered, where nothing else says how long.
    private static let answerWait: Int64 = 100_000_000

    private var limit: Int?
    /// nil: nothing is known.
    private var remaining: Int?
    private var statedAt: Int64 = 0
    private var resetsAt: Int64 = 0
    private var inFlight = 0

    mutating func addInFlight(_ amount: Int) { inFlight = max(0, inFlight + amount) }

    mutating func restate(_ window: ProviderLimits.Window, now: Int64) {
        guard let remaining = window.remaining else { return }
        self.remaining = remaining
        limit = window.limit ?? limit
        statedAt = now
        resetsAt = now + min(window.resetsIn ?? Level.periodDefault, 86_400_000_000_000 * 31)
    }

    func headroom(_ unit: String, now: Int64) -> MirrorBucket.Headroom? {
        guard let remaining else { return nil }
        let isStale = now >= resetsAt
        // Another loop may have been told of it after `now`, and of a reset at once.
        let isOld = now > statedAt && resetsAt > statedAt
        let level = isStale ? limit ?? remaining : isOld ? Int(level(remaining, now: now)) : remaining
        return MirrorBucket.Headroom(
            unit: unit, limit: limit, remaining: max(0, level - inFlight), resetsIn: isStale ? 0 : resetsAt - now)
    }

    private func perNanosecond(_ remaining: Int) -> Double {
        limit.map { Double(max($0 - remaining, 0)) / Double(resetsAt - statedAt) } ?? 0
    }

    private func level(_ remaining: Int, now: Int64) -> Double {
        Double(remaining) + perNanosecond(remaining) * Double(max(now - statedAt, 0))
    }

    func delay(for amount: Int, now: Int64) -> Int64? {
        guard let remaining else { return 0 }
        if let limit, amount > limit { return nil }
        guard now < resetsAt else {
            // Stale: full again.
            return limit.map { $0 - inFlight >= amount } ?? true ? 0 : Level.answerWait
        }
        let perNanosecond = perNanosecond(remaining)
        let level = level(remaining, now: now)
        let missing = Double(amount + inFlight) - level
        guard missing > 0 else { return 0 }
        let untilReset = resetsAt - now
        guard perNanosecond > 0 else { return untilReset }
        let wait = (missing / perNanosecond).rounded(.up)
        return wait < Double(untilReset) ? Int64(wait) : untilReset
    }
}
