import Core
import GRDB

/// The index of a day's previews by words: made piece by piece when the day is over, and used when it is whole.
///
/// To keep it while the day is written would cost each record several times what its row does. A day without one is
/// searched row by row. It only narrows down: what it finds is looked at again, so that both ways find the same. It has
/// no texts of its own, but words: an erasure drops it whole, and it is made anew.
enum WordIndex {
    private static let next = "words_next"
    private static let complete = "words_complete"

    static func isComplete(_ database: Database) throws -> Bool { try value(complete, database) != nil }

    /// Whether a part of it was made.
    static func isBegun(_ database: Database) throws -> Bool {
        try isComplete(database) || value(next, database) != nil
    }

    /// Takes in the next rows.
    /// - Returns: whether it is whole.
    static func extend(_ database: Database, rowsMax: Int) throws -> Bool {
        guard try !isComplete(database) else { return true }
        if try value(next, database) == nil { try begin(database) }
        let after = try value(next, database).flatMap { Int64($0) } ?? -1
        let rows = try Row.fetchAll(
            database,
            sql: """
                SELECT record, request_preview, response_preview FROM records
                WHERE record > ? ORDER BY record LIMIT ?
                """,
            arguments: [after, rowsMax])
        let insertRow = try database.cachedStatement(sql: "INSERT INTO words_rows (record) VALUES (?)")
        let insertWords = try database.cachedStatement(sql: "INSERT INTO words (rowid, text) VALUES (?, ?)")
        for row in rows {
            let record: Int64 = row[0]
            try insertRow.execute(arguments: [record])
            let words = [row[1], row[2]].compactMap { $0 as String? }.flatMap { TextWords.folded($0) }
            try insertWords.execute(arguments: [database.lastInsertedRowID, String(decoding: words, as: UTF8.self)])
        }
        let isWhole = rows.count < rowsMax
        let reached = rows.last.map { $0[0] as Int64 } ?? after
        try set(isWhole ? complete : next, "\(reached)", database)
        return isWhole
    }

    /// Rows have numbers of their own there, from 1 on: small numbers next to each other take a byte, a record's key
    /// takes ten.
    private static func begin(_ database: Database) throws {
        try drop(database)
        try database.execute(
            sql: """
                CREATE TABLE words_rows (number INTEGER PRIMARY KEY, record INTEGER NOT NULL);
                CREATE VIRTUAL TABLE words USING fts5(text, content='', detail=none, columnsize=0, tokenize='ascii');
                """)
    }

    /// Nobody asks it any more; it is made anew.
    static func invalidate(_ database: Database) throws {
        try database.execute(sql: "DELETE FROM meta WHERE name IN (?, ?)", arguments: [next, complete])
    }

    static func drop(_ database: Database) throws {
        try invalidate(database)
        try database.execute(sql: "DROP TABLE IF EXISTS words; DROP TABLE IF EXISTS words_rows")
    }

    private static func value(_ name: String, _ database: Database) throws -> String? {
        try String.fetchOne(
            database.cachedStatement(sql: "SELECT value FROM meta WHERE name = ?"), arguments: [name])
    }

    private static func set(_ name: String, _ value: String, _ database: Database) throws {
        try database.execute(
            sql: "INSERT OR REPLACE INTO meta (name, value) VALUES (?, ?)", arguments: [name, value])
    }
}
