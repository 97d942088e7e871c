import Core
import Foundation
import GRDB
import Testing

@testable import Stores

/// Filters and groups against the same worked out from the records one by one.
@Suite struct SumQueryTests {
    private let folder = Folder()
    private let day = RecordFilter(since: Samples.start - 36_000_000_000, until: Samples.start + 48 * 3_600_000_000)
    private let records = (0..<300).map { Samples.record($0, at: Samples.start + Int64($0) * 37_000_000) }

    private func filled() throws -> SQLiteRecordStore {
        let store = SQLiteRecordStore(directory: folder.path)
        try store.write(records.map(Samples.stored))
        return store
    }

    private func requests(_ store: SQLiteRecordStore, _ filter: RecordFilter) throws -> Int {
        try store.sums(SumQuery(filter, by: [])).reduce(0) { $0 + $1.sums.requests }
    }

    @Test(arguments: [
        ("model!", "fast"), ("key!", "key-1"), ("status!", "200"), ("outcome!", "ok"), ("streamed!", "true"),
        ("user!", "user-3"), ("session!", ""), ("tag.color!", "red"), ("feature!", "nobody"), ("status!", "abc"),
    ]) func anExcludedValueIsAllOthers(_ name: String, _ value: String) throws {
        let store = try filled()
        var without = day
        without.terms = [try #require(RecordFilter.Term(name: name, value: value))]
        var with = day
        with.terms = [try #require(RecordFilter.Term(name: name.dropLast(), value: value))]
        #expect(try requests(store, without) + requests(store, with) == records.count)
        #expect(
            try store.page(RecordQuery(without, limit: 1000)).records.count
                == records.count - store.page(RecordQuery(with, limit: 1000)).records.count)
    }

    @Test func whatIsLessIsLeftOut() throws {
        let store = try filled()
        var slow = day
        slow.durationMin = 50_000_000
        #expect(try requests(store, slow) == records.count { $0.duration >= 50_000_000 })
        var late = day
        late.firstTokenMin = 7_000_000
        #expect(try requests(store, late) == records.count { $0.timeToFirstToken ?? 0 >= 7_000_000 })
        var dear = day
        dear.costMin = Money(picoUSD: 200_000_000)
        let expected = records.count {
            $0.attempts.reduce(Int128(0)) { $0 + ($1.cost?.picoUSD ?? 0) } >= 200_000_000
        }
        #expect(try store.page(RecordQuery(dear, limit: 1000)).records.count == expected && expected > 0)
    }

    /// Whatever longer rows and sums by one dimension answer, the records themselves answer as well.
    @Test(arguments: [60, 300, 900, 3600, 5400, 21_600]) func aChartIsTheSumOfItsRecords(_ step: Int64) throws {
        let store = try filled()
        try store.seal(now: Samples.start + 2 * 3_600_000_000 + 60_000_000)
        let start = Samples.start - 3_600_000_000 + 7 * 60_000_000
        let bounds = (0...max(1, 5 * 3600 / step)).map { start + $0 * step * 1_000_000 }
        let asked: [([RecordDimension], [RecordFilter.Term])] = [
            ([], []), ([.model], []), ([.errorCode], []), ([], [.init(.feature, "feature-1")]),
            ([.model], [.init(.model, "fast", isExcluded: true)]), ([.provider, .model], []),
            ([.key], [.init(.model, "fast")]),
        ]
        for (dimensions, terms) in asked {
            let last = bounds.last ?? start
            var query = SumQuery(
                RecordFilter(since: start, until: last, terms: terms), by: dimensions, steps: bounds, quantiles: .all)
            let rolled = try store.sums(query)
            #expect(try store.rowsRead(by: query) == 0)
            query.filter.durationMin = 0
            #expect(try store.rowsRead(by: query) > 0)
            #expect(named(rolled) == named(try store.sums(query)), "by \(dimensions) where \(terms)")
            #expect(!rolled.isEmpty)
        }
    }

    /// Charts of hours that are over are read from their sums by one dimension: the series' rows may be many.
    @Test(arguments: [60, 900, 3600]) func aChartByOneDimensionReadsNoSeries(_ step: Int64) throws {
        let store = try filled()
        try store.seal(now: Samples.start + 72 * 3_600_000_000)
        let bounds = (0...4 * 3600 / step).map { Samples.start + $0 * step * 1_000_000 }
        let dimensions: [RecordDimension] = step == 60 ? [] : [.model]
        let query = SumQuery(
            RecordFilter(since: Samples.start, until: Samples.start + 4 * 3_600_000_000), by: dimensions,
            steps: bounds, quantiles: .all)
        let before = named(try store.sums(query))
        let file = try DatabaseQueue(path: try #require(folder.files(".sqlite").first))
        try file.write { try $0.execute(sql: "DELETE FROM rollups WHERE step < 86400") }
        try file.close()
        #expect(before.values.reduce(0) { $0 + $1.requests } == records.count)
        #expect(named(try store.sums(query)) == before)
    }

    private func named(_ rows: [SumRow]) -> [String: Sums] {
        Dictionary(uniqueKeysWithValues: rows.map { ("\($0.values) \($0.step ?? 0)", $0.sums) })
    }

    @Test func theGatewaysTimeIsInRollupsAndRows() throws {
        let store = SQLiteRecordStore(directory: folder.path)
        var record = Samples.record(1)
        record.gatewayTime = 3_000_000
        try store.write([Samples.stored(record)])
        var words = day
        words.durationMin = 1
        for filter in [day, words] {
            let sums = try store.sums(SumQuery(filter, by: [])).first?.sums
            #expect(sums?.gateway == 3_000_000 && sums?.gatewayRequests == 1)
        }
        // A row of an older program ends before them: its requests are none of which the time is known.
        let old = sumsOfOldRow()
        #expect(old?.requests == 1 && old?.gateway == 0 && old?.gatewayRequests == 0)
    }

    private func sumsOfOldRow() -> Sums? {
        var sums = Sums()
        sums.requests = 1
        return sums.encodedCounts.dropLast(2).withUnsafeBytes { Sums(counts: $0) }
    }
}
