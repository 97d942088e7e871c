import Core
import GRDB

/// Sums by one dimension alone, and by none, of each quarter of an hour and each hour that is over: what most charts
/// ask is tens of rows an hour then, where there are thousands of series.
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
            database,
            """
            INSERT OR REPLACE INTO marginals (dimension, step, start, value, counts, sketches)
            VALUES (?, ?, ?, ?, ?, ?)
            """)
    }

    /// - Parameter sums: of the step, by series.
    func put(_ sums: [Int64: Sums], step: Int64, start: Int64) throws {
        var found: [Key: Sums] = [:]
        for (id, sums) in sums {
            guard let key = series[id] else { continue }
            found[Key(lane: Self.none, value: 0), default: Sums()] += sums
            for lane in Self.lanes { found[Key(lane: Int64(lane), value: key.numbers[lane]), default: Sums()] += sums }
        }
        for (key, sums) in found {
            statement.bind(key.lane)
            statement.bind(step)
            statement.bind(start)
            statement.bind(Int64(key.value))
            statement.bind(sums.encodedCounts)
            statement.bind(sums.encodedSketches)
            try statement.run()
        }
    }

    // MARK: Reading

    /// The dimension by whose sums a query can be answered, as it stands in the table; nil: it asks for more than one.
    static func lane(of query: SumQuery) -> Int64? {
        let asked = Set(query.dimensions + query.filter.terms.map(\.dimension))
        guard let dimension = asked.first else { return none }
        guard asked.count == 1, let lane = SeriesKey.place(of: dimension), lanes.contains(lane) else { return nil }
        return Int64(lane)
    }

    /// Hours that have such sums, in seconds since 1970; those of an older program's days have none.
    static func hours(_ database: Database) throws -> Set<Int64> {
        guard try database.has(table: "marginals") else { return [] }
        return Set(
            try Int64.fetchAll(
                database, sql: "SELECT start FROM marginals WHERE dimension = ? AND step = 3600", arguments: [none]))
    }

    static func select(_ columns: String, _ database: Database) throws -> BulkStatement {
        try BulkStatement(
            database,
            "SELECT value, \(columns) FROM marginals WHERE dimension = ? AND step = ? AND start >= ? AND start < ?")
    }
}
