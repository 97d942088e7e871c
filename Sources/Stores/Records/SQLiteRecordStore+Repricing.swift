public import Core
import GRDB

/// What a provider's model cost, and costs by other prices.
public struct RepricedSums: Sendable, Equatable {
    public var provider: String
    /// The model that was asked for, in the provider's words.
    public var model: String
    public var attempts = 0
    /// Attempts whose cost is another now.
    public var changed = 0
    public var before = Money.zero
    public var after = Money.zero
    public var unpricedBefore = 0
    public var unpricedAfter = 0

    public var difference: Money { after - before }

    init(provider: String, model: String) {
        self.provider = provider
        self.model = model
    }
}

extension SQLiteRecordStore {
    /// Works out anew what calls cost, one day after another.
    ///
    /// With `applies`, each day's rows and sums change in one transaction. A server may have the same files open: it
    /// waits for that transaction, tries again, and forgets what it remembered of the day's sums (`DayFile.write`).
    /// - Parameters:
    ///   - price: what an attempt costs whose exchange began at a time; nil: its price is unknown.
    ///   - onChange: gets each day as soon as it has changed: where a later one fails, it stays so.
    /// - Returns: by provider and model, the largest difference first; and the days that changed.
    public func reprice(
        _ filter: RecordFilter, applies: Bool, now: Int64, price: @escaping (AttemptRecord, Int64) -> Money?,
        onChange: (String) -> Void = { _ in }
    ) throws(StoreError) -> (rows: [RepricedSums], changedDays: [String]) {
        var repricing = Repricing(price: price)
        var changedDays: [String] = []
        for day in days(of: filter) {
            let hours = Repricing.hours(of: filter, in: day)
            if applies {
                guard try apply(&repricing, hours, day, now: now) > 0 else { continue }
                changedDays.append(day.name)
                onChange(day.name)
            } else {
                try read(day) { database in
                    for hour in hours { _ = try repricing.changes(hour, in: day, database) }
                }
            }
        }
        return (repricing.rows, changedDays)
    }

    /// - Returns: how many attempts changed.
    private func apply(
        _ repricing: inout Repricing, _ hours: [RecordFilter], _ day: Day, now: Int64
    ) throws(StoreError) -> Int {
        var count = 0
        try rewrite(day) { database in
            let writer = try RepricingWriter(database, day)
            for hour in hours {
                let changes = try repricing.changes(hour, in: day, database)
                count += changes.count
                try writer.write(changes)
            }
            if count > 0 { try RollupSeal.seal(database, day, now: now) }
        }
        return count
    }
}
