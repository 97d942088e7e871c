/// Calls that wait for room at one target. Pure: time is passed in, as nanoseconds.
///
/// The more important class comes first; of twenty turns one goes to the class that was served longest ago, so that
/// nobody starves. Inside a class tenants share the room. It is bounded: where it is full, the least important call
/// gives way to a more important one, and inside a class the tenant that has the most waiting to one that has less.
public struct WaitingLine<Waiter: Sendable>: Sendable {
    /// What became of a call that asked to wait.
    public enum Joining: Sendable {
        /// - shed: the one that had to give way, and the nanoseconds after which there may be room for it.
        case waits(id: UInt64, shed: (waiter: Waiter, retryAfter: Int64)?)
        /// - retryAfter: nanoseconds after which there may be room.
        case refused(retryAfter: Int64)
    }

    private static var turnsForAll: Int { 20 }

    private var classes: [WaitingClass<Waiter>] = []
    public private(set) var count = 0
    private var turn = 0
    private var lastID: UInt64 = 0

    public init() {}

    /// Calls that wait, by class.
    public var counts: [Int] { classes.map(\.count) }

    // MARK: Coming

    /// - Parameters:
    ///   - perCall: nanoseconds after which, on the average, there is room for one more.
    ///   - countMax: calls that may wait.
    public mutating func join(
        _ call: WaitingCall, _ waiter: Waiter, at now: Int64, perCall: Int64, countMax: Int
    ) -> Joining {
        while classes.count <= call.priority { classes.append(WaitingClass()) }
        let wait = expectedWait(of: call, at: now, perCall: perCall)
        guard wait <= call.waitMax else { return .refused(retryAfter: wait) }
        var shed: (waiter: Waiter, retryAfter: Int64)?
        if count >= countMax {
            guard let given = giveWay(to: call) else { return .refused(retryAfter: wait) }
            count -= 1
            shed = (given.waiter, Int64(classes[...given.priority].reduce(0) { $0 + $1.count }) * perCall)
        }
        lastID += 1
        count += 1
        classes[call.priority].append(
            .init(id: lastID, waiter: waiter, tokens: max(1, call.tokens), since: now), tenant: call.tenant)
        return .waits(id: lastID, shed: shed)
    }

    /// From what waits before it, and from how often its class is served at all.
    private func expectedWait(of call: WaitingCall, at now: Int64, perCall: Int64) -> Int64 {
        let before = classes[..<call.priority].reduce(0) { $0 + $1.count }
        let own = classes[call.priority].ahead(of: call.tenant) + 1
        let byPlace = Int64(before + own).multipliedReportingOverflow(by: perCall)
        let byPace = classes[call.priority].interval(at: now).map { Int64(own).multipliedReportingOverflow(by: $0) }
        let waits = [byPlace, byPace ?? (0, false)].map { $0.overflow ? .max : $0.partialValue }
        return max(waits[0], waits[1])
    }

    private mutating func giveWay(to call: WaitingCall) -> (waiter: Waiter, priority: Int)? {
        guard let lowest = classes.lastIndex(where: { $0.count > 0 }), lowest >= call.priority else { return nil }
        return classes[lowest].shed(for: lowest == call.priority ? call.tenant : nil).map { ($0, lowest) }
    }

    // MARK: Going

    /// Whose turn it is.
    /// - Parameter target: nanoseconds of waiting that are no cause for anything.
    public mutating func next(at now: Int64, target: Int64) -> Waiter? {
        guard count > 0 else { return nil }
        turn += 1
        let waiting = classes.indices.filter { classes[$0].count > 0 }
        let forgotten = waiting.min { classes[$0].servedAtTurn < classes[$1].servedAtTurn }
        guard let place = turn % Self.turnsForAll == 0 ? forgotten : waiting.first else { return nil }
        classes[place].servedAtTurn = turn
        count -= 1
        return classes[place].next(at: now, target: target)
    }

    /// One waits no longer.
    /// - Returns: whether it did.
    public mutating func leave(_ id: UInt64, priority: Int) -> Bool {
        guard classes.indices.contains(priority), classes[priority].remove(id) else { return false }
        count -= 1
        return true
    }
}
