public import Core
public import NIOCore
public import Wire

/// A row of sums as the API and the command line write it.
public enum SumJSON {
    /// - Parameter featurePrices: what a call of a feature brings in; with it, rows of features tell their margin. What
    ///   failed brings in nothing. There is none where attempts are told apart: a call counts at its last.
    public static func object(
        _ row: SumRow, of report: SumReport, featurePrices: [String: Money] = [:]
    ) -> ByteBuffer {
        var writer = JSONWriter()
        writer.beginObject()
        for (dimension, value) in zip(report.dimensions, row.values) {
            writer.nullable(dimension.description, row.isRest ? nil : value)
        }
        if row.isRest { writer.member("other", true) }
        if let step = row.step { writer.member("step", Timestamp.text(step)) }
        writer.members(of: row.sums, quantiles: report.quantiles, metrics: report.metrics)
        let tellsAttempts = report.dimensions.contains(where: ofAttempts.contains)
        let feature = tellsAttempts ? nil : report.dimensions.firstIndex(of: .feature).map { row.values[$0] }
        if report.metrics.contains(.cost), !row.isRest, let price = feature.flatMap({ featurePrices[$0] }) {
            let revenue = price * (row.sums.requests - row.sums.errors)
            writer.member("revenue_usd", revenue.usdText)
            writer.member("margin_usd", (revenue - row.sums.cost).usdText)
        }
        writer.endObject()
        return writer.buffer
    }

    private static let ofAttempts: [RecordDimension] = [
        .provider, .region, .upstreamModel, .servedModel, .serviceTier,
    ]
}

extension JSONWriter {
    /// Counts, usage and cost; percentiles of what is wanted.
    public mutating func members(
        of sums: Sums, quantiles: SumQuantiles, metrics: Set<SumMetric> = Set(SumMetric.allCases)
    ) {
        member("requests", sums.requests)
        if metrics.contains(.requests) { member("attempts", sums.attempts) }
        if metrics.contains(.errors) { member("errors", sums.errors) }
        if metrics.contains(.cost) { member("unpriced", sums.unpriced) }
        if metrics.contains(.tokens) { usage(sums.usage) }
        if metrics.contains(.cost) { cost(sums.cost) }
        if quantiles.contains(.latency) {
            milliseconds("gateway_ms_mean", sums.gatewayRequests > 0 ? sums.gateway / Int64(sums.gatewayRequests) : nil)
        }
        if quantiles.contains(.latency) { percentiles("duration_ms", sums.latency, decimals: 3) }
        if quantiles.contains(.firstToken) { percentiles("time_to_first_token_ms", sums.firstToken, decimals: 3) }
        if quantiles.contains(.outputTokens) { percentiles("output_tokens", sums.outputTokens, decimals: 0) }
        if quantiles.contains(.costs) { percentiles("cost_usd_per_request", sums.costs, decimals: 8) }
    }

    /// - Parameter decimals: of the unit that is shown, in the unit that was counted.
    fileprivate mutating func percentiles(_ name: String, _ sketch: QuantileSketch, decimals: Int) {
        key(name)
        guard sketch.count > 0 else { return null() }
        beginObject()
        for (name, share) in [("p50", 0.5), ("p90", 0.9), ("p95", 0.95), ("p99", 0.99)] {
            key(name)
            let value = Int128((sketch.quantile(share) ?? 0).rounded())
            raw(ByteBuffer(string: DecimalText.text(value, decimals: decimals)))
        }
        endObject()
    }
}
