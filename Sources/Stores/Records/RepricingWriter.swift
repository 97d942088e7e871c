import Core
import GRDB

/// Writes other costs into a day: its rows, and all sums that they are part of. Inside one transaction; what it cannot
/// write makes the whole of it fail.
///
/// Minutes and attributions are changed by the difference, so that calls of which no row was kept stay in them; hours
/// and the day are worked out from the minutes.
final class RepricingWriter {
    /// What becomes of a row of sums.
    private struct Difference {
        var cost = Money.zero
        var unpriced = 0
        /// Of requests, for the sketch of costs.
        var gone: [Money] = []
        var new: [Money] = []

        mutating func add(_ change: Repricing.Change) {
            cost += (change.after ?? .zero) - (change.before ?? .zero)
            unpriced += (change.after == nil ? 1 : 0) - (change.before == nil ? 1 : 0)
        }
    }

    private let database: Database
    private let day: Day
    private let rows: RollupRows
    private let updateRecord: BulkStatement
    private let updateAttempt: BulkStatement
    private let series: [SeriesKey: Int64]
    private var words: [String: Int32] = [:]
    private var minutes: [RollupKey: Difference] = [:]
    private var attributions: [AttributionKey: Difference] = [:]

    init(_ database: Database, _ day: Day) throws {
        self.database = database
        self.day = day
        rows = try RollupRows(database)
        updateRecord = try BulkStatement(database, "UPDATE records SET cost = ? WHERE record = ?")
        updateAttempt = try BulkStatement(database, "UPDATE attempts SET cost = ? WHERE record = ? AND place = ?")
        let all = try SeriesTable.all(database).map { ($0.key, $0.id) }
        series = Dictionary(all, uniquingKeysWith: { first, _ in first })
    }

    func write(_ changes: [Repricing.Change]) throws {
        for change in changes {
            try writeRow(change)
            let series = try seriesID(change.series)
            let minute = RollupKey(start: change.minute, series: series)
            minutes[minute, default: Difference()].add(change)
            for row in try attributionKeys(change, project: change.series.numbers[0]) {
                attributions[row, default: Difference()].add(change)
            }
        }
        try writeSums()
    }

    // MARK: Rows

    /// Writes the row, and notes what its whole record cost and costs.
    private func writeRow(_ change: Repricing.Change) throws {
        let before = change.isOnly ? change.before : try cost(ofRecord: change.record)
        try update(change)
        let after = change.isOnly ? change.after : try cost(ofRecord: change.record)
        guard before != after else { return }
        let key = RollupKey(start: change.minute, series: try seriesID(change.seriesOfRecord))
        if let before { minutes[key, default: Difference()].gone.append(before) }
        if let after { minutes[key, default: Difference()].new.append(after) }
    }

    private func update(_ change: Repricing.Change) throws {
        let statement = change.place == nil ? updateRecord : updateAttempt
        statement.bind(change.after.map { Int64($0.picoUSD) })
        statement.bind(change.record)
        if let place = change.place { statement.bind(place) }
        try statement.run()
    }

    /// nil where the price of an attempt is unknown.
    private func cost(ofRecord record: Int64) throws -> Money? {
        let costs = try Optional<Int64>.fetchAll(
            database.cachedStatement(
                sql: """
                    SELECT cost FROM records WHERE record = ?1
                    UNION ALL SELECT cost FROM attempts WHERE record = ?1
                    """),
            arguments: [record])
        return costs.reduce(Optional.some(Money.zero)) { sum, cost in
            guard let sum, let cost else { return nil }
            return sum + Money(picoUSD: Int128(cost))
        }
    }

    // MARK: Sums

    /// A series of the day's rollups is there for every row: both are written in one transaction.
    private func seriesID(_ key: SeriesKey) throws -> Int64 {
        var key = key
        let outcome = ClosedWords.word(Int64(key.numbers[Self.outcomeLane]), in: ClosedWords.outcomes)
        key.numbers[Self.outcomeLane] = try number(outcome?.rawValue ?? "")
        guard let id = SeriesTable.id(of: key, in: series, other: try number(SeriesKey.otherWord)) else {
            throw StoreError.unavailable("A call's row has no place in the day's sums.")
        }
        return id
    }

    private static let outcomeLane = SeriesKey.place(of: .outcome) ?? 0

    private func attributionKeys(_ change: Repricing.Change, project: Int32) throws -> [AttributionKey] {
        var keys: [AttributionKey] = []
        func add(_ dimension: AttributionDimension, _ value: Int32) {
            keys.append(AttributionKey(dimension: dimension.number, value: value, project: project))
        }
        if change.user != 0 { add(.user, change.user) }
        if change.session != 0 { add(.session, change.session) }
        for (name, value) in TagsText.read(change.tags ?? "") { add(.tag(try number(name)), try number(value)) }
        return keys
    }

    private func number(_ text: String) throws -> Int32 {
        if let known = words[text] { return known }
        let number = try Int32.fetchOne(
            database.cachedStatement(sql: "SELECT id FROM strings WHERE text = ?"), arguments: [text])
        words[text] = number ?? 0
        return number ?? 0
    }

    private func writeSums() throws {
        for (row, difference) in minutes {
            try rows.put(sums(row, difference), row)
            try rows.mark(hour: row.start / 3600 * 3600)
        }
        for (row, difference) in attributions { try rows.put(sums(row, difference), row) }
        minutes.removeAll(keepingCapacity: true)
        attributions.removeAll(keepingCapacity: true)
    }

    /// One that is damaged is worked out anew, from calls that have their new costs already.
    private func sums(_ row: RollupKey, _ difference: Difference) throws -> Sums {
        guard var sums = try rows.sums(row) else { return try SumsRepair.sums(row, day, database) }
        sums.add(difference.cost, unpriced: difference.unpriced)
        // In this order: a record of which two attempts changed has an amount in between, which comes and goes.
        for cost in difference.new { sums.costs.add(cost.sketched) }
        for cost in difference.gone { sums.costs.remove(cost.sketched) }
        return sums
    }

    private func sums(_ row: AttributionKey, _ difference: Difference) throws -> Sums {
        guard var sums = try rows.sums(row) else { return try SumsRepair.sums(row, day, database) }
        sums.add(difference.cost, unpriced: difference.unpriced)
        return sums
    }
}

extension Sums {
    fileprivate mutating func add(_ cost: Money, unpriced: Int) {
        self.cost += cost
        self.unpriced = max(0, self.unpriced + unpriced)
    }
}
