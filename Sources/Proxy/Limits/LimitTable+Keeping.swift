public import Core
import Policy
import Synchronization

/// What is done with the table off the path: saved, restored, swept and shown. No lock is held for long.
extension LimitTable {
    /// Values that are looked at under one lock.
    private static let step = 128

    /// Puts back what was saved before the start.
    public func restore(_ saved: [SavedLimit], at now: LimitInstant) {
        for limit in saved {
            let key = LimitKey(limit.rule, limit.values)
            let stripe = stripe(key)
            let owner = owner(limit.rule, limit.owner)
            stripe.lock.withLock { _ in
                guard stripe.entries[key] == nil else { return }
                insert(LimitEntry(limit, owner: owner, at: now), key, in: stripe)
            }
        }
    }

    /// What was used since the last time, under rules whose use outlives the program.
    /// - Parameter rules: those that count now, by their ids.
    public func takeChanges(_ rules: [String: LimitRule], at now: LimitInstant) -> [SavedLimit] {
        stripes.flatMap { stripe in
            let changed = stripe.lock.withLock { _ in
                defer { stripe.changed.removeAll(keepingCapacity: stripe.changed.count < 1024) }
                return stripe.changed
            }
            return visit(stripe, changed) { _, entry in
                entry.isChanged = false
                return rules[entry.owner.rule].map { entry.saved($0, at: now) }
            }
        }
    }

    /// Forgets values of which all that was used has come back, so that the table holds those in use only.
    /// - Returns: what need not be kept any longer.
    public func sweep(_ rules: [String: LimitRule], at now: LimitInstant) -> [SavedLimit] {
        let gone = stripes.flatMap { stripe in
            visit(stripe, stripe.lock.withLock { _ in Array(stripe.entries.keys) }) { key, entry -> SavedLimit? in
                let rule = rules[entry.owner.rule]
                guard entry.isOver(rule, at: now) else { return nil }
                remove(entry, key, in: stripe)
                guard rule?.isKept == true else { return nil }
                return SavedLimit(rule: entry.owner.rule, owner: entry.owner.key, values: entry.values)
            }
        }
        forgetOwnersWithoutValues()
        return gone
    }

    /// What was used under each rule, in their order.
    public func reports(_ rules: [LimitRule], at now: LimitInstant) -> [LimitReport] {
        var reports = rules.map(LimitReport.init)
        let places = Dictionary(rules.enumerated().map { ($1.id, $0) }, uniquingKeysWith: { first, _ in first })
        for place in reports.indices {
            reports[place].periodEndsAt = rules[place].budget?.period.window(at: now.unixMicroseconds).until
        }
        for stripe in stripes {
            let keys = stripe.lock.withLock { _ in Array(stripe.entries.keys) }
            let states = visit(stripe, keys) { _, entry in
                places[entry.owner.rule].map { (place: $0, state: entry.state(rules[$0], at: now)) }
            }
            for (place, state) in states { reports[place].add(state) }
            for place in reports.indices { reports[place].keepLargest() }
        }
        return reports
    }

    /// - Returns: what `body` gives for those of the keys that have an entry.
    private func visit<Result: Sendable>(
        _ stripe: Stripe, _ keys: [LimitKey], _ body: (LimitKey, LimitEntry) -> Result?
    ) -> [Result] {
        var result: [Result] = []
        var rest = keys[...]
        while !rest.isEmpty {
            let step = rest.prefix(Self.step)
            rest = rest.dropFirst(Self.step)
            result += stripe.lock.withLock { _ in
                step.compactMap { key in stripe.entries[key].flatMap { body(key, $0) } }
            }
        }
        return result
    }
}

extension LimitReport {
    fileprivate mutating func add(_ state: LimitState) {
        count += 1
        spent += state.spent
        states.append(state)
    }

    fileprivate mutating func keepLargest() {
        func weight(_ state: LimitState) -> (Money, Int64, Int) {
            (state.spent, state.used.max() ?? 0, state.running)
        }
        states.sort { weight($0) > weight($1) }
        states.removeLast(max(0, states.count - Limits.shownLimitValuesMax))
    }
}
