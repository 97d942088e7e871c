import Core
import GRDB

/// The series of a day's file.
enum SeriesTable {
    static func all(_ database: Database) throws -> [(id: Int64, key: SeriesKey)] {
        let columns = SeriesKey.dimensions.map(\.column).joined(separator: ", ")
        let statement = try BulkStatement(database, "SELECT id, \(columns) FROM series")
        var result: [(id: Int64, key: SeriesKey)] = []
        try statement.rows { row in
            var key = SeriesKey()
            for lane in 0..<16 { key.numbers[lane] = Int32(truncatingIfNeeded: row.integer(Int32(lane + 1))) }
            result.append((row.integer(0), key))
        }
        return result
    }

    /// The series that a call's sums stand in, which past the limits is a coarser one.
    /// - Parameter other: the number of `SeriesKey.otherWord`.
    static func id(of key: SeriesKey, in series: [SeriesKey: Int64], other: Int32) -> Int64? {
        series[key] ?? series[key.reduced(to: other)] ?? series[key.reducedWithKey(to: other)]
    }
}
