import Core
import GRDB
import Testing

@testable import Stores

/// Rows of sums whose bytes are damaged: what they said is worked out from other rows, and at last from calls.
@Suite struct DamagedSumsTests {
    private let folder = Folder()
    private let records = (0..<300).map { Samples.record($0, at: Samples.start + Int64($0) * 37_000_000) }
    private let day = Day(containing: Samples.start)
    private let store: SQLiteRecordStore

    init() throws {
        store = SQLiteRecordStore(directory: folder.path)
        try store.write(records.map(Samples.stored))
    }

    private func damage(_ table: String, _ condition: String, _ column: String = "counts") throws {
        let file = try DatabaseQueue(path: store.paths.database(day))
        try file.write { database in
            try database.execute(sql: "UPDATE \(table) SET \(column) = substr(\(column), 1, 2) WHERE \(condition)")
            #expect(database.changesCount > 0)
        }
        try file.close()
    }

    /// What charts, tables and lists ask.
    private func answers() throws -> [[[String]: Sums]] {
        let whole = RecordFilter(since: day.start, until: day.end)
        let part = RecordFilter(since: Samples.start + 7 * 60_000_000, until: Samples.start + 139 * 60_000_000)
        let user = [RecordDimension.user]
        return try [
            SumQuery(whole, by: [], quantiles: .all), SumQuery(whole, by: [.key], quantiles: .latency),
            SumQuery(part, by: []), SumQuery(part, by: [.key, .model], quantiles: .all),
            SumQuery(part, by: [.provider], quantiles: .costs), SumQuery(whole, by: user),
        ].map { query in
            let rows = try store.sums(query).map { ($0.values, $0.sums.only(query.quantiles)) }
            return Dictionary(rows, uniquingKeysWith: +)
        }
    }

    private static let now = Samples.start + 86_400_000_000

    @Test(arguments: [
        ("marginal_sums", "1", "counts"), ("marginal_sums", "place & 1 = 0", "sketches"),
        ("rollups", "step = 60", "counts"),
        ("rollups", "step = 60 AND series = 2", "sketches"), ("rollups", "step = 3600", "counts"),
        ("rollups", "step = 86400", "sketches"), ("rollups", "step >= 60", "counts"),
        ("attributions", "value > 3", "counts"),
    ]) func answersStayRight(_ table: String, _ condition: String, _ column: String) throws {
        try store.seal(now: Self.now)
        let before = try answers()
        #expect(store.damageExplanations.isEmpty)
        try damage(table, condition, column)
        if table == "rollups" { try damage("marginal_sums", "place % 2 = 0 AND length(counts) > 2") }
        #expect(try answers() == before)
        #expect(store.damageExplanations.count == 1 && store.damageExplanations[0].contains("2026-11-23"))
        // The next visit makes them anew, and they say the same.
        try store.seal(now: Self.now)
        #expect(try answers() == before)
    }

    @Test func isNotSealedIntoHoursAndDays() throws {
        let before = try answers()
        try damage("rollups", "step = 60 AND series % 2 = 1")
        try store.seal(now: Self.now)
        // Nothing that is damaged is read any more.
        #expect(try answers() == before)
        #expect(store.damageExplanations.isEmpty)
    }

    @Test func isNotWrittenOverByLateCalls() throws {
        try damage("rollups", "1")
        try damage("attributions", "1")
        let late = Samples.record(1000, at: records[1].startedAtUnixMicroseconds)
        try SQLiteRecordStore(directory: folder.path).write([Samples.stored(late)])
        let whole = RecordFilter(since: day.start, until: day.end)
        #expect(try store.sums(SumQuery(whole, by: [])).map(\.sums.requests) == [301])
        let user = try #require(records[1].tags["user"])
        let expected = (records + [late]).count { $0.tags["user"] == user }
        let rows = try store.sums(SumQuery(whole, by: [.user])).filter { $0.values == [user] }
        #expect(rows.map(\.sums.requests) == [expected])
    }
}

extension Sums {
    /// Without the sketches that nobody asked for: an answer may have them or not.
    fileprivate func only(_ quantiles: SumQuantiles) -> Sums {
        var sums = self
        if !quantiles.contains(.latency) { sums.latency = QuantileSketch() }
        if !quantiles.contains(.firstToken) { sums.firstToken = QuantileSketch() }
        if !quantiles.contains(.costs) { sums.costs = QuantileSketch() }
        if !quantiles.contains(.outputTokens) { sums.outputTokens = QuantileSketch() }
        return sums
    }
}
