import Core
import Foundation
import NIOCore
import Testing

@testable import Stores

@Suite struct SpanStoreTests {
    private let folder = Folder()
    private let trace = TraceID(high: 7, low: 9)

    private func span(_ number: Int, project: String = "default", at time: Int64 = Samples.start) -> ApplicationSpan {
        var span = ApplicationSpan(
            project: project, traceID: trace, spanID: SpanID(UInt64(number)), parentSpanID: SpanID(99),
            name: "step \(number)", kind: "tool", startedAt: time, duration: 1_500_000)
        span.error = "it broke"
        span.user = "user-\(number)"
        span.session = "session"
        span.attributes = #"{"input.value":"sesame"}"#
        return span
    }

    private func bytesOnDisk() throws -> Data {
        let files = try #require(FileManager.default.enumerator(atPath: folder.path)?.allObjects as? [String])
        return files.reduce(into: Data()) {
            $0 += FileManager.default.contents(atPath: folder.path + "/" + $1) ?? Data()
        }
    }

    @Test func givesBackWhatItTookOfAllDaysOldestFirst() throws {
        let store = SQLiteRecordStore(directory: folder.path)
        let later = span(1, at: Samples.start + 86_400_000_000)
        try store.write([later, span(2)])
        try store.write([span(2)])
        let found = try store.spans(of: trace)
        #expect(found.spans == [span(2), later] && found.withoutAttributes == 0 && !found.isCut)
        #expect(try store.spans(of: TraceID(high: 7, low: 10)).spans.isEmpty)
    }

    @Test func attributesAreEncryptedWhereBodiesAre() throws {
        let key = [UInt8](repeating: 3, count: 32)
        let store = SQLiteRecordStore(directory: folder.path, key: key)
        try store.write([span(1)])
        #expect(try store.spans(of: trace).spans == [span(1)])
        #expect(try bytesOnDisk().range(of: Data("sesame".utf8)) == nil)
        let without = try SQLiteRecordStore(directory: folder.path).spans(of: trace).spans
        #expect(without.map(\.attributes) == [nil])
    }

    @Test func spansGoWithTheirUserAndWithTheCallsOfTheirTrace() throws {
        let store = SQLiteRecordStore(directory: folder.path)
        var call = Samples.record(1)
        call.traceID = TraceID(high: 1, low: 2)
        call.tags.set("user", "gone")
        try store.write([Samples.stored(call)])
        var named = span(1, at: Samples.start + 86_400_000_000)
        named.user = "gone"
        var ofCall = span(2, at: Samples.start + 86_400_000_000)
        ofCall.traceID = call.traceID
        var elsewhere = ofCall
        elsewhere.project = "elsewhere"
        try store.write([named, ofCall, elsewhere, span(3)])
        #expect(try store.erase(RecordFilter.Term(.user, "gone"), project: "default") == 1)
        #expect(try store.spans(of: trace).spans == [span(3)])
        #expect(try store.spans(of: call.traceID).spans == [elsewhere])
    }

    @Test func aNameThatSomethingElseHasTooKeepsItsOtherMeaning() throws {
        let store = SQLiteRecordStore(directory: folder.path)
        for (number, user) in [(1, "default"), (2, "fast"), (3, "kept")] {
            var call = Samples.record(number * 2)
            call.tags.set("user", user)
            call.requestBody = ByteBuffer(string: "the body of \(user)")
            try store.write([Samples.stored(call)])
        }
        let day = RecordFilter(since: Samples.start - 36_000_000_000, until: Samples.start + 48 * 3_600_000_000)
        let before = try store.sums(SumQuery(day, by: [.project, .model])).map(\.values)
        for user in ["default", "fast"] {
            #expect(try store.erase(RecordFilter.Term(.user, user), project: "default") == 1)
        }
        #expect(try store.sums(SumQuery(day, by: [.project, .model])).map(\.values) == before)
        let users = try store.sums(SumQuery(day, by: [.user]))
        #expect(Set(users.map(\.values)) == [[""], ["kept"]] && users.reduce(0) { $0 + $1.sums.requests } == 3)
        let kept = try #require(try store.page(RecordQuery(day)).records.first)
        #expect(try store.body(kept.record.id, .request) == Array("the body of kept".utf8))
    }

    @Test func aUserWithoutRowsIsErasedFromTheSums() throws {
        let store = SQLiteRecordStore(directory: folder.path)
        var call = Samples.record(1)
        call.tags.set("user", "ghost")
        var item = Samples.stored(call)
        item.keepsRow = false
        try store.write([item])
        _ = try store.erase(RecordFilter.Term(.user, "ghost"), project: "default")
        let day = RecordFilter(since: Samples.start - 36_000_000_000, until: Samples.start + 48 * 3_600_000_000)
        #expect(try store.sums(SumQuery(day, by: [.user])).map(\.values) == [[""]])
        #expect(try bytesOnDisk().range(of: Data("ghost".utf8)) == nil)
    }

    @Test func whatAProviderStatesDoesNotEndTheSums() throws {
        let store = SQLiteRecordStore(directory: folder.path)
        for number in 0..<3 {
            var call = Samples.record(number)
            call.attempts[call.attempts.count - 1].usage.output = .max / 2 + 1
            try store.write([Samples.stored(call)])
        }
        try store.seal(now: Samples.start + 72 * 3_600_000_000)
        let day = RecordFilter(since: Samples.start - 36_000_000_000, until: Samples.start + 48 * 3_600_000_000)
        #expect(try store.sums(SumQuery(day, by: [])).first?.sums.usage.outputTotal == .max)
    }

    @Test func aKeyThatInventsWordsSpoilsOnlyItsOwnSums() throws {
        let store = SQLiteRecordStore(directory: folder.path)
        let calls = (0..<(Limits.rollupSeriesPerKeyMax + 50)).map { number in
            var call = Samples.record(number)
            call.key = "loud"
            call.tags.set("feature", "invented-\(number)")
            return Samples.stored(call)
        }
        try store.write(calls)
        var quiet = Samples.record(1)
        quiet.key = "quiet"
        quiet.tags.set("feature", "real")
        try store.write([Samples.stored(quiet)])
        let day = RecordFilter(since: Samples.start - 36_000_000_000, until: Samples.start + 48 * 3_600_000_000)
        let rows = try store.sums(SumQuery(day, by: [.key, .feature]))
        #expect(rows.contains { $0.values == ["quiet", "real"] })
        #expect(rows.contains { $0.values == ["loud", "__other__"] })
        #expect(rows.reduce(0) { $0 + $1.sums.requests } == calls.count + 1)
    }
}
