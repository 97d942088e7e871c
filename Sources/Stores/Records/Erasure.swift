import Core
import Crypto
import Foundation
import GRDB

/// Takes a user or a session out of a day: its rows, its bodies, its name. The sums stay, under no name.
enum Erasure {
    /// - Parameter traces: takes the traces that the rows stood in.
    /// - Returns: how many rows went.
    static func erase(
        _ term: RecordFilter.Term, project: String, day: Day, _ file: DayFile, paths: RecordPaths, key: SymmetricKey?,
        traces: inout Set<TraceID>
    ) throws -> Int {
        guard [.user, .session].contains(term.dimension) else {
            throw StoreError.invalid("Only a user or a session can be erased.")
        }
        var found: Set<TraceID> = []
        let (count, stale) = try file.rewrite { database -> (Int, UInt64?) in
            guard let word = try number(term.value, database), let project = try number(project, database) else {
                return (0, nil)
            }
            let chosen = "SELECT record FROM records WHERE \(term.dimension) = \(word) AND project = \(project)"
            found = try Self.traces(of: chosen, database)
            for table in ["attempts", "traces", "feedback"] {
                try database.execute(sql: "DELETE FROM \(table) WHERE record IN (\(chosen))")
            }
            try database.execute(sql: "DELETE FROM records WHERE record IN (\(chosen))")
            let count = database.changesCount
            guard count > 0 else { return (0, nil) }
            try WordIndex.drop(database)
            try forget(word, database)
            let generation = try PackGeneration.current(database)
            try rewriteBodies(day, from: generation, database, paths: paths, key: key)
            return (count, generation)
        }
        if let stale { try paths.deletePacks(day, generation: stale) }
        traces.formUnion(found)
        return count
    }

    /// Takes out spans that name the user or session, and those of traces that erased calls stood in.
    static func eraseSpans(
        _ term: RecordFilter.Term, project: String, traces: Set<TraceID>, _ file: DayFile
    ) throws {
        try file.rewrite { database in
            try database.execute(
                sql: "DELETE FROM spans WHERE project = ? AND \(term.dimension) = ?", arguments: [project, term.value])
            let statement = try database.makeStatement(sql: "DELETE FROM spans WHERE trace = ? AND project = ?")
            for trace in traces { try statement.execute(arguments: [Data(trace.bytes), project]) }
        }
    }

    /// A call that began its trace has the trace's id for its own.
    private static func traces(of chosen: String, _ database: Database) throws -> Set<TraceID> {
        let rows = try Row.fetchAll(
            database,
            sql: "SELECT id_high, id_low, trace FROM records WHERE record IN (\(chosen))")
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

    /// A name that no row uses any more is not kept either; sums by it have none.
    private static func forget(_ word: Int64, _ database: Database) throws {
        let isUsed = try Bool.fetchOne(
            database, sql: "SELECT EXISTS (SELECT 1 FROM records WHERE user = ?1 OR session = ?1)", arguments: [word])
        guard isUsed == false else { return }
        try database.execute(
            sql: "UPDATE strings SET text = ? WHERE id = ?", arguments: ["__erased_\(word)__", word])
    }

    /// Copies what is still referred to into packs of a new generation: chunks are shared, so none can just be cut out.
    private static func rewriteBodies(
        _ day: Day, from generation: UInt64, _ database: Database, paths: RecordPaths, key: SymmetricKey?
    ) throws {
        let next = generation + 1
        var packs: [String: PackWriter] = [:]
        let rows = try Row.fetchAll(
            database,
            sql: """
                SELECT record, (SELECT text FROM strings WHERE id = project) AS project, request_body, response_body
                FROM records WHERE request_body IS NOT NULL OR response_body IS NOT NULL
                """)
        for row in rows {
            let project: String = row["project"] ?? ""
            let pack: PackWriter
            if let known = packs[project] {
                pack = known
            } else {
                pack = try PackWriter(
                    path: try paths.makePack(day, project: project, generation: next), generation: next, key: key)
                packs[project] = pack
            }
            let reader = try PackReader(path: paths.pack(day, project: project, generation: generation), key: key)
            for column in ["request_body", "response_body"] {
                guard let bytes: Data = row[column], let manifest = BodyManifest([UInt8](bytes)) else { continue }
                let moved = try reader.body(manifest).withUnsafeBytes { try pack.add($0) }
                try database.execute(
                    sql: "UPDATE records SET \(column) = ? WHERE record = ?",
                    arguments: [Data(moved.encoded), row["record"] as Int64])
            }
        }
        for pack in packs.values { try pack.sync() }
        try PackGeneration.set(next, database)
    }
}
