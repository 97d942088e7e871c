import Core
import Foundation
import NIOCore
import Observability
import Testing

@Suite struct SumJSONTests {
    /// `metric=` chooses: money is told where cost is asked for.
    @Test func marginsAreToldWithCosts() {
        var row = SumRow(values: ["chat"], step: nil, sums: Sums())
        row.sums.requests = 3
        row.sums.errors = 1
        func text(_ metrics: Set<SumMetric>) -> String {
            let report = SumReport(by: [.feature], RecordFilter(since: 0, until: 1), zone: .gmt, metrics: metrics)
            return String(
                buffer: SumJSON.object(row, of: report, featurePrices: ["chat": Money(picoUSD: 500_000_000_000)]))
        }
        #expect(text([.cost]).contains(#""revenue_usd":"1","margin_usd":"1""#))
        #expect(text([.requests]) == #"{"feature":"chat","requests":3,"attempts":0}"#)
    }
}
