import Core
import Foundation
import GRDB
import NIOCore
import Testing

@testable import Stores

@Suite struct RecordStoreTests {
    private let folder = Folder()
    private let day = RecordFilter(since: Samples.start - 36_000_000_000, until: Samples.start + 48 * 3_600_000_000)

    private func filled(_ count: Int, seals: Bool = false, order: (Int) -> Int = { $0 }) throws -> SQLiteRecordStore {
        let store = SQLiteRecordStore(directory: folder.path)
        let step: Int64 = 37_000_000
        let records = (0..<count).map {
            Samples.stored(Samples.record(order($0), at: Samples.start + Int64(order($0)) * step))
        }
        for start in stride(from: 0, to: count, by: 50) {
            try store.write(Array(records[start..<min(start + 50, count)]))
        }
        if seals { try store.seal(now: Samples.start + 72 * 3_600_000_000) }
        return store
    }

    @Test func givesBackWhatItTook() throws {
        let store = SQLiteRecordStore(directory: folder.path)
        var record = Samples.record(5)
        record.parentSpanID = SpanID(99)
        record.streamed = true
        record.limitsHit = ["a", "b"]
        record.errorMessage = "told\n\"so\""
        record.client = "127.0.0.1"
        record.fallback = "model"
        (record.fetch.files, record.fetch.failures, record.fetch.bytes, record.fetch.duration) = (2, 1, 3000, 5000)
        record.tags.set("ünï\"code", "va\\l\nue")
        record.requestBody = ByteBuffer(string: "{\"a\":1}")
        record.responseBody = ByteBuffer(string: String(repeating: "answer ", count: 2000))
        try store.write([Samples.stored(record)])
        let read = try #require(try store.record(record.id))
        var expected = record
        expected.requestBody = nil
        expected.responseBody = nil
        #expect("\(read.record)" == "\(expected)")
        #expect(read.requestPreview == "asked" && read.responsePreview == "answered")
        #expect(try store.body(record.id, .request) == Array("{\"a\":1}".utf8))
        #expect(try store.body(record.id, .response)?.count == 14_000)
        #expect(try store.trace(record.traceID).map(\.record.id) == [record.id])
    }

