import Core
import Foundation
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
}
