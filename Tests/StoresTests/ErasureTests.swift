import Core
import Foundation
import NIOCore
import Synchronization
import Testing

@testable import Stores

/// Erasures of days with many bodies, which others write to meanwhile.
@Suite struct ErasureTests {
    private let folder = Folder()
    private let day = Day(containing: Samples.start)
    private let gone = RecordFilter.Term(.user, "gone")

    /// Bytes that do not compress and repeat nowhere.
    private func body(_ seed: Int, count: Int) -> ByteBuffer {
        var state = UInt64(seed + 1) &* 0x9E37_79B9_7F4A_7C15
        var buffer = ByteBuffer()
        while buffer.readableBytes < count {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            buffer.writeInteger(state ^ state >> 29)
        }
        return buffer
    }

    private func record(_ number: Int, user: String, bytes: Int) -> ExchangeRecord {
        var record = Samples.record(number, at: Samples.start + Int64(number) * 1000)
        record.tags.set("user", user)
        record.requestBody = body(number, count: bytes)
        return record
    }

    /// Megabyte by megabyte, every tenth by the user that goes.
    private func filled(_ store: SQLiteRecordStore, megabytes: Int) throws -> [ExchangeRecord] {
        try (0..<megabytes).map { number in
            let record = record(number, user: number % 10 == 0 ? "gone" : "stays", bytes: 1 << 20)
            try store.write([Samples.stored(record)])
            return record
        }
    }

    private func staying(_ records: [ExchangeRecord]) -> [ExchangeRecord] {
        records.filter { $0.tags["user"] == "stays" }
    }

    private func expectBodies(of records: [ExchangeRecord], in store: SQLiteRecordStore) throws {
        for record in records {
            let stored = try store.body(record.id, .request)
            #expect(stored.map { ByteBuffer(bytes: $0) } == record.requestBody)
        }
    }

    @Test func movesBodiesInPartsBetweenWhichOthersWrite() throws {
        let store = SQLiteRecordStore(directory: folder.path)
        var records = staying(try filled(store, megabytes: 20))
        #expect(try store.withWriter(of: day) { try Erasure.erase(gone, project: "default", $0) } == 2)
        var move = BodyMove(day, paths: store.paths, key: nil)
        var parts = 1
        while try store.withWriter(of: day, { try move.step($0) }) {
            parts += 1
            // What is written and what has moved, or has not yet, is there between any two parts.
            let new = record(100 + parts, user: "stays", bytes: 5000)
            try store.write([Samples.stored(new)])
            records.append(new)
            try expectBodies(of: records, in: store)
        }
        #expect(parts >= 18 / (BodyMove.bytesMax >> 20 + 1))
        try expectBodies(of: records, in: store)
        #expect(folder.files(".pack").allSatisfy { $0.hasSuffix(".1.pack") })
    }

    @Test func oneThatBreaksOffIsFinishedLater() throws {
        var store = SQLiteRecordStore(directory: folder.path)
        let records = staying(try filled(store, megabytes: 12))
        _ = try store.withWriter(of: day) { try Erasure.erase(gone, project: "default", $0) }
        var move = BodyMove(day, paths: store.paths, key: nil)
        #expect(try store.withWriter(of: day) { try move.step($0) })
        // Another opening of the files, as after a kill: bodies that have not moved are still there.
        store = SQLiteRecordStore(directory: folder.path)
        try store.recover(now: Samples.start)
        try expectBodies(of: records, in: store)
        #expect(folder.files(".0.pack").count == 1)
        try store.finishErasures()
        try expectBodies(of: records, in: store)
        #expect(folder.files(".0.pack").isEmpty && folder.files(".1.pack").count == 1)
    }

    /// Nobody has it open any more.
    private func damageFirstFile() throws {
        let file = try #require(folder.files(".sqlite").first)
        for suffix in ["-wal", "-shm"] { try? FileManager.default.removeItem(atPath: file + suffix) }
        try Data(repeating: 0x5A, count: 8192).write(to: URL(fileURLWithPath: file))
    }

