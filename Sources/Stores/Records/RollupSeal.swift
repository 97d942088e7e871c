import Core
import GRDB

/// Sums of a longer step out of those of a shorter one, when its time is over.
enum RollupSeal {
    static func seal(_ database: Database, _ day: Day, now: Int64) throws {
        let currentHour = now / 3_600_000_000 * 3600
        let hours = try Int64.fetchAll(
            database, sql: "SELECT start FROM dirty_hours WHERE start < ? ORDER BY start", arguments: [currentHour])
        if !hours.isEmpty {
            try seal(hours, day, database)
            try database.execute(sql: "DELETE FROM dirty_hours WHERE start < ?", arguments: [currentHour])
        }
        // Also of a day whose last hour was silent.
        guard day.end / 1_000_000 <= currentHour else { return }
        let isSealed = try Bool.fetchOne(database, sql: "SELECT EXISTS (SELECT 1 FROM rollups WHERE step = 86400)")
        if !hours.isEmpty || isSealed != true {
            try seal(day, database)
        }
    }

    private static func seal(_ hours: [Int64], _ day: Day, _ database: Database) throws {
        let marginals = try Marginals(database)
        for hour in hours { try seal(hour: hour, day, marginals, database) }
    }

    private static func seal(hour: Int64, _ day: Day, _ marginals: Marginals, _ database: Database) throws {
        var whole: [Int64: Sums] = [:]
        for start in stride(from: hour, to: hour + 3600, by: Int(Marginals.quarter)) {
            var quarter: [Int64: Sums] = [:]
            for minute in stride(from: start, to: start + Marginals.quarter, by: 60) {
                let sums = try repaired(minute, day, database)
                try marginals.putTotal(sums, step: 60, start: minute)
                quarter.merge(sums) { $0 + $1 }
            }
            try marginals.put(quarter, step: Marginals.quarter, start: start)
            whole.merge(quarter) { $0 + $1 }
        }
        try marginals.put(whole, step: 3600, start: hour)
        try put(whole, step: 3600, start: hour, database)
    }

    private static func seal(_ day: Day, _ database: Database) throws {
        let start = day.start / 1_000_000
        var (sums, damaged) = try SumsRepair.read(step: 3600, from: start, to: start + 86_400, database)
        if !damaged.isEmpty {
            try seal(Array(stride(from: start, to: start + 86_400, by: 3600)), day, database)
            sums = try SumsRepair.read(step: 3600, from: start, to: start + 86_400, database).sums
        }
        try put(sums, step: 86_400, start: start, database)
    }

    /// A minute by series. Rows of it that are damaged are made anew first: what is sealed over them stays wrong.
    private static func repaired(_ minute: Int64, _ day: Day, _ database: Database) throws -> [Int64: Sums] {
        let (sums, damaged) = try SumsRepair.minute(minute, day, database)
        guard !damaged.isEmpty else { return sums }
        for series in damaged {
            try database.execute(
                sql: "DELETE FROM rollups WHERE step = 60 AND start = ? AND series = ?", arguments: [minute, series])
        }
        try put(sums.filter { damaged.contains($0.key) }, step: 60, start: minute, database)
        return sums
    }

    private static func put(_ sums: [Int64: Sums], step: Int64, start: Int64, _ database: Database) throws {
        let put = try BulkStatement(
            database, "INSERT OR REPLACE INTO rollups (step, start, series, counts, sketches) VALUES (?, ?, ?, ?, ?)")
        for (series, sums) in sums.sorted(by: { $0.key < $1.key }) {
            put.bind(step)
            put.bind(start)
            put.bind(series)
            put.bind(sums.encodedCounts)
            put.bind(sums.encodedSketches)
            try put.run()
        }
    }
}
