import Core
import GRDB

/// Sums of a longer step out of those of a shorter one, when its time is over.
enum RollupSeal {
    static func seal(_ database: Database, _ day: Day, now: Int64) throws {
        let currentHour = now / 3_600_000_000 * 3600
        let hours = try Int64.fetchAll(
            database, sql: "SELECT start FROM dirty_hours WHERE start < ? ORDER BY start", arguments: [currentHour])
        if !hours.isEmpty {
            let marginals = try Marginals(database)
            for hour in hours { try seal(hour: hour, marginals, database) }
            try database.execute(sql: "DELETE FROM dirty_hours WHERE start < ?", arguments: [currentHour])
        }
        // Also of a day whose last hour was silent.
        guard day.end / 1_000_000 <= currentHour else { return }
        let isSealed = try Bool.fetchOne(database, sql: "SELECT EXISTS (SELECT 1 FROM rollups WHERE step = 86400)")
        if !hours.isEmpty || isSealed != true {
            let start = day.start / 1_000_000
            try put(sums(of: 3600, from: start, to: start + 86_400, database), step: 86_400, start: start, database)
        }
    }

    private static func seal(hour: Int64, _ marginals: Marginals, _ database: Database) throws {
        var whole: [Int64: Sums] = [:]
        for start in stride(from: hour, to: hour + 3600, by: Int(Marginals.quarter)) {
            var quarter: [Int64: Sums] = [:]
            for minute in stride(from: start, to: start + Marginals.quarter, by: 60) {
                let sums = try sums(of: 60, from: minute, to: minute + 60, database)
                try marginals.putTotal(sums, step: 60, start: minute)
                quarter.merge(sums) { $0 + $1 }
            }
            try marginals.put(quarter, step: Marginals.quarter, start: start)
            whole.merge(quarter) { $0 + $1 }
        }
        try marginals.put(whole, step: 3600, start: hour)
        try put(whole, step: 3600, start: hour, database)
    }

    /// By series.
    private static func sums(
        of step: Int64, from start: Int64, to end: Int64, _ database: Database
    ) throws -> [Int64: Sums] {
        let read = try BulkStatement(
            database, "SELECT series, counts, sketches FROM rollups WHERE step = ? AND start >= ? AND start < ?")
        read.bind(step)
        read.bind(start)
        read.bind(end)
        var sums: [Int64: Sums] = [:]
        try read.rows { row in
            let series = row.integer(0)
            if let part = row.withBlob(1, { Sums(counts: $0) }) { sums[series, default: Sums()] += part }
            _ = row.withBlob(2) { sums[series, default: Sums()].addSketches($0) }
        }
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
