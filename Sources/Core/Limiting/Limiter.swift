import Synchronization

/// Whether there is room for calls under all limits that count for them: exact over all loops.
///
/// Fails closed: without room nothing is admitted, and what is refused consumes nothing.
public protocol Limiter: Sendable {
    /// Reserves all that a call may use under all its claims, or nothing.
    /// - Returns: nil where it must be asked by `reserve`, because what it knows is elsewhere.
    func tryReserve(_ demand: Demand, at now: LimitInstant) -> Admission?
    func reserve(_ demand: Demand, at now: LimitInstant) async -> Admission
    /// Replaces what was reserved by what was used; what was not is free at once. Synchronous, cannot fail, and a
    /// second time changes nothing.
    /// - Parameter byModel: what the model used that it was reserved for. It alone counts under rules that tell models
    ///   apart: another may have stood in.
    func settle(_ reservation: Reservation, used: Amounts, byModel: Amounts, at now: LimitInstant)
}

extension Limiter {
    /// Settles a reservation of whose call one model took all.
    public func settle(_ reservation: Reservation, used: Amounts, at now: LimitInstant) {
        settle(reservation, used: used, byModel: used, at: now)
    }
}

/// One rule as it counts for one call.
public struct LimitClaim: Sendable {
    public let rule: LimitRule
    /// The values of the rule's dimensions, as `LimitRule.values` writes them.
    public private(set) var values: String
    public private(set) var key: LimitKey
    /// Of a budget: its period at the time of the call.
    public let window: BudgetWindow?
    /// Room is asked for. Otherwise what is used only counts: the call goes on because this very rule had no room.
    public var isEnforced = true

    public init(rule: LimitRule, values: String, at unixMicroseconds: Int64) {
        self.rule = rule
        self.values = values
        key = LimitKey(rule.id, values)
        window = rule.budget?.period.window(at: unixMicroseconds)
    }

    /// Counts with all other values of the owner that there is no room to tell apart.
    public mutating func share(owner: String) {
        values = LimitRule.shared + LimitRule.separator + owner
        key = LimitKey(rule.id, values)
    }

    public var isShared: Bool { values.hasPrefix(LimitRule.shared + LimitRule.separator) }
}

/// What a call may use, under which rules.
public struct Demand: Sendable {
    /// Whose call it is: one key's invented values must not take the room of another's.
    public var owner: String
    /// Beside these, one of the calls that run at a time.
    public var amounts: Amounts
    public var claims: [LimitClaim]

    public init(owner: String, amounts: Amounts, claims: [LimitClaim]) {
        self.owner = owner
        self.amounts = amounts
        self.claims = claims
    }
}

public enum Admission: Sendable {
    /// - budgetRemaining: what the tightest budget has left beside all that is reserved; nil: none counts.
    /// - isSoft: a budget is past the share at which it is told.
    case admitted(Reservation, budgetRemaining: Money?, isSoft: Bool)
    case refused(LimitRefusal)
}

/// Why there is no room: of several limits, that which has none for the longest.
public struct LimitRefusal: Sendable {
    public enum Reason: Sendable, Equatable {
        case rate(RateLimit)
        case concurrency(Int)
        case budget(BudgetLimit)
    }

    public let rule: LimitRule
    public let reason: Reason
    /// Nanoseconds after which there will be room if nobody else takes it. Of concurrency, nobody knows: a second.
    public let retryAfter: Int64
    /// A budget is past the share at which it is told.
    public let isSoft: Bool

    public init(rule: LimitRule, reason: Reason, retryAfter: Int64, isSoft: Bool) {
        self.rule = rule
        self.reason = reason
        self.retryAfter = retryAfter
        self.isSoft = isSoft
    }
}

/// What is set aside for one call. It ends by `Limiter.settle`; one that is let go of without, because its call came to
/// an odd end, gives everything back.
public final class Reservation: Sendable {
    public let demand: Demand
    public let madeAt: LimitInstant
    private let limiter: any Limiter
    private let isSettled = Atomic<Bool>(false)

    public init(_ demand: Demand, at now: LimitInstant, by limiter: any Limiter) {
        self.demand = demand
        madeAt = now
        self.limiter = limiter
    }

    /// - Returns: whether it was still to be settled.
    public func markSettled() -> Bool { !isSettled.exchange(true, ordering: .acquiringAndReleasing) }

    deinit {
        guard !isSettled.load(ordering: .acquiring) else { return }
        limiter.settle(Reservation(demand, at: madeAt, by: limiter), used: .none, at: madeAt)
    }
}
