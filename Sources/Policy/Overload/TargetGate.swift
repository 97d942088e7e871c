/// Who may call a target now, and who waits for it. Pure: time is passed in, as nanoseconds.
///
/// While its limit is open, asking for room counts one up and no more.
public struct TargetGate<Waiter: Sendable>: Sendable {
    /// What became of a call that asked for room.
    public enum Entry: Sendable {
        case entered
        case waits(id: UInt64, shed: (waiter: Waiter, retryAfter: Int64)?)
        /// - retryAfter: nanoseconds after which there may be room.
        case refused(retryAfter: Int64)
    }

    /// How a call ended, as far as room depends on it.
    public enum End: Sendable {
        /// - after: nanoseconds that it took.
        case served(after: Int64)
        /// The target had no room for it.
        case refused
        /// It says nothing of room.
        case other
    }

    public private(set) var limit = AdaptiveLimit()
    public private(set) var inFlight = 0
    private var line = WaitingLine<Waiter>()
    /// Nanoseconds that a call usually takes; nil: unknown. It says when there will be room, and never how much.
    private var usualTime: Double?

    private static var unknownTime: Double { 1_000_000_000 }
    private static var targetMin: Int64 { 5_000_000 }

    public init() {}

    public var hasRoom: Bool { limit.hasRoom(inFlight: inFlight) }
    /// Calls that wait, by class.
    public var waiting: [Int] { line.counts }

    // MARK: Coming

    /// - Returns: whether there is room; it is taken then.
    public mutating func enter() -> Bool {
        guard hasRoom else { return false }
        inFlight += 1
        return true
    }

    /// Counts a call whether there is room or not: one that goes on with another.
    public mutating func enterAnyway() { inFlight += 1 }

    /// Waits where there is no room.
    public mutating func enter(
        _ call: WaitingCall, _ waiter: Waiter, at now: Int64, settings: PrioritySettings
    ) -> Entry {
        if enter() { return .entered }
        switch line.join(call, waiter, at: now, perCall: perCall, countMax: settings.queueMax) {
        case .waits(let id, let shed): return .waits(id: id, shed: shed)
        case .refused(let retryAfter): return .refused(retryAfter: retryAfter)
        }
    }

    /// - Returns: whether it still waited.
    public mutating func leave(_ id: UInt64, priority: Int) -> Bool { line.leave(id, priority: priority) }

    // MARK: Going

    /// A call has ended that had entered.
    /// - Parameters:
    ///   - most: the limit is never higher.
    ///   - wasAccepted: that was told before, when its stream began.
    public mutating func ended(_ end: End, wasAccepted: Bool, most: Int, at now: Int64) {
        switch end {
        case .served(let time):
            usualTime = usualTime.map { $0 + (Double(time) - $0) / 16 } ?? Double(time)
            if !wasAccepted {
                limit.accepted(inFlight: inFlight, most: most, isAwaited: line.count > 0, at: now)
            }
        case .refused: limit.refused(beside: inFlight - 1, at: now)
        case .other: break
        }
        inFlight -= 1
    }

    /// - Parameter nanoseconds: after which a streamed call had its first content.
    public mutating func firstTokenCame(
        after nanoseconds: Int64, inputTokens: Int, most: Int, at now: Int64
    ) {
        limit.accepted(inFlight: inFlight, most: most, isAwaited: line.count > 0, at: now)
        limit.firstTokenCame(after: nanoseconds, inputTokens: inputTokens, inFlight: inFlight, at: now)
    }

    /// Lets the next one in, if there is room; to be asked until there is none.
    public mutating func admitNext(at now: Int64, settings: PrioritySettings) -> Waiter? {
        guard line.count > 0, hasRoom else { return nil }
        let target = min(max(Self.targetMin, Int64(usualTime ?? Self.unknownTime)), settings.waitMax / 4)
        guard let waiter = line.next(at: now, target: target) else { return nil }
        inFlight += 1
        return waiter
    }

    /// Nanoseconds after which, on the average, there is room for one more.
    public var perCall: Int64 {
        Int64((usualTime ?? Self.unknownTime) / Double(limit.value ?? max(1, inFlight)))
    }
}
