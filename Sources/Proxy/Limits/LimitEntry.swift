import Core
import Policy
import Synchronization

/// Whose values under which rule: counted, so that one key cannot fill the table.
final class LimitOwner: Sendable {
    let rule: String
    let key: String
    let values = Atomic<Int>(0)

    init(rule: String, key: String) {
        self.rule = rule
        self.key = key
    }
}

/// What one combination of values has used under one rule.
///
/// Unchecked: it is touched only under the lock of the stripe that holds it.
final class LimitEntry: @unchecked Sendable {
    struct Meter {
        let id: RateLimit.ID
        var bucket: LeakyBucket
    }

    let owner: LimitOwner
    let values: String
    private(set) var meters: [Meter] = []
    /// At most one: most entries have none, and an empty list takes no room.
    private var spendings: [Spending] = []
    var spending: Spending? { spendings.first }
    /// Reservations that are not settled: the calls that run.
    private(set) var running: Int32 = 0
    /// It was used since it was saved last.
    var isChanged = false

    init(_ owner: LimitOwner, values: String) {
        self.owner = owner
        self.values = values
    }

    convenience init(_ saved: SavedLimit, owner: LimitOwner, at now: LimitInstant) {
        self.init(owner, values: saved.values)
        meters = saved.rates.map { rate in
            let passed = max(0, now.unixMicroseconds - rate.at).multipliedReportingOverflow(by: 1000)
            let at = now.nanoseconds - (passed.overflow ? .max / 2 : passed.partialValue)
            return Meter(id: rate.id, bucket: LeakyBucket(used: rate.used, at: at))
        }
        guard !saved.spent.isEmpty else { return }
        var spending = Spending()
        for spent in saved.spent { spending.restore(spent.amount, slot: spent.slot) }
        spendings = [spending]
    }

    /// - Parameter entry: nil: nothing was used yet.
    /// - Returns: nil where there is room.
    static func refusal(
        _ entry: LimitEntry?, _ claim: LimitClaim, _ amounts: Amounts, at now: LimitInstant
    ) -> (reason: LimitRefusal.Reason, wait: Int64)? {
        guard let entry else { return nil }
        let rule = claim.rule
        var worst: (reason: LimitRefusal.Reason, wait: Int64)?
        func note(_ reason: LimitRefusal.Reason, _ wait: Int64) {
            if worst.map({ $0.wait < wait }) ?? true { worst = (reason, wait) }
        }
        if let limit = rule.concurrency, entry.running >= limit { note(.concurrency(limit), concurrencyWait) }
        for (place, rate) in rule.rates.enumerated() {
            guard let meter = entry.meter(rate.id, near: place) else { continue }
            let wait = entry.meters[meter].bucket.wait(for: amounts[rate.id.unit], rate, at: now.nanoseconds)
            if wait > 0 { note(.rate(rate), wait) }
        }
        if let budget = rule.budget, let window = claim.window,
            let wait = entry.spending?.wait(for: amounts.cost, budget, in: window, at: now.unixMicroseconds)
        {
            note(.budget(budget), Int64(clamping: Int128(wait) * 1000))
        }
        return worst
    }

    private static let concurrencyWait: Int64 = 1_000_000_000

    func reserve(_ claim: LimitClaim, _ amounts: Amounts, at now: LimitInstant) {
        running += 1
        for (place, rate) in claim.rule.rates.enumerated() {
            let meter = ensureMeter(rate.id, near: place, at: now)
            meters[meter].bucket.take(amounts[rate.id.unit], rate, at: now.nanoseconds)
        }
        if let budget = claim.rule.budget {
            if spendings.isEmpty { spendings.append(Spending()) }
            spendings[0].reserve(amounts.cost, budget)
        }
    }

    /// - Returns: whether the budget's soft share is passed for the first time in its period.
    func settle(_ claim: LimitClaim, _ reservation: Reservation, used: Amounts, at now: LimitInstant) -> Bool {
        running -= 1
        let taken = reservation.demand.amounts
        for (place, rate) in claim.rule.rates.enumerated() {
            let meter = ensureMeter(rate.id, near: place, at: now)
            meters[meter].bucket.correct(
                taken: taken[rate.id.unit], at: reservation.madeAt.nanoseconds, used: used[rate.id.unit], rate,
                at: now.nanoseconds)
        }
        guard let budget = claim.rule.budget, let window = claim.window, !spendings.isEmpty else { return false }
        return spendings[0].settle(
            reserved: taken.cost, spent: used.cost, budget, in: window,
            current: budget.period.window(at: now.unixMicroseconds))
    }

    /// Whether it is as if nothing had ever been used.
    /// - Parameter rule: nil: none counts here now; one of this name may come back, and finds what was used.
    func isOver(_ rule: LimitRule?, at now: LimitInstant) -> Bool {
        guard running == 0, let rule else { return false }
        for meter in meters {
            guard let rate = rule.rates.first(where: { $0.id == meter.id }) else { continue }
            if !meter.bucket.isEmpty(rate, at: now.nanoseconds) { return false }
        }
        guard let budget = rule.budget, let spending else { return true }
        return spending.isOver(in: budget.period.window(at: now.unixMicroseconds))
    }

    func saved(_ rule: LimitRule, at now: LimitInstant) -> SavedLimit {
        var saved = SavedLimit(rule: rule.id, owner: owner.key, values: values)
        for rate in rule.rates where rate.window >= Limits.keptWindowNanosecondsMin {
            guard let meter = meters.first(where: { $0.id == rate.id }) else { continue }
            let used = meter.bucket.used(rate, at: now.nanoseconds)
            if used > 0 { saved.rates.append(SavedLimit.Rate(id: rate.id, used: used, at: now.unixMicroseconds)) }
        }
        guard let budget = rule.budget, let spending else { return saved }
        let window = budget.period.window(at: now.unixMicroseconds)
        saved.spent = spending.slots.filter { $0.from >= window.from }
            .map { SavedLimit.Spent(slot: $0.from, amount: $0.amount) }
        return saved
    }

    func state(_ rule: LimitRule, at now: LimitInstant) -> LimitState {
        let window = rule.budget?.period.window(at: now.unixMicroseconds)
        return LimitState(
            values: rule.split(values),
            used: rule.rates.enumerated().map { place, rate in
                meter(rate.id, near: place).map { meters[$0].bucket.used(rate, at: now.nanoseconds) } ?? 0
            },
            running: Int(running), spent: window.flatMap { spending?.spent(in: $0) } ?? .zero,
            reserved: spending?.reserved ?? .zero)
    }

    /// - Parameter place: where it mostly is: a rule's rates change seldom.
    private func meter(_ id: RateLimit.ID, near place: Int) -> Int? {
        if place < meters.count, meters[place].id == id { return place }
        return meters.firstIndex { $0.id == id }
    }

    private func ensureMeter(_ id: RateLimit.ID, near place: Int, at now: LimitInstant) -> Int {
        if let found = meter(id, near: place) { return found }
        if meters.isEmpty { meters.reserveCapacity(1) }
        meters.append(Meter(id: id, bucket: LeakyBucket(at: now.nanoseconds)))
        return meters.count - 1
    }
}