    @Test func daysOfAnOlderProgramAreReadAsTheyAre() throws {
        let record = Samples.record(5)
        try SQLiteRecordStore(directory: folder.path).write([Samples.stored(record)])
        let day = try DatabaseQueue(path: try #require(folder.files(".sqlite").first))
        try day.write { database in
            for column in ["fetched_files", "fetch_duration", "translation_dropped"] {
                try database.execute(sql: "ALTER TABLE records DROP COLUMN \(column)")
            }
        }
        try day.close()
        let read = try #require(try SQLiteRecordStore(directory: folder.path).record(record.id))
        #expect("\(read.record)" == "\(record)")
    }

    @Test func findsAllCallsOfAClientsTrace() throws {
        let store = SQLiteRecordStore(directory: folder.path)
        let trace = try #require(TraceID("4bf92f3577b34da6a3ce929d0e0e4736"))
        var ids: [ExchangeID] = []
        for number in 0..<3 {
            // Over midnight: the calls of a trace may stand in the files of two days.
            var record = Samples.record(number, at: Samples.start + Int64(number) * 10 * 3_600_000_000)
            record.traceID = trace
            ids.append(record.id)
            try store.write([Samples.stored(record)])
        }
        #expect(folder.files(".sqlite").count == 2)
        #expect(try store.trace(trace).map(\.record.id) == ids)
    }

    @Test func pagesNewestFirstWithoutGapsOrRepeats() throws {
        let store = try filled(230)
        var query = RecordQuery(day, limit: 60)
        var seen: [ExchangeID] = []
        repeat {
            let page = try store.page(query)
            seen += page.records.map(\.record.id)
            query.cursor = page.next
        } while query.cursor != nil
        #expect(seen.count == 230 && Set(seen).count == 230)
        #expect(zip(seen, seen.dropFirst()).allSatisfy { $0.unixMilliseconds > $1.unixMilliseconds })
    }

    @Test func filtersByAnyDimension() throws {
        let store = try filled(200)
        func count(_ terms: [RecordFilter.Term], text: String? = nil) throws -> Int {
            var filter = day
            filter.terms = terms
            filter.text = text
            return try store.page(RecordQuery(filter, limit: 1000)).records.count
        }
        #expect(try count([.init(.model, "fast")]) == 100)
        #expect(try count([.init(.model, "fast"), .init(.user, "user-0")]) == 15)
        #expect(try count([.init(.tag("color"), "blue")]) == 100)
        #expect(try count([.init(.outcome, "error")]) == 20)
        #expect(try count([.init(.status, "502")]) == 20)
        #expect(try count([.init(.session, "")]) == 40)
        #expect(try count([.init(.provider, "nobody")]) == 0)
        #expect(try count([], text: "ask") == 200)
        #expect(try count([], text: "100%_'") == 0)
    }

    /// The rollups, the rows by user and the rows themselves must say the same, sealed or not.
    @Test(arguments: [false, true]) func sumsAgreeOverEveryDimension(_ seals: Bool) throws {
        let store = try filled(600, seals: seals)
        let all = try store.sums(SumQuery(day, by: []))
        #expect(all.count == 1)
        let total = try #require(all.first).sums
        #expect(total.requests == 600 && total.attempts == 700 && total.errors == 60)
        #expect(total.unpriced == 75)
        let names = RecordDimension.known.filter { $0 != "cohort" } + ["tag.color", "tag.nobody"]
        for name in names {
            let dimension = try #require(RecordDimension(name))
            let rows = try store.sums(SumQuery(day, by: [dimension]))
            var sum = rows.reduce(into: Sums()) { $0 += $1.sums }
            sum.dropSketches()
            var expected = total
            expected.dropSketches()
            let isSame = sum == expected
            #expect(isSame, "by \(name)")
        }
    }

    @Test func rowsAndRollupsGiveTheSameSums() throws {
        let store = try filled(400)
        let terms: [RecordFilter.Term] = [.init(.model, "smart")]
        var filter = day
        filter.terms = terms
        let rolled = try store.sums(SumQuery(filter, by: [.feature, .provider], quantiles: .all))
        // A search in previews that all have is answered from the rows.
        filter.text = "asked"
        let counted = try store.sums(SumQuery(filter, by: [.feature, .provider], quantiles: .all))
        #expect(rolled.count == 4 && counted.count == rolled.count)
        for row in rolled {
            let other = try #require(counted.first { $0.values == row.values })
            let isSame = other.sums == row.sums
            #expect(isSame, "\(row.values)")
        }
    }

    @Test func stepsHoldWhatFallsIntoThem() throws {
        let store = try filled(500, seals: true)
        let bounds = (0...6).map { Samples.start + Int64($0) * 5_400_000_000 }
        var filter = day
        filter.since = bounds[0]
        filter.until = bounds[6]
        let rows = try store.sums(SumQuery(filter, by: [], steps: bounds))
        // A call every 37 seconds, in steps of an hour and a half.
        for (place, row) in rows.sorted(by: { $0.step! < $1.step! }).enumerated() {
            let expected = (0..<500).count { $0 * 37 / 5400 == place }
            #expect(row.step == bounds[place] && row.sums.requests == expected)
        }
        #expect(rows.reduce(0) { $0 + $1.sums.requests } == 500)
    }

    @Test func theOrderOfWritingChangesNoSum() throws {
        func sums(_ order: @escaping (Int) -> Int) throws -> [[String]: Sums] {
            let folder = Folder()
            let store = SQLiteRecordStore(directory: folder.path)
            for number in 0..<200 {
                let place = order(number)
                try store.write([Samples.stored(Samples.record(place, at: Samples.start + Int64(place) * 1_000_000))])
            }
            let rows = try store.sums(SumQuery(day, by: [.feature, .model], quantiles: .all))
            return Dictionary(uniqueKeysWithValues: rows.map { ($0.values, $0.sums) })
        }
        let forwards = try sums { $0 }
        let backwards = try sums { 199 - $0 } == forwards
        let mixed = try sums { $0 * 7 % 200 } == forwards
        #expect(backwards && mixed)
    }

    @Test func goesOnInANewOpeningWithoutDoublingAnything() throws {
        for opening in 0..<3 {
            let store = SQLiteRecordStore(directory: folder.path)
            let records = (0..<40).map { Samples.record(opening * 40 + $0, at: Samples.start + Int64($0)) }
            try store.write(records.map(Samples.stored))
        }
        let store = SQLiteRecordStore(directory: folder.path)
        #expect(try store.page(RecordQuery(day, limit: 1000)).records.count == 120)
        #expect(try store.sums(SumQuery(day, by: [])).first?.sums.requests == 120)
    }

    @Test func whoReadBeforeTheTablesWereMadeSeesWhatComesAfter() throws {
        let paths = RecordPaths(root: folder.path)
        let readers = RecordReaders(paths)
        let day = Day(containing: Samples.start)
        let early = try paths.open(day, readonly: false)
        let before = try readers.read(day) { try Int.fetchOne($0, sql: "SELECT count(*) FROM records") }
        #expect(before == nil)
        try early.close()
        try SQLiteRecordStore(directory: folder.path).write([Samples.stored(Samples.record(1))])
        let after = try readers.read(day) { try Int.fetchOne($0, sql: "SELECT count(*) FROM records") }
        #expect(after == 1)
    }

    @Test func aDamagedFileIsSetAsideAndTheDayGoesOn() throws {
        _ = try filled(10)
        let file = try #require(folder.files(".sqlite").first)
        for suffix in ["-wal", "-shm"] { try? FileManager.default.removeItem(atPath: file + suffix) }
        try Data(repeating: 0x5A, count: 8192).write(to: URL(fileURLWithPath: file))
        let store = try filled(10)
        #expect(try store.page(RecordQuery(day)).records.count == 10)
        #expect(folder.files(".damaged-1").count == 1)
    }

    @Test func readersSetADamagedFileAsideAndOtherDaysAreAnswered() throws {
        let later = Samples.start + 86_400_000_000
        let both = RecordFilter(since: Samples.start, until: later + 60_000_000)
        let writer = SQLiteRecordStore(directory: folder.path)
        try writer.write([Samples.stored(Samples.record(1))])
        try writer.write([Samples.stored(Samples.record(2, at: later))])
        let file = try #require(folder.files(".sqlite").first)
        for suffix in ["-wal", "-shm"] { try? FileManager.default.removeItem(atPath: file + suffix) }
        try Data(repeating: 0x5A, count: 8192).write(to: URL(fileURLWithPath: file))
        // Who reads beside a server leaves it where it is, and says which it is.
        let beside = SQLiteRecordStore(directory: folder.path, setsDamagedAside: false)
        let error = #expect(throws: StoreError.self) { try beside.sums(SumQuery(both, by: [])) }
        #expect(error?.explanation.contains("2026-11-23.sqlite is damaged") == true)
        #expect(folder.files(".damaged-1").isEmpty)

        let store = SQLiteRecordStore(directory: folder.path)
        #expect(try store.sums(SumQuery(both, by: [])).map(\.sums.requests) == [1])
        #expect(folder.files(".damaged-1").count == 1)
        #expect(store.damageExplanations.count == 1 && store.damageExplanations[0].contains("2026-11-23"))
        #expect(try store.page(RecordQuery(both)).records.count == 1)
        // Retention takes it with its day.
        #expect(try store.retain(days: 1, bytes: .max, now: later) == ["2026-11-23"])
        #expect(folder.files(".damaged-1").isEmpty)
    }

    @Test func deletesWholeDaysByAgeAndBySize() throws {
        let store = SQLiteRecordStore(directory: folder.path)
        for number in 0..<5 {
            try store.write([
                Samples.stored(Samples.record(number, at: Samples.start + Int64(number) * 86_400_000_000))
            ])
        }
        let now = Samples.start + 4 * 86_400_000_000
        #expect(try store.retain(days: 3, bytes: .max, now: now) == ["2026-11-23", "2026-11-24"])
        #expect(try store.retain(days: 30, bytes: 1, now: now) == ["2026-11-25", "2026-11-26"])
        #expect(folder.files(".sqlite").map { $0.suffix(17) } == ["2026-11-27.sqlite"])
        #expect(try store.retain(days: 1, bytes: 1, now: now) == [])
    }
}

extension Sums {
    fileprivate mutating func dropSketches() {
        latency = QuantileSketch()
        firstToken = QuantileSketch()
        costs = QuantileSketch()
        outputTokens = QuantileSketch()
    }
}
