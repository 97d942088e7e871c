import Core
import GRDB

/// Sums by one dimension alone, and by none, of each quarter of an hour and each hour that is over: what most charts
/// ask is tens of rows an hour then, where there are thousands of series. By none, of each minute as well.
struct Marginals {
    /// Seconds.
    static let quarter: Int64 = 900
    /// What stands for no dimension.
    static let none: Int64 = -1

    /// Places of dimensions in `SeriesKey` that have sums of their own.
    private static let lanes: [Int] = [
        RecordDimension.project, .key, .team, .feature, .environment, .prompt, .model, .provider, .region, .endpoint,
        .outcome, .errorCode,
    ].compactMap(SeriesKey.place)

    private struct Key: Hashable {
        var lane: Int64
        var value: Int32
    }

    private let series: [Int64: SeriesKey]
    private let statement: BulkStatement

    init(_ database: Database) throws {
        series = Dictionary(uniqueKeysWithValues: try SeriesTable.all(database).map { ($0.id, $0.key) })
        statement = try BulkStatement(
            database, "INSERT OR REPLACE INTO marginal_sums (place, counts, sketches) VALUES (?, ?, ?)")
    }

    /// - Parameter sums: of the step, by series.
    func put(_ sums: [Int64: Sums], step: Int64, start: Int64) throws {
        var found: [Key: Sums] = [:]
        for (id, sums) in sums {
            guard let key = series[id] else { continue }
            for lane in Self.lanes { found[Key(lane: Int64(lane), value: key.numbers[lane]), default: Sums()] += sums }
        }
        try putTotal(sums, step: step, start: start)
        // In the table's order: pages that are filled from the end have no gaps.
        let rows = found.map { (place: Self.first(step, start, lane: $0.lane) | Int64($0.value), sums: $1) }
        for row in rows.sorted(by: { $0.place < $1.place }) { try put(row.sums, row.place) }
    }

    /// By none.
    func putTotal(_ sums: [Int64: Sums], step: Int64, start: Int64) throws {
        guard !sums.isEmpty else { return }
        let total = sums.values.reduce(into: Sums()) { $0 += $1 }
        try put(total, Self.first(step, start, lane: Self.none))
    }

    private func put(_ sums: Sums, _ place: Int64) throws {
        statement.bind(place)
        statement.bind(sums.encodedCounts)
        statement.bind(sums.encodedSketches)
        try statement.run()
    }

    // MARK: Places

    /// A row's number says what it is of: the minute of the day at its end, the step, the dimension and its value's
    /// number. So new rows go to the end of the table; and a table that is ordered by number leaves rows whole that are
    /// bigger than a quarter of a page.
    private static func first(_ step: Int64, _ start: Int64, lane: Int64) -> Int64 {
        let end = (start % 86_400 + step) / 60
        let length: Int64 = step == 3600 ? 2 : step == quarter ? 1 : 0
        return ((end << 2 | length) << 5 | (lane + 1)) << valueBits
    }

    private static let valueBits: Int64 = 32

    // MARK: Reading

    /// The dimension by whose sums a query can be answered, as it stands in the table; nil: it asks for more than one.
    static func lane(of query: SumQuery) -> Int64? {
        let asked = Set(query.dimensions + query.filter.terms.map(\.dimension))
        guard let dimension = asked.first else { return none }
        guard asked.count == 1, let lane = SeriesKey.place(of: dimension), lanes.contains(lane) else { return nil }
        return Int64(lane)
    }

    /// Hours that have such sums, in seconds since 1970; those of an older program's days have none.
    static func hours(of day: Day, _ database: Database) throws -> Set<Int64> {
        guard try database.has(table: "marginal_sums") else { return [] }
        let start = day.start / 1_000_000
        let hours = stride(from: start, to: start + 86_400, by: 3600)
        let find = try BulkStatement(database, "SELECT 1 FROM marginal_sums WHERE place = ?")
        return Set(
            try hours.filter { hour in
                var isThere = false
                find.bind(first(3600, hour, lane: none))
                try find.rows { _ in isThere = true }
                return isThere
            })
    }

    static func select(_ columns: String, _ database: Database) throws -> BulkStatement {
        try BulkStatement(
            database,
            "SELECT place & \(1 << valueBits - 1), \(columns) FROM marginal_sums WHERE place >= ? AND place < ?")
    }

    /// Runs what `select` gave for each step of a stretch.
    static func rows(
        of stretch: RollupStretch, lane: Int64, _ select: BulkStatement, _ body: (BulkRow) throws -> Void
    ) throws {
        for start in stride(from: stretch.start, to: stretch.end, by: Int(stretch.step)) {
            let first = first(stretch.step, start, lane: lane)
            select.bind(first)
            select.bind(first + 1 << valueBits)
            try select.rows(body)
        }
    }
}
