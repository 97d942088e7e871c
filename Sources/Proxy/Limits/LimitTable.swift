public import Core
import Policy
import Synchronization

/// What is used under all limits and budgets, in this process's memory: exact over all loops.
///
/// Striped by key. A demand holds the locks of all its stripes, in their order, while it is looked at: it reserves
/// everything or nothing, and nobody sees it half reserved.
public final class LimitTable: Limiter {
    /// Unchecked: what it holds is touched only under its lock.
    final class Stripe: @unchecked Sendable {
        let lock = Mutex(())
        var entries: [LimitKey: LimitEntry] = [:]
        /// Of entries that were used since they were saved last.
        var changed: [LimitKey] = []
    }

    private enum Look: Sendable {
        case admitted(budgetRemaining: Money?, isSoft: Bool)
        case refused(LimitRefusal)
        /// There is no room to tell a claim's values from others.
        case full(claim: Int)
    }

    let stripes: [Stripe] = (0..<64).map { _ in Stripe() }
    private let owners = Mutex<[LimitKey: LimitOwner]>([:])
    private let counts = Mutex(LimitCounts())
    private let log: OperationalLog
    private let valuesPerKeyMax: Int
    private let valuesMax: Int
    let values = Atomic<Int>(0)

    /// - Parameter log: is told when a budget passes its soft share.
    public init(
        log: OperationalLog, valuesPerKeyMax: Int = Limits.limitValuesPerKeyMax,
        valuesMax: Int = Limits.limitValuesMax
    ) {
        self.log = log
        self.valuesPerKeyMax = valuesPerKeyMax
        self.valuesMax = valuesMax
    }

    /// Since the start.
    public var statistics: LimitCounts {
        var result = counts.withLock { $0 }
        result.values = values.load(ordering: .relaxed)
        return result
    }

    // MARK: Reserving

    public func reserve(_ demand: Demand, at now: LimitInstant) async -> Admission { admit(demand, at: now) }

    public func tryReserve(_ demand: Demand, at now: LimitInstant) -> Admission? { admit(demand, at: now) }

    private func admit(_ demand: Demand, at now: LimitInstant) -> Admission {
        var demand = demand
        while true {
            switch locked(mask(demand.claims), { look(demand, at: now) }) {
            case .admitted(let remaining, let isSoft):
                return .admitted(
                    Reservation(demand, at: now, by: self), budgetRemaining: remaining, isSoft: isSoft)
            case .refused(let refusal):
                counts.withLock { $0.rejections[refusal.rule.id, default: 0] += 1 }
                return .refused(refusal)
            case .full(let place):
                counts.withLock { $0.sharedValues += 1 }
                demand.claims[place].share(owner: demand.owner)
            }
        }
    }

    /// Under the locks of all stripes that the claims are in.
    private func look(_ demand: Demand, at now: LimitInstant) -> Look {
        var refusal: (rule: LimitRule, reason: LimitRefusal.Reason, wait: Int64)?
        var remaining: Money?
        var isSoft = false
        for (place, claim) in demand.claims.enumerated() {
            let entry = stripe(claim.key).entries[claim.key]
            if entry == nil, !claim.isShared, !hasRoom(for: claim, of: demand.owner) { return .full(claim: place) }
            if let budget = claim.rule.budget, let window = claim.window {
                let spending = entry?.spending
                let left = (spending?.remaining(budget, in: window) ?? budget.amount) - demand.amounts.cost
                remaining = min(remaining ?? left, left)
                if let soft = budget.softAmount, let spending, spending.spent(in: window) >= soft { isSoft = true }
            }
            guard claim.isEnforced, let found = LimitEntry.refusal(entry, claim, demand.amounts, at: now) else {
                continue
            }
            if refusal.map({ $0.wait < found.wait }) ?? true { refusal = (claim.rule, found.reason, found.wait) }
        }
        if let refusal {
            return .refused(
                LimitRefusal(
                    rule: refusal.rule, reason: refusal.reason, retryAfter: refusal.wait, isSoft: isSoft))
        }
        for claim in demand.claims {
            let stripe = stripe(claim.key)
            let entry = stripe.entries[claim.key] ?? add(claim, demand.owner, to: stripe)
            entry.reserve(claim, demand.amounts, at: now)
            note(entry, claim, in: stripe)
        }
        return .admitted(budgetRemaining: remaining.map { max(.zero, $0) }, isSoft: isSoft)
    }

