/// The part of time in which money counts together, as instants in microseconds since 1970.
public struct BudgetWindow: Sendable, Equatable {
    /// What was spent in slots that began before is over.
    public var from: Int64
    /// The beginning of the slot in which money is spent now.
    public var slot: Int64
    /// When the next slot begins.
    public var until: Int64
    /// How long what was spent in a slot counts on after the slot's beginning; nil: to the period's end.
    public var span: Int64?

    public init(from: Int64, slot: Int64, until: Int64, span: Int64? = nil) {
        self.from = from
        self.slot = slot
        self.until = until
        self.span = span
    }
}

/// After how long a budget begins anew.
public struct BudgetPeriod: Sendable, Equatable {
    public enum Unit: Sendable, Equatable {
        case day
        /// From Monday on.
        case week
        case month
        /// Microseconds that always lie behind.
        case rolling(Int64)
    }

    public let unit: Unit
    public let zone: ZoneOffsets

    public init(_ unit: Unit, zone: ZoneOffsets = .utc) {
        self.unit = unit
        self.zone = zone
    }

    /// A rolling period forgets in steps of this part of it, and late rather than early: never is more than the budget
    /// spent in one period.
    static let rollingSlots: Int64 = 30

    /// The period that counts at a time.
    public func window(at time: Int64) -> BudgetWindow {
        let days: (first: Int64, next: Int64)
        switch unit {
        case .rolling(let length):
            let step = max(1, length / BudgetPeriod.rollingSlots)
            let slot = time - modulo(time, step)
            return BudgetWindow(from: slot - length, slot: slot, until: slot + step, span: length + step)
        case .day:
            let day = CivilDay.number(containing: zone.local(time))
            days = (day, day + 1)
        case .week:
            let day = CivilDay.number(containing: zone.local(time))
            // The first day of 1970 was a Thursday.
            let monday = day - modulo(day + 3, 7)
            days = (monday, monday + 7)
        case .month:
            let (year, month) = CivilDay.yearAndMonth(CivilDay.number(containing: zone.local(time)))
            days = (
                CivilDay.number(year: year, month: month, day: 1),
                CivilDay.number(year: month == 12 ? year + 1 : year, month: month == 12 ? 1 : month + 1, day: 1)
            )
        }
        let start = zone.instant(local: days.first * CivilDay.microseconds)
        return BudgetWindow(
            from: start, slot: start, until: zone.instant(local: days.next * CivilDay.microseconds))
    }

    private func modulo(_ value: Int64, _ divisor: Int64) -> Int64 {
        let rest = value % divisor
        return rest < 0 ? rest + divisor : rest
    }
}

/// A time zone as a table: what its clocks differ by from UTC, and since when. Times are in microseconds.
public struct ZoneOffsets: Sendable, Equatable {
    public struct Change: Sendable, Equatable {
        /// Since 1970.
        public let from: Int64
        public let offset: Int64

        public init(from: Int64, offset: Int64) {
            self.from = from
            self.offset = offset
        }
    }

    public static let utc = ZoneOffsets(first: 0, changes: [])

    private let first: Int64
    private let changes: [Change]

    /// - Parameters:
    ///   - first: the offset before the first change.
    ///   - changes: in the order of time.
    public init(first: Int64, changes: [Change]) {
        self.first = first
        self.changes = changes
    }

    /// What the zone's clocks show at an instant.
    func local(_ time: Int64) -> Int64 { time + offset(at: time) }

    /// The first instant at which the zone's clocks show a time, or, where they skip it, at which they have.
    func instant(local: Int64) -> Int64 {
        let early = local - offset(at: local - CivilDay.microseconds)
        if self.local(early) == local { return early }
        return local - offset(at: local + CivilDay.microseconds)
    }

    private func offset(at time: Int64) -> Int64 {
        changes.last { $0.from <= time }?.offset ?? first
    }
}
