public import Core

/// What was spent of a budget, by the slots of its period, and what is reserved.
public struct Spending: Sendable, Equatable {
    public struct Slot: Sendable, Equatable {
        public let from: Int64
        public var amount: Money
    }

    /// In the order of time; those that are over may still be among them.
    public private(set) var slots: [Slot] = []
    public private(set) var reserved = Money.zero
    /// The soft share was passed, and told.
    private var isSoftTold = false

    public init() {}

    /// As it was when it was saved.
    public mutating func restore(_ amount: Money, slot: Int64) { add(amount, to: slot) }

    public func spent(in window: BudgetWindow) -> Money {
        slots.reduce(into: Money.zero) { if $1.from >= window.from { $0 += $1.amount } }
    }

    /// What is left beside all that is reserved.
    public func remaining(_ budget: BudgetLimit, in window: BudgetWindow) -> Money {
        budget.amount - spent(in: window) - reserved
    }

    /// Microseconds until there is room; nil: there is. A call that is expected to cost more than the whole budget
    /// finds room while nothing of it is spent.
    public func wait(
        for cost: Money, _ budget: BudgetLimit, in window: BudgetWindow, at now: Int64
    ) -> Int64? {
        let remaining = remaining(budget, in: window)
        let needed = max(Money(picoUSD: 1), min(cost, budget.amount))
        guard remaining < needed else { return nil }
        guard let span = window.span else { return max(0, window.until - now) }
        // What is reserved may come back at any time; what was spent is over slot by slot.
        var missing = needed - remaining
        for slot in slots where slot.from >= window.from {
            missing = missing - slot.amount
            if missing <= .zero { return max(0, slot.from + span - now) }
        }
        return max(0, window.until - now)
    }

    public mutating func reserve(_ cost: Money, _ budget: BudgetLimit) { reserved += min(cost, budget.amount) }

    /// A cost counts in the period in which its call began.
    /// - Parameters:
    ///   - window: the one in which it was reserved.
    ///   - current: the one that counts now.
    /// - Returns: whether the soft share is passed for the first time in its period.
    public mutating func settle(
        reserved cost: Money, spent: Money, _ budget: BudgetLimit, in window: BudgetWindow, current: BudgetWindow
    ) -> Bool {
        reserved = max(.zero, reserved - min(cost, budget.amount))
        slots.removeAll { $0.from < current.from }
        if spent > .zero, window.slot >= current.from { add(spent, to: window.slot) }
        guard let soft = budget.softAmount else { return false }
        let isPast = self.spent(in: current) >= soft
        defer { isSoftTold = isPast }
        return isPast && !isSoftTold
    }

    /// Nothing counts any longer.
    public func isOver(in window: BudgetWindow) -> Bool {
        reserved == .zero && !slots.contains { $0.from >= window.from }
    }

    private mutating func add(_ amount: Money, to slot: Int64) {
        if let place = slots.lastIndex(where: { $0.from == slot }) {
            slots[place].amount += amount
        } else {
            slots.insert(Slot(from: slot, amount: amount), at: slots.firstIndex { $0.from > slot } ?? slots.endIndex)
        }
    }
}
