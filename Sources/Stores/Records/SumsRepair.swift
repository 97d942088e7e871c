import Core
import GRDB

/// What damaged rows of sums said, worked out anew from the rows of calls. Calls of which no row was kept are lost to
/// it.
enum SumsRepair {
    /// Sums of rows of a step, by series; and the series of which a row is damaged, which are left out of them.
    static func read(
        step: Int64, from start: Int64, to end: Int64, _ database: Database
    ) throws -> (sums: [Int64: Sums], damaged: Set<Int64>) {
        let read = try BulkStatement(
            database, "SELECT series, counts, sketches FROM rollups WHERE step = ? AND start >= ? AND start < ?")
        read.bind(step)
        read.bind(start)
        read.bind(end)
        var sums: [Int64: Sums] = [:]
        var damaged: Set<Int64> = []
        try read.rows { row in
            let series = row.integer(0)
            let isSound = row.withBlob(1) { counts in
                row.withBlob(2) { sums[series, default: Sums()].addRow(counts: counts, sketches: $0) }
            }
            if !isSound { damaged.insert(series) }
        }
        for series in damaged { sums[series] = nil }
        return (sums, damaged)
    }

    /// The sums of a minute by series: of damaged rows those of their calls.
    /// - Parameter start: seconds since 1970.
    static func minute(
        _ start: Int64, _ day: Day, _ database: Database
    ) throws -> (sums: [Int64: Sums], damaged: Set<Int64>) {
        var (sums, damaged) = try read(step: 60, from: start, to: start + 60, database)
        if !damaged.isEmpty {
            let ofCalls = try ofCalls(minute: start, day, database)
            for series in damaged { sums[series] = ofCalls[series] }
        }
        return (sums, damaged)
    }

    static func sums(_ row: RollupKey, _ day: Day, _ database: Database) throws -> Sums {
        try ofCalls(minute: row.start, day, database)[row.series] ?? Sums()
    }

    static func sums(_ row: AttributionKey, _ day: Day, _ database: Database) throws -> Sums {
        func text(_ number: Int64) throws -> String {
            try String.fetchOne(database, sql: "SELECT text FROM strings WHERE id = ?", arguments: [number]) ?? ""
        }
        let dimension: RecordDimension =
            switch row.dimension {
            case AttributionDimension.user.number: .user
            case AttributionDimension.session.number: .session
            default: .tag(try text(row.dimension))
            }
        var filter = RecordFilter(since: day.start, until: day.end)
        filter.terms = [
            RecordFilter.Term(dimension, try text(Int64(row.value))),
            RecordFilter.Term(.project, try text(Int64(row.project))),
        ]
        var result = Sums()
        try RowSums.of(SumQuery(filter, by: []), filter, day: day, database) { _, sums in result += sums }
        return result
    }

    /// By series.
    private static func ofCalls(minute: Int64, _ day: Day, _ database: Database) throws -> [Int64: Sums] {
        let series = Dictionary(
            try SeriesTable.all(database).map { ($0.key, $0.id) }, uniquingKeysWith: { first, _ in first })
        func number(_ text: String) throws -> Int32 {
            try Int32.fetchOne(
                database.cachedStatement(sql: "SELECT id FROM strings WHERE text = ?"), arguments: [text]) ?? 0
        }
        let other = try number(SeriesKey.otherWord)
        let filter = RecordFilter(since: minute * 1_000_000, until: (minute + 60) * 1_000_000)
        let query = SumQuery(filter, by: SeriesKey.dimensions.map(\.dimension), quantiles: .all)
        var result: [Int64: Sums] = [:]
        try RowSums.of(query, filter, day: day, database) { values, sums in
            var key = SeriesKey()
            for (lane, dimension) in query.dimensions.enumerated() {
                key.numbers[lane] = dimension == .status ? Int32(values[lane]) ?? 0 : try number(values[lane])
            }
            guard let id = SeriesTable.id(of: key, in: series, other: other) else { return }
            result[id, default: Sums()] += sums
        }
        return result
    }
}
