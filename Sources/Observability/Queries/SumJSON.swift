public import Core
public import NIOCore
import Wire

/// A row of sums as the API and the command line write it.
public enum SumJSON {
    public static func object(_ row: SumRow, of report: SumReport) -> ByteBuffer {
        var writer = JSONWriter()
        writer.beginObject()
        for (dimension, value) in zip(report.dimensions, row.values) { writer.member(dimension.description, value) }
        if let step = row.step { writer.member("step", Timestamp.text(step)) }
        let sums = row.sums
        writer.member("requests", sums.requests)
        writer.member("attempts", sums.attempts)
        writer.member("errors", sums.errors)
        writer.member("unpriced", sums.unpriced)
        writer.usage(sums.usage)
        writer.cost(sums.cost)
        if report.wantsQuantiles {
            writer.quantiles("duration_ms", sums.latency, decimals: 3)
            writer.quantiles("time_to_first_token_ms", sums.firstToken, decimals: 3)
            writer.quantiles("output_tokens", sums.outputTokens, decimals: 0)
            writer.quantiles("cost_usd_per_request", sums.costs, decimals: 8)
        }
        writer.endObject()
        return writer.buffer
    }
}

extension JSONWriter {
    /// - Parameter decimals: of the unit that is shown, in the unit that was counted.
    fileprivate mutating func quantiles(_ name: String, _ sketch: QuantileSketch, decimals: Int) {
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
