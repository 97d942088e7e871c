import Core
import Testing

@testable import Observability

@Suite struct TraceListingTests {
    private func call(_ number: UInt64, trace: UInt64, at: Int64, outcome: Outcome = .ok) -> StoredRecord {
        var record = ExchangeRecord(
            id: ExchangeID(unixMilliseconds: 1, random: (number, number)), traceID: TraceID(high: 1, low: trace),
            spanID: SpanID(number), startedAtUnixMicroseconds: at)
        record.duration = 2_000_000
        record.outcome = outcome
        record.model = "m\(number)"
        return StoredRecord(record: record, requestPreview: "question \(number)")
    }

    @Test func callsOfATraceMakeOneEntry() {
        let page = RecordPage(
            records: [
                call(3, trace: 7, at: 9000, outcome: .error), call(2, trace: 8, at: 6000), call(1, trace: 7, at: 1000),
            ], next: "more")
        let listing = TraceListing(page)
        #expect(listing.entries.map(\.id.low) == [7, 8] && listing.next == "more")
        let first = listing.entries[0]
        #expect(first.calls == 2 && first.errors == 1 && first.models == ["m3", "m1"])
        #expect(first.startedAt == 1000 && first.endedAt == 11_000)
        #expect(first.first.requestPreview == "question 1")
    }
}
