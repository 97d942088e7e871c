import GRDB
import GRDBSQLite

/// A prepared statement that is bound column by column, without boxing a value: the way of rows in bulk.
///
/// Not thread-safe: it belongs to one connection and is used inside its accesses only.
final class BulkStatement {
    private let statement: Statement
    private let pointer: OpaquePointer
    private var column: Int32 = 0

    init(_ database: Database, _ sql: String) throws {
        statement = try database.makeStatement(sql: sql)
        pointer = statement.sqliteStatement
    }

    func bind(_ value: Int64) {
        column += 1
        sqlite3_bind_int64(pointer, column, value)
    }

    func bind(_ value: Int) { bind(Int64(value)) }

    func bind(_ value: Int64?) {
        if let value { bind(value) } else { bindNull() }
    }

    func bindNull() {
        column += 1
        sqlite3_bind_null(pointer, column)
    }

    func bind(_ text: String?) {
        guard var text else { return bindNull() }
        column += 1
        text.withUTF8 { utf8 in
            _ = utf8.withMemoryRebound(to: CChar.self) {
                sqlite3_bind_text(pointer, column, $0.baseAddress, Int32($0.count), Self.transient)
            }
        }
    }

    func bind(_ bytes: [UInt8]?) {
        guard let bytes else { return bindNull() }
        column += 1
        bytes.withUnsafeBytes {
            _ = sqlite3_bind_blob(pointer, column, $0.baseAddress, Int32($0.count), Self.transient)
        }
    }

    /// Runs it with what was bound, and is ready for the next row.
    func run() throws {
        defer { reset() }
        let code = sqlite3_step(pointer)
        guard code == SQLITE_DONE || code == SQLITE_ROW else {
            throw failure(code)
        }
    }

    /// Calls back for each row of the result.
    func rows(_ body: (BulkRow) throws -> Void) throws {
        defer { reset() }
        while true {
            switch sqlite3_step(pointer) {
            case SQLITE_ROW: try body(BulkRow(pointer: pointer))
            case SQLITE_DONE: return
            case let code: throw failure(code)
            }
        }
    }

    /// In SQLite's own words, before the statement is reset.
    private func failure(_ code: Int32) -> DatabaseError {
        let words = sqlite3_errmsg(sqlite3_db_handle(pointer)).map { String(cString: $0) }
        return DatabaseError(resultCode: ResultCode(rawValue: code), message: words)
    }

    private func reset() {
        column = 0
        sqlite3_reset(pointer)
    }

    /// SQLite makes its own copy of the bytes.
    private static let transient = unsafeBitCast(-1, to: sqlite3_destructor_type.self)
}

/// A row of a result, read column by column; valid until the next.
struct BulkRow {
    fileprivate let pointer: OpaquePointer

    func integer(_ column: Int32) -> Int64 { sqlite3_column_int64(pointer, column) }
    func isNull(_ column: Int32) -> Bool { sqlite3_column_type(pointer, column) == SQLITE_NULL }
    func optionalInteger(_ column: Int32) -> Int64? { isNull(column) ? nil : integer(column) }

    func text(_ column: Int32) -> String? {
        guard let bytes = sqlite3_column_text(pointer, column) else { return nil }
        let count = Int(sqlite3_column_bytes(pointer, column))
        return String(decoding: UnsafeBufferPointer(start: bytes, count: count), as: UTF8.self)
    }

    func withBlob<Result>(_ column: Int32, _ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
        let bytes = sqlite3_column_blob(pointer, column)
        let count = Int(sqlite3_column_bytes(pointer, column))
        return try body(UnsafeRawBufferPointer(start: bytes, count: bytes == nil ? 0 : count))
    }

    func blob(_ column: Int32) -> [UInt8]? { isNull(column) ? nil : withBlob(column) { Array($0) } }
}
