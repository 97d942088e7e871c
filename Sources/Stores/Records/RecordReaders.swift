import Core
import Foundation
import GRDB
import Synchronization

/// Connections that read days' files. Each is used by one reader at a time.
final class RecordReaders: Sendable {
    private let paths: RecordPaths
    private let open = Mutex<[Day: DatabaseQueue]>([:])

    private static let openMax = 64

    init(_ paths: RecordPaths) { self.paths = paths }

    /// - Returns: nil when the day has no file.
    func read<Result>(_ day: Day, _ body: (Database) throws -> Result) throws -> Result? {
        guard let queue = try queue(day) else { return nil }
        return try queue.read { database in
            // A file whose writer was killed while it made the tables holds nothing yet.
            guard try database.has(table: "records") else { return nil }
            return try body(database)
        }
    }

    private func queue(_ day: Day) throws -> DatabaseQueue? {
        if let known = open.withLock({ $0[day] }) { return known }
        guard paths.hasDatabase(day) else { return nil }
        let queue = try paths.open(day, readonly: true)
        open.withLock { open in
            if open.count >= Self.openMax { open.removeAll() }
            open[day] = queue
        }
        return queue
    }

    /// The day's file is gone, or another.
    func close(_ day: Day) { open.withLock { $0[day] = nil } }
}

extension Database {
    /// Asks the file each time: what the library remembers of the tables does not follow other connections.
    func has(table: String) throws -> Bool {
        try Bool.fetchOne(
            cachedStatement(sql: "SELECT EXISTS (SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?)"),
            arguments: [table]) ?? false
    }
}
