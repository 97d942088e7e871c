import Core
import GRDB

/// The sums of a series in a minute.
struct RollupKey: Hashable {
    /// Seconds since 1970.
    var start: Int64
    var series: Int64
}

/// The day's sums of a user, a session or a tag of one project.
struct AttributionKey: Hashable {
    var dimension: Int64
    var value: Int32
    var project: Int32
}

/// Reads and writes single rows of a day's sums, inside a transaction.
final class RollupRows {
    private let findMinute: BulkStatement
    private let putMinute: BulkStatement
    private let findAttribution: BulkStatement
    private let putAttribution: BulkStatement
    private let markHour: BulkStatement

    init(_ database: Database) throws {
        findMinute = try BulkStatement(
            database, "SELECT counts, sketches FROM rollups WHERE step = 60 AND start = ? AND series = ?")
        putMinute = try BulkStatement(
            database,
            "INSERT OR REPLACE INTO rollups (step, start, series, counts, sketches) VALUES (60, ?, ?, ?, ?)")
        findAttribution = try BulkStatement(
            database, "SELECT counts FROM attributions WHERE dimension = ? AND value = ? AND project = ?")
        putAttribution = try BulkStatement(
            database, "INSERT OR REPLACE INTO attributions (dimension, value, project, counts) VALUES (?, ?, ?, ?)")
        markHour = try BulkStatement(database, "INSERT OR IGNORE INTO dirty_hours (start) VALUES (?)")
    }

    /// - Returns: nil for a damaged row.
    func sums(_ row: RollupKey) throws -> Sums? {
        var sums = Sums()
        var isSound = true
        findMinute.bind(row.start)
        findMinute.bind(row.series)
        try findMinute.rows { found in
            isSound = found.withBlob(0) { counts in
                found.withBlob(1) { sums.addRow(counts: counts, sketches: $0) }
            }
        }
        return isSound ? sums : nil
    }

    /// - Returns: nil for a damaged row.
    func sums(_ row: AttributionKey) throws -> Sums? {
        var sums: Sums? = Sums()
        findAttribution.bind(row.dimension)
        findAttribution.bind(Int64(row.value))
        findAttribution.bind(Int64(row.project))
        try findAttribution.rows { found in sums = found.withBlob(0) { Sums(counts: $0) } }
        return sums
    }

    func put(_ sums: Sums, _ row: RollupKey) throws {
        putMinute.bind(row.start)
        putMinute.bind(row.series)
        putMinute.bind(sums.encodedCounts)
        putMinute.bind(sums.encodedSketches)
        try putMinute.run()
    }

    func put(_ sums: Sums, _ row: AttributionKey) throws {
        putAttribution.bind(row.dimension)
        putAttribution.bind(Int64(row.value))
        putAttribution.bind(Int64(row.project))
        putAttribution.bind(sums.encodedCounts)
        try putAttribution.run()
    }

    /// The hour's own sums are to be worked out anew.
    func mark(hour: Int64) throws {
        markHour.bind(hour)
        try markHour.run()
    }
}
