import Core
import Foundation
import GRDB

/// Where the files of records are.
///
///     records/2026-11-23.sqlite              rows and rollups of a day of UTC
///     bodies/2026-11-23/default.0.pack       bodies of that day and project
struct RecordPaths: Sendable {
    let root: String

    var records: String { root + "/records" }
    var bodies: String { root + "/bodies" }

    func database(_ day: Day) -> String { "\(records)/\(day.name).sqlite" }

    func hasDatabase(_ day: Day) -> Bool { FileManager.default.fileExists(atPath: database(day)) }

    func bodies(_ day: Day) -> String { "\(bodies)/\(day.name)" }

    func pack(_ day: Day, project: String, generation: UInt64) -> String {
        "\(bodies(day))/\(Self.fileName(project)).\(generation).pack"
    }

    /// Makes the folder of a pack.
    func makePack(_ day: Day, project: String, generation: UInt64) throws -> String {
        try Self.makeDirectory(bodies(day))
        return pack(day, project: project, generation: generation)
    }

    /// Days that have a file, in order.
    func days() -> [Day] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: records)) ?? []
        return names.filter { $0.hasSuffix(".sqlite") }.compactMap { Day(name: $0.dropLast(7)) }.sorted()
    }

    func open(_ day: Day, readonly: Bool) throws -> DatabaseQueue {
        var configuration = GRDB.Configuration()
        configuration.readonly = readonly
        configuration.busyMode = .timeout(2)
        configuration.prepareDatabase { $0.add(function: TextWords.function) }
        let path = database(day)
        if !readonly {
            try Self.makeDirectory(records)
            if !FileManager.default.fileExists(atPath: path) {
                _ = FileManager.default.createFile(atPath: path, contents: nil, attributes: [.posixPermissions: 0o600])
            }
            configuration.journalMode = .wal
            configuration.prepareDatabase { database in
                // A commit is on the disk when it returns: what was read through the API stays.
                try database.execute(sql: "PRAGMA synchronous = FULL")
                try database.execute(sql: "PRAGMA wal_autocheckpoint = 4000")
                try database.execute(sql: "PRAGMA cache_size = -16000")
                // What goes is overwritten where it matters: in a rewrite.
                try database.execute(sql: "PRAGMA secure_delete = OFF")
            }
        }
        return try DatabaseQueue(path: path, configuration: configuration)
    }

    // MARK: Deleting

    private static let databaseFiles = ["", "-wal", "-shm"]

    /// Bytes of a day's rows and bodies.
    func byteCount(_ day: Day) -> Int64 {
        let manager = FileManager.default
        let packs = (try? manager.contentsOfDirectory(atPath: bodies(day)))?.map { bodies(day) + "/" + $0 } ?? []
        let files = Self.databaseFiles.map { database(day) + $0 } + packs + damaged(day)
        return files.reduce(0) { sum, path in
            sum + (((try? manager.attributesOfItem(atPath: path))?[.size] as? NSNumber)?.int64Value ?? 0)
        }
    }

    func delete(_ day: Day) throws {
        let manager = FileManager.default
        for path in [bodies(day)] + Self.databaseFiles.map({ database(day) + $0 }) + damaged(day)
        where manager.fileExists(atPath: path) {
            try manager.removeItem(atPath: path)
        }
    }

    /// Packs that a rewrite left behind, this one or one that a crash cut short.
    func deletePacks(_ day: Day, before generation: UInt64) throws {
        for name in (try? FileManager.default.contentsOfDirectory(atPath: bodies(day))) ?? [] {
            let parts = name.split(separator: ".")
            guard parts.last == "pack", let found = parts.dropLast().last.flatMap({ UInt64($0) }), found < generation
            else { continue }
            try FileManager.default.removeItem(atPath: bodies(day) + "/" + name)
        }
    }

    /// Files of the day that were set aside.
    private func damaged(_ day: Day) -> [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: records)) ?? []
        return names.filter { $0.hasPrefix("\(day.name).sqlite.damaged-") }.map { records + "/" + $0 }
    }

    func hasDamaged(_ day: Day) -> Bool { !damaged(day).isEmpty }

    func deleteDamaged(_ day: Day) throws {
        for path in damaged(day) { try FileManager.default.removeItem(atPath: path) }
    }

    /// Moves a damaged file out of the way, under a name that nothing reads.
    func setAside(_ day: Day) throws {
        let manager = FileManager.default
        var number = 1
        while manager.fileExists(atPath: "\(database(day)).damaged-\(number)") { number += 1 }
        for suffix in Self.databaseFiles where manager.fileExists(atPath: database(day) + suffix) {
            try manager.moveItem(atPath: database(day) + suffix, toPath: "\(database(day)).damaged-\(number)\(suffix)")
        }
    }

    static func makeDirectory(_ path: String) throws {
        try FileManager.default.createDirectory(
            atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    }

    /// A project's name as a file's: anything but letters, digits, `-` and `_` is written as its bytes.
    private static func fileName(_ project: String) -> String {
        project.utf8.map { byte in
            let scalar = Unicode.Scalar(byte)
            let isPlain = scalar.isASCII && (scalar.properties.isAlphabetic || (48...57).contains(byte))
            if isPlain || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_") { return String(scalar) }
            return "%" + String(byte, radix: 16)
        }.joined()
    }
}
