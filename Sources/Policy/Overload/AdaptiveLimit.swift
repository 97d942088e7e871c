/// How many calls a target takes at a time, as far as it has shown. Pure: time is passed in, as nanoseconds.
///
/// It is open until the target shows overload: it refuses calls for want of room, or first tokens come much later than
/// they usually do. One refusal among many calls may be about something else; where they gather, a refusal says that
/// what ran beside it was all there is room for. Each call that is taken while the limit is used raises it a little,
/// less so near what was refused of late. How long whole calls take depends on how much they write and says nothing of
/// the target: it never moves the limit.
public struct AdaptiveLimit: Sendable {
    /// nil: open.
    private var limit: Double?
    /// So many were too many of late.
    private var ceiling: Double?
    private var overloadedAt: Int64 = 0
    private var firstTokens = FirstTokenTrend()
    private var slowSinceCut = 0
    /// The share of refusals among the last calls.
    private var refusals = 0.0

    /// A share of refusals that does not say anything of room.
    private static let refusalsIgnored = 0.1
    /// Nanoseconds without a sign of overload after which a limit that is not used is forgotten.
    private static let forgottenAfter: Int64 = 30 * 1_000_000_000

    public init() {}

    /// Calls at a time; nil: open.
    public var value: Int? { limit.map { Int($0) } }

    public func hasRoom(inFlight: Int) -> Bool {
        guard let limit else { return true }
        return inFlight < Int(limit)
    }

    /// The target had no room for a call.
    /// - Parameter others: calls that run there beside it.
    public mutating func refused(beside others: Int, at now: Int64) {
        refusals += (1 - refusals) / 16
        guard refusals > Self.refusalsIgnored else { return }
        let beside = Double(others)
        // Where few run, it must not take all at once.
        limit = max(1, limit.map { min($0, max(beside, $0 * 0.7)) } ?? beside)
        ceiling = beside + 1
        overloadedAt = now
    }

    /// The target has taken a call: its answer is there, or its stream has begun.
    /// - Parameters:
    ///   - inFlight: calls that run there, this one included.
    ///   - most: the limit is never higher.
    ///   - isAwaited: calls wait for room.
    public mutating func accepted(inFlight: Int, most: Int, isAwaited: Bool, at now: Int64) {
        refusals -= refusals / 16
        guard let current = limit else { return }
        let running = Double(inFlight)
        guard running * 2 >= current else {
            let isForgotten = now - overloadedAt > Self.forgottenAfter && !isAwaited
            if isForgotten { (limit, ceiling) = (nil, nil) }
            return
        }
        if let known = ceiling, running >= known { ceiling = nil }
        guard !firstTokens.isSlow(times: FirstTokenTrend.noticed) else { return }
        let isNearCeiling = ceiling.map { current + 1 > $0 } ?? false
        let step = isNearCeiling ? 0.1 * max(1, current / 20) : max(1, current / 10)
        limit = min(Double(max(1, most)), current + step / current)
    }

    /// The first content of a streamed call came.
    /// - Parameters:
    ///   - nanoseconds: after it was sent.
    ///   - inFlight: calls that run there, this one included.
    public mutating func firstTokenCame(after nanoseconds: Int64, inputTokens: Int, inFlight: Int, at now: Int64) {
        firstTokens.observe(nanoseconds, inputTokens: inputTokens)
        guard let current = limit else {
            if firstTokens.isSlow(times: FirstTokenTrend.overloaded) { cut(to: Double(inFlight), at: now) }
            return
        }
        guard firstTokens.isSlow(times: FirstTokenTrend.noticed), inFlight * 2 >= Int(current) else { return }
        slowSinceCut += 1
        if slowSinceCut >= max(10, Int(current)) { cut(to: current * (0.8 + 0.2 * firstTokens.gradient), at: now) }
    }

    private mutating func cut(to value: Double, at now: Int64) {
        ceiling = limit
        limit = max(1, value)
        overloadedAt = now
        slowSinceCut = 0
    }
}
