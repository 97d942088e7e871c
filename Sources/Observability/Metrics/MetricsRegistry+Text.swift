import Core

extension MetricsRegistry.State {
    func write(_ text: inout MetricsText) {
        counters(&text, "headgate_requests_total", "Exchanges that ended.") { counts in
            counts.outcomes.map { ([("outcome", $0.key.rawValue)], $0.value) }
        }
        counters(&text, "headgate_errors_total", "Exchanges with an error, by the closed set of reasons.") { counts in
            counts.reasons.map { ([("reason", $0.key.rawValue)], $0.value) }
        }
        counters(&text, "headgate_attempts_total", "Calls to targets, by their status; 0 where none came.") { counts in
            counts.statuses.map { ([("status", "\($0.key)")], $0.value) }
        }
        counters(&text, "headgate_fallbacks_total", "Exchanges that a fallback answered, by its kind.") { counts in
            counts.fallbacks.map { ([("kind", $0.key)], $0.value) }
        }
        counters(&text, "headgate_tokens_total", "What was used, by disjoint buckets.") { counts in
            TokenUsage.buckets.compactMap { bucket in
                let count = counts.usage[bucket]
                return count == 0 ? nil : ([("bucket", bucket.name)], count)
            }
        }
        counters(&text, "headgate_unpriced_total", "Calls to targets whose price is unknown.") { counts in
            counts.unpriced == 0 ? [] : [([], counts.unpriced)]
        }
        counters(&text, "headgate_fetches_total", "Files fetched from URLs in requests, by how that ended.") { counts in
            [("ok", counts.fetch.files), ("error", counts.fetch.failures)].compactMap { outcome, count in
                count == 0 ? nil : ([("outcome", outcome)], count)
            }
        }
        counters(&text, "headgate_fetched_bytes_total", "Bytes of these files.") { counts in
            counts.fetch.bytes == 0 ? [] : [([], counts.fetch.bytes)]
        }
        text.begin("headgate_cost_usd_total", "What calls cost, where the price is known.", type: "counter")
        for (series, counts) in series where counts.cost != .zero {
            text.sample("headgate_cost_usd_total", series.labels, counts.cost.usdText)
        }
        histograms(&text, "headgate_request_duration_seconds", "From a request's first byte to its end.", \.duration)
        histograms(
            &text, "headgate_time_to_first_token_seconds", "From a request's first byte to the first content.",
            \.firstToken)
        histograms(
            &text, "headgate_time_per_output_token_seconds", "Of streams: time for each token after the first.",
            \.perToken)
        text.begin("headgate_gateway_seconds", "Where the time of an exchange went.", type: "histogram")
        for (phase, histogram) in phases.sorted(by: { $0.key < $1.key }) {
            text.histogram("headgate_gateway_seconds", [("phase", phase)], histogram)
        }
    }

    private func counters(
        _ text: inout MetricsText, _ name: String, _ help: String,
        _ values: (MetricCounts) -> [(MetricsText.Labels, Int)]
    ) {
        text.begin(name, help, type: "counter")
        for (series, counts) in series {
            for (labels, value) in values(counts) { text.sample(name, series.labels + labels, "\(value)") }
        }
    }

    /// By model and provider alone: a histogram for each key and feature would be too many series.
    private func histograms(
        _ text: inout MetricsText, _ name: String, _ help: String, _ path: KeyPath<MetricCounts, Histogram>
    ) {
        text.begin(name, help, type: "histogram")
        var sums: [[String]: Histogram] = [:]
        for (series, counts) in series where counts[keyPath: path].count > 0 {
            let own = counts[keyPath: path]
            sums[[series.model, series.provider], default: Histogram(bounds: own.bounds)] += own
        }
        for (values, histogram) in sums {
            text.histogram(name, [("model", values[0]), ("provider", values[1])], histogram)
        }
    }
}

extension MetricSeries {
    fileprivate var labels: MetricsText.Labels {
        [("project", project), ("model", model), ("provider", provider), ("key", key), ("feature", feature)]
    }
}
