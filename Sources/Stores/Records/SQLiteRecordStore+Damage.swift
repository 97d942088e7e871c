import Core
import GRDB
import Synchronization

/// What becomes of a day's file that is broken itself: only what SQLite says is corrupt or no database, not what is out
/// of reach.
extension SQLiteRecordStore {
    /// Reads a day's file. One that proves damaged, twice, is set aside: other days have their answers, and this one
    /// goes on in a new file.
    /// - Returns: nil when the day has no file, or no longer.
    func readDay<Result>(_ day: Day, _ body: (Database) throws -> Result) throws -> Result? {
        do {
            return try readers.read(day, body)
        } catch let error as DatabaseError where error.isDamageOfRows {
            var result: Result?
            try writers.withLock { writers in
                // Another may have set it aside meanwhile: what is there now is a new one.
                readers.close(day)
                do {
                    result = try readers.read(day, body)
                } catch let error as DatabaseError where error.isDamageOfRows {
                    try setAside(day, &writers)
                    _ = try writer(day, &writers)
                }
            }
            return result
        }
    }

    /// Nobody else writes meanwhile. Where the file proves damaged, the body runs again with a new one.
    func withWriter<Result>(of day: Day, _ body: (DayFile) throws -> Result) throws -> Result {
        try writers.withLock { writers in
            do {
                return try body(writer(day, &writers))
            } catch let error as DatabaseError where error.isDamage {
                try setAside(day, &writers)
                return try body(writer(day, &writers))
            }
        }
    }

    /// - Throws: where the files are another program's, which has them open.
    func setAside(_ day: Day, _ writers: inout [Day: DayFile]) throws {
        guard setsDamagedAside else {
            throw StoreError.unavailable(
                "The file \(paths.database(day)) is damaged. The server sets it aside when it reads it.")
        }
        writers[day] = nil
        readers.close(day)
        try paths.setAside(day)
        damage.note(.file, of: day)
    }
}

extension DatabaseError {
    /// The file itself is broken, not only out of reach.
    var isDamage: Bool { [.SQLITE_CORRUPT, .SQLITE_NOTADB].contains(resultCode) }

    /// Not only its index of words.
    fileprivate var isDamageOfRows: Bool { isDamage && extendedResultCode != .SQLITE_CORRUPT_VTAB }
}
