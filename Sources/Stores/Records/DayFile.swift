import Core
import Crypto
import Foundation
import GRDB
import NIOCore

/// The one writer of a day: its file of rows and rollups, and the packs of its bodies.
///
/// A batch is one transaction, in which the bodies are synced before the rows that refer to them are committed: a row
/// never points at bytes that are not there. Rows and the rollups' minutes stand in the same file and the same
/// transaction, so that neither can be without the other.
///
/// Unchecked: its store calls it under its lock.
final class DayFile: @unchecked Sendable {
    let day: Day
    private let paths: RecordPaths
    private let key: SymmetricKey?
    private let queue: DatabaseQueue
    private var tables: Tables?
    /// SQLite's number that changes with each commit of another connection.
    private var foreignWrites: Int64?
    private var packs: [String: PackWriter] = [:]
    /// This opening of the file, part of every row's key: two openings never make the same one.
    private let opening: Int64
    private var counter: Int64 = 0
    /// Rows that come now are not in the index of words, so that it is no good any more.
    private var hasWordIndex: Bool

    /// Statements and what is remembered between transactions.
    private final class Tables {
        let strings: StringTable
        let rollups: RollupWriter
        let insertRecord: BulkStatement
        let insertAttempt: BulkStatement
        let insertTrace: BulkStatement

        init(_ database: Database, _ day: Day) throws {
            strings = try StringTable(database)
            rollups = try RollupWriter(database, strings, day)
            insertRecord = try BulkStatement(database, DaySchema.insert(into: "records", DaySchema.recordColumns))
            insertAttempt = try BulkStatement(database, DaySchema.insert(into: "attempts", DaySchema.attemptColumns))
            insertTrace = try BulkStatement(database, "INSERT OR IGNORE INTO traces (trace, record) VALUES (?, ?)")
        }
    }

    init(_ day: Day, paths: RecordPaths, key: SymmetricKey?) throws {
        self.day = day
        self.paths = paths
        self.key = key
        queue = try paths.open(day, readonly: false)
        try DaySchema.migrator.migrate(queue)
        hasWordIndex = try queue.read(WordIndex.isBegun)
        try paths.deletePacks(day, before: try queue.read { try PackGeneration.oldest($0) })
        opening = try queue.write { database in
            let last = try Int64.fetchOne(
                database, sql: "SELECT CAST(value AS INTEGER) FROM meta WHERE name = 'openings'")
            let next = ((last ?? 0) + 1) & 0xFFF
            try database.execute(
                sql: "INSERT OR REPLACE INTO meta (name, value) VALUES ('openings', ?)", arguments: ["\(next)"])
            return next
        }
    }

    // MARK: Writing

    func write(_ items: [RecordToStore]) throws {
        try queue.writeWithoutTransaction { database in
            do {
                try database.inTransaction(.immediate) {
                    let tables = try currentTables(database)
                    let manifests = try addBodies(items, generation: try PackGeneration.current(database))
                    for (place, item) in items.enumerated() { try write(item, manifests[place], tables) }
                    try tables.rollups.write()
                    if hasWordIndex { try WordIndex.invalidate(database) }
                    return .commit
                }
            } catch {
                for pack in packs.values { pack.forget() }
                // What is remembered is read anew, in a new opening of the statements.
                self.tables = nil
                throw error
            }
            tables?.rollups.committed()
            hasWordIndex = false
        }
    }

    /// What is remembered, as long as nobody else has written to the file since: `headgate costs --reprice` changes
    /// sums beside a running server.
    private func currentTables(_ database: Database) throws -> Tables {
        let version = try Int64.fetchOne(database.cachedStatement(sql: "PRAGMA data_version"))
        if let tables, version == foreignWrites { return tables }
        foreignWrites = version
        let tables = try Tables(database, day)
        self.tables = tables
        return tables
    }

    private func write(
        _ item: RecordToStore, _ bodies: (request: [UInt8]?, response: [UInt8]?), _ tables: Tables
    ) throws {
        let words = try RecordWords(item.record, tables.strings)
        try tables.rollups.add(item.record, words)
        guard item.keepsRow else { return }
        counter = (counter + 1) & 0xFF_FFFF
        let key = DayKey.key(milliseconds: item.record.id.unixMilliseconds, opening: opening, counter: counter)
        tables.insertRecord.bind(item, key: key, words, bodies: bodies)
        try tables.insertRecord.run()
        for (place, attempt) in item.record.attempts.dropLast().enumerated() {
            tables.insertAttempt.bind(key)
            tables.insertAttempt.bind(place + 1)
            tables.insertAttempt.bind(attempt, words.attempts[place], place: place + 1)
            try tables.insertAttempt.run()
        }
        guard !item.record.ownsTrace else { return }
        tables.insertTrace.bind(item.record.traceID.bytes)
        tables.insertTrace.bind(key)
        try tables.insertTrace.run()
    }

