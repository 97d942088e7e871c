import Core
import GRDB

/// Sums of one day out of its rollups, by the texts of the query's dimensions.
///
/// A damaged row adds nothing: its time is read again from other rows, at last from the minute's calls.
struct RollupSums {
    private var groups = GroupedSums<DaySums.Group>()
    /// Of the step of the query that is being read, by the groups' numbers; nil: nothing of it is in this step.
    private var sums: [Sums?] = []
    private var numbers: SeriesGroups
    private let query: SumQuery
    private let day: Day
    private let database: Database
    /// Of the words that series use.
    private let texts: [Int64: String]
    private let lane: Int64?
    private let readSeries: BulkStatement
    private let readMarginals: BulkStatement?

    /// - Parameter foundDamage: called for each stretch of rows of which one is damaged.
    static func of(
        _ query: SumQuery, day: Day, _ database: Database, foundDamage: () -> Void
    ) throws -> GroupedSums<DaySums.Group> {
        let dirty = Set(try Int64.fetchAll(database, sql: "SELECT start FROM dirty_hours"))
        let isSealed =
            try dirty.isEmpty
            && Bool.fetchOne(
                database, sql: "SELECT EXISTS (SELECT 1 FROM rollups WHERE step = 86400)") ?? false
        let lane = Marginals.lane(of: query)
        let marginal = lane == nil ? [] : try Marginals.hours(of: day, database)
        let stretches = RollupStretch.cover(
            query, day: day, dirty: dirty, isSealed: isSealed, marginal: marginal, hasMinutes: lane == Marginals.none)
        var all = try RollupSums(query, day, database, lane: marginal.isEmpty ? nil : lane)
        var place = 0
        for stretch in stretches {
            if stretch.place != place { all.close(place) }
            place = stretch.place
            try all.add(stretch, foundDamage)
        }
        all.close(place)
        return all.groups
    }

    private init(_ query: SumQuery, _ day: Day, _ database: Database, lane: Int64?) throws {
        self.query = query
        self.day = day
        self.database = database
        self.lane = lane
        texts = try Self.texts(database)
        numbers = try SeriesGroups(query, texts, database)
        let columns = query.quantiles.isEmpty ? "counts" : "counts, sketches"
        readSeries = try BulkStatement(
            database, "SELECT series, \(columns) FROM rollups WHERE step = ? AND start >= ? AND start < ?")
        readMarginals = lane == nil ? nil : try Marginals.select(columns, database)
    }

    /// What belongs to one step of the query is added up before it is named.
    private mutating func close(_ place: Int) {
        for case (let number, let part?) in sums.enumerated() {
            groups.add(part, to: DaySums.Group(values: numbers.groups[number], place: place))
        }
        sums.removeAll(keepingCapacity: true)
    }

    // MARK: Stretches

    private mutating func add(_ stretch: RollupStretch, _ foundDamage: () -> Void) throws {
        let before = sums
        if try read(stretch) { return }
        foundDamage()
        sums = before
        guard let finer = stretch.finer else { return try addCalls(minute: stretch.start) }
        for part in finer { try add(part, foundDamage) }
    }

    /// - Returns: false where a row is damaged; others may have been added.
    private mutating func read(_ stretch: RollupStretch) throws -> Bool {
        var isSound = true
        if stretch.isMarginal, let lane, let readMarginals {
            try Marginals.rows(of: stretch, lane: lane, readMarginals) { row in
                guard let number = numbers.number(ofText: texts[row.integer(0)] ?? "", query) else { return }
                if !add(row, to: number) { isSound = false }
            }
        } else {
            readSeries.bind(stretch.step)
            readSeries.bind(stretch.start)
            readSeries.bind(stretch.end)
            try readSeries.rows { row in
                guard let number = numbers.number(ofSeries: row.integer(0)) else { return }
                if !add(row, to: number) { isSound = false }
            }
        }
        return isSound
    }

    private mutating func add(_ row: BulkRow, to number: Int) -> Bool {
        makePlace(number)
        return row.withBlob(1) { counts in
            if query.quantiles.isEmpty { return sums[number]?.addCounts(counts) ?? false }
            return row.withBlob(2) { sums[number]?.addRow(counts: counts, sketches: $0, query.quantiles) ?? false }
        }
    }

    private mutating func addCalls(minute: Int64) throws {
        for (series, part) in try SumsRepair.minute(minute, day, database).sums {
            guard let number = numbers.number(ofSeries: series) else { continue }
            makePlace(number)
            sums[number]? += part
        }
    }

    private mutating func makePlace(_ number: Int) {
        while sums.count <= number { sums.append(nil) }
        if sums[number] == nil { sums[number] = Sums() }
    }

    // MARK: Texts

    private static func texts(_ database: Database) throws -> [Int64: String] {
        let columns = SeriesKey.dimensions.filter { $0.dimension != .status }.map(\.column)
        let used = columns.map { "SELECT \($0) FROM series" }.joined(separator: " UNION ")
        let read = try BulkStatement(database, "SELECT id, text FROM strings WHERE id IN (\(used))")
        var result: [Int64: String] = [:]
        try read.rows { row in result[row.integer(0)] = row.text(1) }
        return result
    }
}

/// The groups of values that series and marginals belong to, by numbers.
private struct SeriesGroups {
    private(set) var groups: [[String]] = []
    private var ofSeries: [Int64: Int] = [:]
    private var ofValues: [[String]: Int] = [:]

    /// Of each series that fits the filter.
    init(_ query: SumQuery, _ texts: [Int64: String], _ database: Database) throws {
        for (id, key) in try SeriesTable.all(database) {
            func text(_ dimension: RecordDimension) -> String {
                guard let lane = SeriesKey.place(of: dimension) else { return "" }
                let number = Int64(key.numbers[lane])
                return dimension == .status ? String(number) : texts[number] ?? ""
            }
            let fits = query.filter.terms.allSatisfy { $0.fits(text($0.dimension)) }
            if fits { ofSeries[id] = number(query.dimensions.map(text)) }
        }
    }

    /// nil: it does not fit the filter.
    func number(ofSeries series: Int64) -> Int? { ofSeries[series] }

    /// Of the one dimension that the query asks for; nil: it does not fit the filter.
    mutating func number(ofText text: String, _ query: SumQuery) -> Int? {
        guard query.filter.terms.allSatisfy({ $0.fits(text) }) else { return nil }
        return number(query.dimensions.map { _ in text })
    }

    private mutating func number(_ values: [String]) -> Int {
        if let known = ofValues[values] { return known }
        ofValues[values] = groups.count
        groups.append(values)
        return groups.count - 1
    }
}