    @Test func finishesOtherDaysBesideADamagedOne() throws {
        var store = SQLiteRecordStore(directory: folder.path)
        try store.write([Samples.stored(Samples.record(500, at: Samples.start - 86_400_000_000))])
        let records = staying(try filled(store, megabytes: 3))
        _ = try store.withWriter(of: day) { try Erasure.erase(gone, project: "default", $0) }
        store = SQLiteRecordStore(directory: folder.path)
        try damageFirstFile()
        try store.finishErasures()
        try expectBodies(of: records, in: store)
        #expect(folder.files(".0.pack").isEmpty && folder.files(".damaged-1").count == 1)
        // The next one takes the damaged file with it.
        #expect(try store.erase(gone, project: "default") == 0)
        #expect(folder.files(".damaged-1").isEmpty)
    }

    /// The bodies of a file that is damaged: no row says any more whose they are.
    @Test func takesTheBodiesOfADamagedDay() throws {
        _ = try filled(SQLiteRecordStore(directory: folder.path), megabytes: 2)
        try damageFirstFile()
        let store = SQLiteRecordStore(directory: folder.path)
        #expect(try store.erase(gone, project: "default") == 0)
        #expect(folder.files(".pack").isEmpty && folder.files(".damaged-1").isEmpty)
    }

    /// As after a kill between the commit of the last move and the end of the old files.
    @Test func takesOldFilesThatAKillLeft() throws {
        var store = SQLiteRecordStore(directory: folder.path)
        let records = staying(try filled(store, megabytes: 3))
        let old = try #require(folder.files(".0.pack").first)
        let bytes = try Data(contentsOf: URL(fileURLWithPath: old))
        #expect(try store.erase(gone, project: "default") == 1)
        try bytes.write(to: URL(fileURLWithPath: old))
        store = SQLiteRecordStore(directory: folder.path)
        try store.finishErasures()
        #expect(folder.files(".0.pack").isEmpty)
        try expectBodies(of: records, in: store)
    }

    @Test func keepsBodiesWhoseKeyIsMissingUntilItIsThere() throws {
        let key = [UInt8](repeating: 7, count: 32)
        let records = staying(try filled(SQLiteRecordStore(directory: folder.path, key: key), megabytes: 12))
        for other in [nil, [UInt8](repeating: 8, count: 32)] {
            let store = SQLiteRecordStore(directory: folder.path, key: other)
            let error = #expect(throws: StoreError.self) { try store.erase(gone, project: "default") }
            #expect(error?.explanation.contains("record.encryption_key") == true)
            #expect(folder.files(".0.pack").count == 1)
        }
        let store = SQLiteRecordStore(directory: folder.path, key: key)
        try store.finishErasures()
        try expectBodies(of: records, in: store)
        #expect(folder.files(".0.pack").isEmpty)
    }

    @Test func dropsBodiesThatAreDamaged() throws {
        let store = SQLiteRecordStore(directory: folder.path)
        let records = staying(try filled(store, megabytes: 3))
        let pack = try #require(folder.files(".0.pack").first)
        let file = try #require(FileHandle(forUpdatingAtPath: pack))
        let end = try file.seekToEnd()
        try file.truncate(atOffset: end - 10)
        try file.close()
        #expect(try store.erase(gone, project: "default") == 1)
        #expect(try store.body(records[1].id, .request) == nil)
        try expectBodies(of: [records[0]], in: store)
        #expect(folder.files(".0.pack").isEmpty)
    }

    @Test func writesGoThroughWhileALargeOneRuns() throws {
        let store = SQLiteRecordStore(directory: folder.path)
        let records = staying(try filled(store, megabytes: 32))
        let term = gone
        let outcome = Outcome()
        // On a thread of its own: tests share few.
        Thread.detachNewThread {
            let result = Result { try store.erase(term, project: "default") }
            outcome.erased.withLock { $0 = result }
        }
        var written: [ExchangeRecord] = []
        var duringErasure = 0
        while outcome.erased.withLock({ $0 == nil }) {
            let new = record(1000 + written.count, user: "stays", bytes: 100)
            try store.write([Samples.stored(new)])
            written.append(new)
            if outcome.erased.withLock({ $0 == nil }), !folder.files(".1.pack").isEmpty { duringErasure += 1 }
        }
        #expect(try outcome.erased.withLock { $0 }?.get() == 4)
        #expect(duringErasure >= 3)
        try expectBodies(of: records + written, in: store)
    }
}

/// What became of an erasure; nil: it runs.
private final class Outcome: Sendable {
    let erased = Mutex<Result<Int, any Error>?>(nil)
}
