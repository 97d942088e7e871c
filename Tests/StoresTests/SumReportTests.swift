import Core
import Foundation
import Stores
import Testing

@testable import Observability

/// Reports of many groups, of which the dearest are shown by themselves.
@Suite struct SumReportTests {
    private let folder = Folder()
    private let store: SQLiteRecordStore

    init() throws {
        store = SQLiteRecordStore(directory: folder.path)
        try store.write(
            (0..<400).map { Samples.stored(Samples.record($0, at: Samples.start + Int64($0) * 37_000_000)) })
    }

    /// - Parameter hours: of the day from its tenth hour on; nil: the whole day.
    private func report(_ dimension: RecordDimension, hours: Int64?, step: SumReport.Step?) throws -> SumReport {
        let dayStart = Samples.start - 10 * 3_600_000_000
        let filter =
            hours.map { RecordFilter(since: Samples.start, until: Samples.start + $0 * 3_600_000_000) }
            ?? RecordFilter(since: dayStart, until: dayStart + 86_400_000_000)
        return SumReport(by: [dimension], filter, step: step, zone: try #require(TimeZone(identifier: "UTC")))
    }

    @Test(arguments: [.user, .session, .tag("color"), .model] as [RecordDimension], [nil, 3] as [Int64?])
    func theDearestAreThoseOfAllGroups(_ dimension: RecordDimension, _ hours: Int64?) throws {
        for step in [nil, .seconds(3600)] as [SumReport.Step?] {
            var report = try report(dimension, hours: hours, step: step)
            let all = try report.rows(from: store)
            var whole: [String: Sums] = [:]
            for row in all { whole[row.values[0], default: Sums()] += row.sums }
            let order = whole.sorted { ($0.value.cost, $0.value.requests) > ($1.value.cost, $1.value.requests) }
            for top in [1, 2, 4] where top < whole.count {
                report.top = top
                let rows = try report.rows(from: store)
                #expect(Set(rows.filter { !$0.isRest }.map { $0.values[0] }) == Set(order.prefix(top).map(\.key)))
                let (shown, rest) = (rows.filter { !$0.isRest }, rows.filter(\.isRest))
                #expect(shown.allSatisfy { row in all.contains { $0.values == row.values && $0.sums == row.sums } })
                #expect(
                    rest.reduce(0) { $0 + $1.sums.requests }
                        == order.dropFirst(top).reduce(0) { $0 + $1.value.requests })
                #expect(rows.reduce(.zero) { $0 + $1.sums.cost } == all.reduce(Money.zero) { $0 + $1.sums.cost })
            }
        }
    }

    /// Parts of days are added up from rows; what a day's own sums say is the same where the part is all of it.
    @Test(arguments: [.user, .session, .tag("color")] as [RecordDimension])
    func partsOfDaysSayWhatDaysDo(_ dimension: RecordDimension) throws {
        let day = try report(dimension, hours: nil, step: nil)
        let part = try report(dimension, hours: 13, step: nil)
        #expect(try store.rowsRead(by: SumQuery(day.filter, by: [dimension])) == 0)
        #expect(try store.rowsRead(by: SumQuery(part.filter, by: [dimension])) > 0)
        let (whole, rows) = (try day.rows(from: store), try part.rows(from: store))
        #expect(whole.map(\.values) == rows.map(\.values) && whole.map(\.sums) == rows.map(\.sums))
    }
}
