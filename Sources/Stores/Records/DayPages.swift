import Core
import Foundation
import GRDB

/// Reads records of one day.
enum DayPages {
    /// Records before a key, newest first.
    static func page(
        _ filter: RecordFilter, day: Day, before: Int64?, limit: Int, _ database: Database
    ) throws -> [(key: Int64, record: StoredRecord)] {
        guard var condition = try FilterSQL.condition(filter, in: day, attempt: "r", database) else { return [] }
        if let before {
            condition.sql += " AND r.record < ?"
            condition.arguments.append(before)
        }
        return try records(
            "WHERE \(condition.sql) ORDER BY r.record DESC LIMIT \(limit)", condition.arguments, database)
    }

    static func record(_ id: ExchangeID, _ database: Database) throws -> StoredRecord? {
        let (condition, arguments) = place(of: id)
        return try records("WHERE \(condition)", arguments, database).first?.record
    }

    static func trace(_ id: TraceID, limit: Int, _ database: Database) throws -> [StoredRecord] {
        try records(
            "WHERE r.record IN (SELECT record FROM traces WHERE trace = ? ORDER BY record LIMIT ?) ORDER BY r.record",
            [Data(id.bytes), limit], database
        ).map(\.record)
    }

    static func firstCall(of trace: TraceID, project: String, _ database: Database) throws -> ExchangeID? {
        let row = try Row.fetchOne(
            database,
            sql: """
                SELECT r.id_high, r.id_low FROM traces t JOIN records r ON r.record = t.record
                WHERE t.trace = ? AND r.project = (SELECT id FROM strings WHERE text = ?) ORDER BY t.record LIMIT 1
                """, arguments: [Data(trace.bytes), project])
        return row.map {
            ExchangeID(
                high: UInt64(bitPattern: $0["id_high"] as Int64), low: UInt64(bitPattern: $0["id_low"] as Int64))
        }
    }

    static func manifest(
        _ id: ExchangeID, _ side: BodySide, _ database: Database
    ) throws -> (project: String, manifest: BodyManifest)? {
        let (condition, arguments) = place(of: id)
        let row = try Row.fetchOne(
            database,
            sql: """
                SELECT (SELECT text FROM strings WHERE id = r.project) AS project, r.\(side.rawValue)_body AS body
                FROM records r WHERE \(condition)
                """,
            arguments: StatementArguments(arguments))
        guard let row, let bytes: Data = row["body"] else { return nil }
        guard let manifest = BodyManifest([UInt8](bytes)) else {
            throw StoreError.unavailable("The record's row is damaged.")
        }
        return (row["project"] ?? "", manifest)
    }

    /// The key of a call's row.
    static func key(of id: ExchangeID, _ database: Database) throws -> Int64? {
        let (condition, arguments) = place(of: id)
        return try Int64.fetchOne(
            database, sql: "SELECT r.record FROM records r WHERE \(condition)",
            arguments: StatementArguments(arguments))
    }

    private static func place(of id: ExchangeID) -> (String, [any DatabaseValueConvertible]) {
        let first = (id.unixMilliseconds % 86_400_000) << 36
        return (
            "r.record >= ? AND r.record < ? AND r.id_high = ? AND r.id_low = ?",
            [first, first + 1 << 36, Int64(bitPattern: id.high), Int64(bitPattern: id.low)]
        )
    }

    private static func records(
        _ clause: String, _ arguments: [any DatabaseValueConvertible], _ database: Database
    ) throws -> [(key: Int64, record: StoredRecord)] {
        let rows = try Row.fetchAll(
            database, sql: "SELECT \(try RecordRow.selection(database)) FROM records r \(clause)",
            arguments: StatementArguments(arguments))
        return try rows.map { row in
            let key: Int64 = row["record"]
            let earlier = (row["attempt"] as Int) > 1 ? try earlierAttempts(key, database) : []
            return (key, RecordRow.record(row, earlier: earlier))
        }
    }

    private static func earlierAttempts(_ key: Int64, _ database: Database) throws -> [AttemptRecord] {
        try Row.fetchAll(
            database,
            sql: "SELECT \(RecordRow.attemptSelection(of: "a")) FROM attempts a WHERE a.record = ? ORDER BY a.place",
            arguments: [key]
        ).map(RecordRow.attempt)
    }
}
