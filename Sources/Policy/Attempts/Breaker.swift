/// When a target that fails is left alone, and for how long.
public struct BreakerSettings: Sendable, Equatable {
    /// So many failures in a row open it.
    public var consecutive = 5
    /// So large a share of failures opens it, in millionths.
    public var errorPerMillion = 500_000
    /// Nanoseconds over which the share is counted.
    public var window: Int64 = 30_000_000_000
    /// Fewer calls in the window say nothing of a share.
    public var requestsMin = 20
    /// Nanoseconds until a call is let through as a trial.
    public var open: Int64 = 30_000_000_000
    /// At most so many of a model's targets are away at once, in millionths.
    public var ejectedPerMillion = 500_000

    public init() {}
}

/// Keeps calls away from a target that fails, tries it with one call after a while, and lets the calls back in
/// gradually.
///
/// Only what says something of the target counts: failures of its own, not its limits and not the caller's mistakes.
public struct Breaker: Sendable {
    private enum State {
        case closed
        case open(since: Int64, until: Int64)
        /// One call tries the target; if nothing is heard of it by then, another may.
        case trial(since: Int64, until: Int64)
    }

    private var state = State.closed
    private var inRow = 0
    /// Openings since it last was well for a while: each lasts longer.
    private var openings = 0
    private var closedAt: Int64?
    /// Two halves of the window, so that the share forgets without a list of calls.
    private var current = Half()
    private var previous = Half()

    private struct Half {
        var start: Int64 = 0
        var calls = 0
        var failures = 0
    }

    public init() {}

    /// Since when calls are kept away; nil: they are not.
    public func ejectedSince(at now: Int64) -> Int64? {
        switch state {
        case .closed: nil
        case .open(let since, let until), .trial(let since, let until): now < until ? since : nil
        }
    }

    public var isClosed: Bool { if case .closed = state { true } else { false } }

    /// The share of calls that it should get, in percent: it begins low after an outage.
    public func share(at now: Int64, _ settings: BreakerSettings) -> Int {
        guard let closedAt, now >= closedAt, now - closedAt < settings.open else { return 100 }
        return max(10, Int((now - closedAt) * 100 / max(settings.open, 1)))
    }

    /// A call is sent. Where the time of an open breaker is over, it is the trial.
    public mutating func willSend(at now: Int64, _ settings: BreakerSettings) {
        switch state {
        case .open(let since, let until) where now >= until, .trial(let since, let until) where now >= until:
            state = .trial(since: since, until: now + settings.open)
        case .closed, .open, .trial: break
        }
    }

    /// - Parameter begun: when the call was sent: one from before it was opened, or before its trial, says nothing of
    ///   how the target is now.
    public mutating func succeeded(at now: Int64, begun: Int64? = nil, _ settings: BreakerSettings) {
        if isStale(begun ?? now, settings) { return }
        inRow = 0
        roll(now, settings)
        current.calls += 1
        if case .closed = state { return }
        state = .closed
        closedAt = now
        current = Half(start: now)
        previous = Half()
    }

    /// - Parameter begun: when the call was sent, as above.
    /// - Returns: whether it opened by this.
    @discardableResult
    public mutating func failed(at now: Int64, begun: Int64? = nil, _ settings: BreakerSettings) -> Bool {
        if isStale(begun ?? now, settings) { return false }
        inRow += 1
        roll(now, settings)
        current.calls += 1
        current.failures += 1
        switch state {
        case .open: return false
        case .trial: break
        case .closed:
            let calls = current.calls + previous.calls
            let failures = current.failures + previous.failures
            let isShare = calls >= settings.requestsMin && failures * 1_000_000 >= calls * settings.errorPerMillion
            guard inRow >= settings.consecutive || isShare else { return false }
        }
        if let closedAt, now - closedAt > settings.open * 4 { openings = 0 }
        openings += 1
        let lasts = settings.open * Int64(1 << min(openings - 1, 3))
        state = .open(since: now, until: now + lasts)
        closedAt = nil
        return true
    }

    private func isStale(_ begun: Int64, _ settings: BreakerSettings) -> Bool {
        switch state {
        case .closed: false
        case .open(let since, _): begun < since
        case .trial(_, let until): begun < until - settings.open
        }
    }

    private mutating func roll(_ now: Int64, _ settings: BreakerSettings) {
        let half = max(settings.window / 2, 1)
        guard now - current.start >= half else { return }
        previous = now - current.start < 2 * half ? current : Half()
        current = Half(start: now)
    }
}
