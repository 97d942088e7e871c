import Core
import GRDB
import Testing

@testable import Stores

/// Rows whose numbers are as large as they can be: sums end at the largest number, and nothing fails.
@Suite struct DamagedNumberTests {
    private let folder = Folder()
    private let store: SQLiteRecordStore
    /// Not a whole day, so that rows are added up.
    private let filter: RecordFilter

    init() throws {
        store = SQLiteRecordStore(directory: folder.path)
        var filter = RecordFilter(since: Samples.start - 60_000_000, until: Samples.start + 3_600_000_000)
        filter.text = "asked"
        self.filter = filter
        try store.write((1...12).map { Samples.stored(Samples.record($0)) })
        let day = try DatabaseQueue(path: try #require(folder.files(".sqlite").first))
        let numbers = ["duration", "gateway", "first_token", "cost", "input_uncached", "output", "reasoning"]
        let (all, ofAttempts) = (Self.largest(numbers), Self.largest(Array(numbers[3...])))
        try day.write { try $0.execute(sql: "UPDATE records SET \(all); UPDATE attempts SET \(ofAttempts)") }
        try day.close()
    }

    private static func largest(_ columns: [String]) -> String {
        columns.map { "\($0) = \(Int64.max)" }.joined(separator: ", ")
    }

    @Test(arguments: [[], [.feature], [.session]] as [[RecordDimension]], [SumQuantiles.all, []])
    func sumsEndAtTheLargest(_ dimensions: [RecordDimension], _ quantiles: SumQuantiles) throws {
        let rows = try store.sums(SumQuery(filter, by: dimensions, quantiles: quantiles))
        #expect(rows.reduce(0) { $0 + $1.sums.requests } == 12)
        for row in rows {
            #expect((row.sums.duration, row.sums.gateway) == (.max, .max))
            #expect((row.sums.usage.inputUncached, row.sums.usage.output) == (.max, .max))
        }
        let cost = rows.reduce(Money.zero) { $0 + $1.sums.cost }
        let attempts = rows.reduce(0) { $0 + $1.sums.attempts }
        #expect(cost == Money(picoUSD: Int128(Int64.max)) * attempts)
    }
}