    /// - Returns: the encoded manifests of each item.
    private func addBodies(
        _ items: [RecordToStore], generation: UInt64
    ) throws -> [(request: [UInt8]?, response: [UInt8]?)] {
        let manifests = try items.map { item in
            guard item.keepsRow, item.record.requestBody != nil || item.record.responseBody != nil else {
                return (request: [UInt8]?.none, response: [UInt8]?.none)
            }
            let pack = try pack(item.record.project, generation: generation)
            return (
                request: try item.record.requestBody.map {
                    try $0.withUnsafeReadableBytes { try pack.add($0).encoded }
                },
                response: try item.record.responseBody.map {
                    try $0.withUnsafeReadableBytes { try pack.add($0).encoded }
                }
            )
        }
        for pack in packs.values { try pack.sync() }
        return manifests
    }

    private func pack(_ project: String, generation: UInt64) throws -> PackWriter {
        if let pack = packs[project], pack.generation == generation { return pack }
        let pack = try PackWriter(
            path: try paths.makePack(day, project: project, generation: generation), generation: generation, key: key)
        packs[project] = pack
        return pack
    }

    /// Runs statements in one transaction that refer to bodies; these are on the disk before it ends.
    /// - Parameter body: is given what finds a project's pack.
    func addToPacks<Result>(
        _ body: (Database, (String) throws -> PackWriter) throws -> Result
    ) throws -> Result {
        do {
            return try queue.write { database in
                let generation = try PackGeneration.current(database)
                let result = try body(database) { try pack($0, generation: generation) }
                for pack in packs.values { try pack.sync() }
                return result
            }
        } catch {
            for pack in packs.values { pack.forget() }
            throw error
        }
    }

    // MARK: Hours and the day

    /// Works out the hours that are over from their minutes, and the day when it is over; each anew, so that late
    /// calls count.
    func sealHours(now: Int64) throws {
        try queue.write { try RollupSeal.seal($0, day, now: now) }
    }

    /// Works out all hours that are over anew; damaged minutes from their calls.
    func repairSums(now: Int64) throws {
        try queue.write { database in
            try database.execute(
                sql:
                    "INSERT OR IGNORE INTO dirty_hours SELECT DISTINCT start / 3600 * 3600 FROM rollups WHERE step = 60"
            )
            try RollupSeal.seal(database, day, now: now)
        }
    }

    /// Makes the words of the next rows findable. What the index moves is overwritten where it was, so that an erasure
    /// finds all of it.
    /// - Returns: whether those of all are.
    func indexWords(rowsMax: Int) throws -> Bool {
        try queue.writeWithoutTransaction { try $0.execute(sql: "PRAGMA secure_delete = ON") }
        defer { try? queue.writeWithoutTransaction { try $0.execute(sql: "PRAGMA secure_delete = OFF") } }
        let isWhole = try queue.write { try WordIndex.extend($0, rowsMax: rowsMax) }
        hasWordIndex = true
        return isWhole
    }

    /// Runs statements in one transaction.
    func transact<Result>(_ body: (Database) throws -> Result) throws -> Result { try queue.write(body) }

    /// Runs statements in one transaction that may change what is remembered of the file: words and packs are read anew
    /// after it. What it deletes is overwritten, in the file and in its log.
    func rewrite<Result>(_ body: (Database) throws -> Result) throws -> Result {
        defer {
            packs.removeAll()
            tables = nil
        }
        try queue.writeWithoutTransaction { try $0.execute(sql: "PRAGMA secure_delete = ON") }
        defer { try? queue.writeWithoutTransaction { try $0.execute(sql: "PRAGMA secure_delete = OFF") } }
        let result = try queue.write(body)
        // A reader may hold the log back; the next checkpoint takes it then.
        _ = try? queue.writeWithoutTransaction { try $0.checkpoint(.truncate) }
        return result
    }
}

/// The key of a record's row in its day.
enum DayKey {
    static func key(milliseconds: Int64, opening: Int64, counter: Int64) -> Int64 {
        let ofDay = milliseconds % 86_400_000
        return ofDay << 36 | opening << 24 | counter
    }

    /// The first key that a record of this time can have.
    static func first(unixMicroseconds: Int64, in day: Day) -> Int64 {
        let within = min(max(unixMicroseconds - day.start, 0), Day.microseconds)
        return (within / 1000) << 36
    }
}
