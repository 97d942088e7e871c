import Core
import Foundation
import GRDB

/// Takes a user or a session out of a day: its rows, its bodies, its name. The sums stay, as those of calls without
/// one.
enum Erasure {
    /// Takes out the rows, and begins a new generation of packs where some went: their bodies are gone when those that
    /// stay have moved into it (`BodyMove`).
    /// - Returns: how many rows went.
    static func erase(_ term: RecordFilter.Term, project: String, _ file: DayFile) throws -> Int {
        guard let dimension = AttributionDimension(erasable: term.dimension) else {
            throw StoreError.invalid("Only a user or a session can be erased.")
        }
        return try file.rewrite { database in
            guard let word = try number(term.value, database), let project = try number(project, database) else {
                return 0
            }
            let chosen = "SELECT record FROM records WHERE \(term.dimension) = \(word) AND project = \(project)"
            for table in ["attempts", "traces", "feedback"] {
                try database.execute(sql: "DELETE FROM \(table) WHERE record IN (\(chosen))")
            }
            try database.execute(sql: "DELETE FROM records WHERE record IN (\(chosen))")
            let count = database.changesCount
            // Also of calls that have no row: what no attribution names counts as nobody's.
            try database.execute(
                sql: "DELETE FROM attributions WHERE dimension = ? AND value = ? AND project = ?",
                arguments: [dimension.number, word, project])
            try forget(word, database)
            guard count > 0 else { return 0 }
            try WordIndex.drop(database)
            try PackGeneration.begin(database)
            return count
        }
    }

    /// Takes out spans that name the user or session, and spans of and feedback on traces that erased calls stood in.
    static func eraseTraces(
        _ term: RecordFilter.Term, project: String, traces: Set<TraceID>, _ file: DayFile
    ) throws {
        try file.rewrite { database in
            try database.execute(
                sql: "DELETE FROM spans WHERE project = ? AND \(term.dimension) = ?", arguments: [project, term.value])
            for table in ["spans", "feedback"] {
                let statement = try database.makeStatement(sql: "DELETE FROM \(table) WHERE trace = ? AND project = ?")
                for trace in traces { try statement.execute(arguments: [Data(trace.bytes), project]) }
            }
        }
    }

    /// Traces that the rows stand in. A call that began its trace has the trace's id for its own.
    static func traces(_ term: RecordFilter.Term, project: String, _ database: Database) throws -> Set<TraceID> {
        guard AttributionDimension(erasable: term.dimension) != nil else { return [] }
        let rows = try Row.fetchAll(
            database,
            sql: """
                SELECT id_high, id_low, trace FROM records
                WHERE \(term.dimension) = (SELECT id FROM strings WHERE text = ?)
                AND project = (SELECT id FROM strings WHERE text = ?)
                """, arguments: [term.value, project])
        return Set(
            rows.map { row in
                let trace = (row["trace"] as Data?).flatMap { TraceID(bytes: Array($0)) }
                return trace
                    ?? TraceID(
                        high: UInt64(bitPattern: row["id_high"] as Int64),
                        low: UInt64(bitPattern: row["id_low"] as Int64))
            })
    }

    private static func number(_ text: String, _ database: Database) throws -> Int64? {
        try Int64.fetchOne(database, sql: "SELECT id FROM strings WHERE text = ?", arguments: [text])
    }

    /// A text that nothing uses any more is not kept either. One that something else is called by stays: it says
    /// nothing of the user then.
    private static func forget(_ word: Int64, _ database: Database) throws {
        let uses =
            uses(of: DaySchema.recordColumns, in: "records") + uses(of: DaySchema.attemptColumns, in: "attempts")
            + uses(of: DaySchema.seriesColumns, in: "series") + [
                "SELECT 1 FROM attributions WHERE ?1 IN (dimension, value)"
            ]
        let isUsed = try uses.contains { use in
            try Bool.fetchOne(database, sql: "SELECT EXISTS (\(use))", arguments: [word]) ?? true
        }
        guard !isUsed else { return }
        try database.execute(
            sql: "UPDATE strings SET text = ? WHERE id = ?", arguments: ["__erased_\(word)__", word])
    }

    private static func uses(of columns: [String], in table: String) -> [String] {
        let words = DaySchema.names(columns).filter { DaySchema.wordColumns.contains($0) }
        return words.isEmpty ? [] : ["SELECT 1 FROM \(table) WHERE ?1 IN (\(words.joined(separator: ", ")))"]
    }
}