    // MARK: Settling

    public func settle(_ reservation: Reservation, used: Amounts, byModel: Amounts, at now: LimitInstant) {
        guard reservation.markSettled() else { return }
        if !used.isCostKnown, reservation.demand.claims.contains(where: { $0.rule.countsMoney }) {
            counts.withLock { $0.unpricedCalls += 1 }
        }
        for claim in reservation.demand.claims {
            let stripe = stripe(claim.key)
            let isPast = stripe.lock.withLock { _ in
                guard let entry = stripe.entries[claim.key] else { return false }
                note(entry, claim, in: stripe)
                return entry.settle(claim, reservation, used: claim.rule.tellsModels ? byModel : used, at: now)
            }
            if isPast { tell(claim) }
        }
    }

    private func tell(_ claim: LimitClaim) {
        counts.withLock { $0.softPassed[claim.rule.id, default: 0] += 1 }
        let values = claim.values.replacing(LimitRule.separator, with: ", ")
        log.warning(
            "a budget passed its soft share",
            [
                "budget": claim.rule.name, "values": values,
                "limit_usd": claim.rule.budget?.amount.usdText ?? "",
                "soft_usd": claim.rule.budget?.softAmount?.usdText ?? "",
            ])
    }

    // MARK: The parts

    func stripe(_ key: LimitKey) -> Stripe { stripes[Int(key.high % 64)] }

    private func mask(_ claims: [LimitClaim]) -> UInt64 {
        claims.reduce(0) { $0 | 1 << ($1.key.high % 64) }
    }

    /// Holds the locks of the stripes whose bits are set, the lowest first: always in the same order, so that nobody
    /// waits for ever.
    private func locked<Result: Sendable>(_ mask: UInt64, _ body: () -> Result) -> Result {
        guard mask != 0 else { return body() }
        return stripes[mask.trailingZeroBitCount].lock.withLock { _ in locked(mask & (mask - 1), body) }
    }

    private func note(_ entry: LimitEntry, _ claim: LimitClaim, in stripe: Stripe) {
        guard claim.rule.isKept, !entry.isChanged else { return }
        entry.isChanged = true
        stripe.changed.append(claim.key)
    }

    private func hasRoom(for claim: LimitClaim, of key: String) -> Bool {
        guard !claim.rule.per.isEmpty else { return true }
        guard values.load(ordering: .relaxed) < valuesMax else { return false }
        return owner(claim.rule.id, key).values.load(ordering: .relaxed) < valuesPerKeyMax
    }

    private func add(_ claim: LimitClaim, _ key: String, to stripe: Stripe) -> LimitEntry {
        let entry = LimitEntry(owner(claim.rule.id, key), values: claim.values)
        insert(entry, claim.key, in: stripe)
        return entry
    }

    func insert(_ entry: LimitEntry, _ key: LimitKey, in stripe: Stripe) {
        stripe.entries[key] = entry
        entry.owner.values.add(1, ordering: .relaxed)
        values.add(1, ordering: .relaxed)
    }

    func remove(_ entry: LimitEntry, _ key: LimitKey, in stripe: Stripe) {
        stripe.entries[key] = nil
        entry.owner.values.subtract(1, ordering: .relaxed)
        values.subtract(1, ordering: .relaxed)
    }

    func owner(_ rule: String, _ key: String) -> LimitOwner {
        let place = LimitKey(rule, key)
        return owners.withLock { owners in
            if let owner = owners[place] { return owner }
            let owner = LimitOwner(rule: rule, key: key)
            owners[place] = owner
            return owner
        }
    }

    func forgetOwnersWithoutValues() {
        owners.withLock { owners in owners = owners.filter { $0.value.values.load(ordering: .relaxed) > 0 } }
    }
}
