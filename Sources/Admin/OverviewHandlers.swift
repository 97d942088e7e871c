import Core
import Foundation
import Hummingbird
import NIOCore
import Observability
import Wire

/// `/api/v1/overview`: what the first page shows, in one answer.
enum OverviewHandlers {
    fileprivate static let quantiles: SumQuantiles = [.latency, .firstToken]

    static func show(_ call: AdminCall) async throws -> Response {
        let parameters = try QueryParameters(call.request, allowing: ["since", "until", "step", "tz", "text"])
        let filter = try parameters.filter(since: "24h", cohorts: true).inWholeMinutes
        let before = filter.before
        let (zone, step) = (try parameters.zone(), try parameters.step() ?? .seconds(3600))
        func report(_ filter: RecordFilter, by dimensions: [RecordDimension] = [], step: SumReport.Step?) -> SumReport {
            SumReport(by: dimensions, filter, step: step, zone: zone, quantiles: dimensions.isEmpty ? quantiles : [])
        }
        async let askedSeries = call.rows(of: report(filter, step: step))
        async let askedBefore = call.rows(of: report(before, step: step))
        async let askedErrors = call.rows(of: report(filter, by: [.errorCode], step: step))
        let (series, seriesBefore, errors) = try await (askedSeries, askedBefore, askedErrors)
        let totals = series.reduce(into: Sums()) { $0 += $1.sums }
        let attention = await AttentionList(call.plane, unpriced: totals.unpriced)

        var writer = JSONWriter()
        writer.beginObject()
        writer.member("since", Timestamp.text(filter.since))
        writer.member("until", Timestamp.text(filter.until))
        writer.sums("totals", totals)
        writer.sums("before", seriesBefore.reduce(into: Sums()) { $0 += $1.sums })
        writer.rows("series", series, of: report(filter, step: step))
        writer.rows("before_series", seriesBefore, of: report(before, step: step))
        writer.rows("error_series", errors, of: report(filter, by: [.errorCode], step: step))
        attention.write(&writer)
        writer.endObject()
        return .json(writer.buffer)
    }
}

extension JSONWriter {
    fileprivate mutating func sums(_ name: String, _ sums: Sums) {
        key(name)
        beginObject()
        members(of: sums, quantiles: OverviewHandlers.quantiles)
        endObject()
    }

    fileprivate mutating func rows(_ name: String, _ rows: [SumRow], of report: SumReport) {
        key(name)
        beginArray()
        for row in rows { raw(SumJSON.object(row, of: report)) }
        endArray()
    }
}
