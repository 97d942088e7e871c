/// A bucket that fills evenly; times are nanoseconds of any clock that only goes forward.
struct TokenBucket {
    let limit: Int
    private var level: Double
    private var updatedAt: Int64

    static let periodNanoseconds = 60.0 * 1_000_000_000

    init(limit: Int, now: Int64) {
        self.limit = limit
        level = Double(limit)
        updatedAt = now
    }

    private var perNanosecond: Double { Double(limit) / Self.periodNanoseconds }

    mutating func refill(now: Int64) {
        level = min(Double(limit), level + Double(now - updatedAt) * perNanosecond)
        updatedAt = now
    }

    /// Nanoseconds until so much can be taken; zero when it can be now. A demand above the limit waits for a full
    /// bucket and is refused again then.
    func wait(for amount: Int) -> Int64 {
        let missing = Double(amount) - level
        // Half a thousandth of a token is rounding, not absence.
        return missing <= 0.0005 ? 0 : Int64((missing / perNanosecond).rounded(.up))
    }

    mutating func take(_ amount: Int) { level -= Double(amount) }

    var state: RateState.Window {
        let missing = Double(limit) - level
        return RateState.Window(
            limit: limit,
            remaining: max(0, Int(level)),
            resetNanoseconds: limit > 0 ? Int64(missing / perNanosecond) : 0
        )
    }
}

/// What the rate-limit headers tell.
struct RateState {
    struct Window {
        let limit: Int
        let remaining: Int
        /// Until the bucket is full again.
        let resetNanoseconds: Int64
    }

    let requests: Window
    let tokens: Window
}

/// The simulator's own limits, as a provider has them: requests and tokens a minute.
struct RateLimiter {
    /// What headers tell where there is no limit.
    static let requestsWithoutLimit = 1_000_000
    static let tokensWithoutLimit = 1_000_000_000

    private var requests: TokenBucket?
    private var tokens: TokenBucket?

    struct Refusal {
        let isRequests: Bool
        let limit: Int
        let waitNanoseconds: Int64
    }

    init(requestsPerMinute: Int?, tokensPerMinute: Int?, now: Int64) {
        requests = requestsPerMinute.map { TokenBucket(limit: max(1, $0), now: now) }
        tokens = tokensPerMinute.map { TokenBucket(limit: max(1, $0), now: now) }
    }

    /// Takes one request and its tokens, or nothing.
    mutating func admit(tokens amount: Int, now: Int64) -> Refusal? {
        requests?.refill(now: now)
        tokens?.refill(now: now)
        if let requests, case let wait = requests.wait(for: 1), wait > 0 {
            return Refusal(isRequests: true, limit: requests.limit, waitNanoseconds: wait)
        }
        if let tokens, case let wait = tokens.wait(for: amount), wait > 0 {
            return Refusal(isRequests: false, limit: tokens.limit, waitNanoseconds: wait)
        }
        requests?.take(1)
        tokens?.take(amount)
        return nil
    }

    func state(tokens amount: Int) -> RateState {
        RateState(
            requests: requests?.state ?? Self.unlimited(Self.requestsWithoutLimit, taken: 1),
            tokens: tokens?.state ?? Self.unlimited(Self.tokensWithoutLimit, taken: amount)
        )
    }

    private static func unlimited(_ limit: Int, taken: Int) -> RateState.Window {
        RateState.Window(limit: limit, remaining: limit - taken, resetNanoseconds: 1_000_000)
    }
}
