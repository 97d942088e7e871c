import Config
import Core
import Foundation
import Hummingbird
import NIOCore
import Observability
import Wire

/// `/api/v1/costs`, `/api/v1/metrics`.
enum SumHandlers {
    static func costs(_ call: AdminCall) async throws -> Response {
        let parameters = try QueryParameters(
            call.request, allowing: ["by", "since", "until", "step", "tz", "text", "top"])
        return try await answer(call, parameters, quantiles: [], metrics: Set(SumMetric.allCases))
    }

    /// Series of counts, tokens, cost, and percentiles of latency, first token, output and cost: those that `metric`
    /// names, or all.
    static func metrics(_ call: AdminCall) async throws -> Response {
        let parameters = try QueryParameters(
            call.request, allowing: ["by", "since", "until", "step", "tz", "text", "top", "metric"])
        let metrics = try parameters.metrics()
        return try await answer(
            call, parameters, quantiles: metrics.reduce(into: []) { $0.formUnion($1.quantiles) }, metrics: metrics)
    }

    /// Feedback by name and any dimension of the calls it is about.
    static func feedback(_ call: AdminCall) async throws -> Response {
        let parameters = try QueryParameters(call.request, allowing: ["by", "since", "until", "tz", "text"])
        let dimensions = try parameters.dimensions()
        guard !dimensions.contains(.cohort) else { throw AdminError.invalid("Feedback is not told apart by cohort.") }
        let filter = try parameters.filter(since: "7d")
        let feedback = call.plane.feedback
        let rows = try await call.querying { try feedback.feedback(by: dimensions, filter) }
        return StateHandlers.list(rows) { row, writer in
            for (dimension, value) in zip(dimensions, row.values) { writer.member(dimension.description, value) }
            writer.member("name", row.name)
            writer.member("count", row.count)
            writer.key("mean")
            if let mean = row.mean, mean.isFinite { writer.raw(ByteBuffer(string: "\(mean)")) } else { writer.null() }
            writer.key("categories")
            writer.beginObject()
            for (category, count) in row.categories.sorted(by: { $0.key < $1.key }) { writer.member(category, count) }
            writer.endObject()
        }
    }

    private static func answer(
        _ call: AdminCall, _ parameters: QueryParameters, quantiles: SumQuantiles, metrics: Set<SumMetric>
    ) async throws -> Response {
        let report = SumReport(
            by: try parameters.dimensions(), try parameters.filter(since: "24h", cohorts: true),
            step: try parameters.step(),
            zone: try parameters.zone(), quantiles: quantiles, metrics: metrics,
            top: try parameters.value("top").map { _ in try parameters.integer("top", in: 1...1000, default: 10) })
        let rows = try await call.rows(of: report)
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("data")
        writer.beginArray()
        let featurePrices = call.plane.configuration().featurePrices
        for row in rows { writer.raw(SumJSON.object(row, of: report, featurePrices: featurePrices)) }
        writer.endArray()
        writer.member("since", Timestamp.text(report.filter.since))
        writer.member("until", Timestamp.text(report.filter.until))
        writer.member("tz", parameters.value("tz") ?? "UTC")
        writer.endObject()
        return .json(writer.buffer)
    }
}

extension AdminCall {
    func rows(of report: SumReport) async throws -> [SumRow] {
        let plane = plane
        return try await querying {
            let cohorts = report.needsCohorts ? try plane.store.cohorts(project: report.project) : [:]
            return try report.rows(from: plane.records, cohorts: cohorts, rowsMax: Limits.summedRowsMax)
        }
    }
}
