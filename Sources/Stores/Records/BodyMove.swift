import Core
import Crypto
import Foundation
import GRDB

/// Copies the bodies that an erasure leaves into packs of the day's new generation: chunks are shared, so none can just
/// be cut out. A bounded part at a time, so that nobody waits long for the store.
struct BodyMove {
    private let day: Day
    private let paths: RecordPaths
    private let key: SymmetricKey?
    /// The key of the last row that was looked at.
    private var position: Int64 = -1
    /// The key of the last row that was there at the beginning: later ones refer to the new generation.
    private var last: Int64?
    private var readers: [String: PackReader] = [:]

    /// Of one part.
    static let bytesMax = 4 << 20
    private static let rowsMax = 1000

    init(_ day: Day, paths: RecordPaths, key: SymmetricKey?) {
        self.day = day
        self.paths = paths
        self.key = key
    }

    /// Copies the next part; the files of older generations go with the last.
    /// - Returns: whether there is more.
    mutating func step(_ file: DayFile) throws -> Bool {
        let done = try file.addToPacks { database, pack in
            let generation = try PackGeneration.current(database)
            guard try PackGeneration.isMoving(database) else { return UInt64?.some(generation) }
            let rows = try nextRows(database)
            guard !rows.isEmpty else {
                try PackGeneration.finishMove(database)
                return generation
            }
            var bytes = 0
            for row in rows where bytes < Self.bytesMax {
                bytes += try move(row, to: generation, database, pack)
                position = row["record"]
            }
            return nil
        }
        if let done { try paths.deletePacks(day, before: done) }
        return done == nil
    }

    private mutating func nextRows(_ database: Database) throws -> [Row] {
        let last = try last ?? Int64.fetchOne(database, sql: "SELECT max(record) FROM records") ?? -1
        self.last = last
        return try Row.fetchAll(
            database,
            sql: """
                SELECT record, (SELECT text FROM strings WHERE id = project) AS project, request_body, response_body
                FROM records WHERE record > ? AND record <= ?
                AND (request_body IS NOT NULL OR response_body IS NOT NULL) ORDER BY record LIMIT ?
                """, arguments: [position, last, Self.rowsMax])
    }

    /// - Returns: how many bytes were copied.
    private mutating func move(
        _ row: Row, to generation: UInt64, _ database: Database, _ pack: (String) throws -> PackWriter
    ) throws -> Int {
        var bytes = 0
        let project: String = row["project"] ?? ""
        for column in ["request_body", "response_body"] {
            guard let encoded: Data = row[column], let manifest = BodyManifest([UInt8](encoded)),
                manifest.generation < generation
            else { continue }
            let body = try body(manifest, project)
            let moved = try body?.withUnsafeBytes { try pack(project).add($0) }
            bytes += body?.count ?? 0
            try database.execute(
                sql: "UPDATE records SET \(column) = ? WHERE record = ?",
                arguments: [moved.map { Data($0.encoded) }, row["record"] as Int64])
        }
        return bytes
    }

    /// - Returns: nil for a damaged one: it cannot be kept, for it stands among bytes that must go.
    /// - Throws: where it may be read later, with its key or from a disk that is well: nothing goes until then.
    private mutating func body(_ manifest: BodyManifest, _ project: String) throws(PackFailure) -> [UInt8]? {
        let path = paths.pack(day, project: project, generation: manifest.generation)
        do throws(PackFailure) {
            if readers[path] == nil { readers[path] = try PackReader(path: path, key: key) }
            return try readers[path]?.body(manifest)
        } catch .damaged {
            return nil
        } catch {
            throw error
        }
    }
}

/// Which files the rows of a day refer to for their bodies. An erasure begins a new generation; until all bodies that
/// stay have moved into it, rows refer to older ones too.
enum PackGeneration {
    static func current(_ database: Database) throws -> UInt64 { try number("pack_generation", database) ?? 0 }

    /// The oldest that a row may refer to.
    static func oldest(_ database: Database) throws -> UInt64 {
        try number("oldest_pack_generation", database) ?? current(database)
    }

    static func isMoving(_ database: Database) throws -> Bool { try oldest(database) < current(database) }

    static func begin(_ database: Database) throws {
        try set("oldest_pack_generation", try oldest(database), database)
        try set("pack_generation", try current(database) + 1, database)
    }

    static func finishMove(_ database: Database) throws {
        try database.execute(sql: "DELETE FROM meta WHERE name = 'oldest_pack_generation'")
    }

    private static func number(_ name: String, _ database: Database) throws -> UInt64? {
        let text = try String.fetchOne(database, sql: "SELECT value FROM meta WHERE name = ?", arguments: [name])
        return text.flatMap { UInt64($0) }
    }

    private static func set(_ name: String, _ number: UInt64, _ database: Database) throws {
        try database.execute(
            sql: "INSERT OR REPLACE INTO meta (name, value) VALUES (?, ?)", arguments: [name, "\(number)"])
    }
}
