public import Core
import Synchronization

/// Counts calls for Prometheus. Fed by the recorder, with every call, sampled or not; its series are bounded.
public final class MetricsRegistry: RecordConsumer {
    struct State: Sendable {
        var series: [MetricSeries: MetricCounts] = [:]
        /// How many series each key has.
        var seriesOfKey: [String: Int] = [:]
        var phases: [String: Histogram] = [:]
    }

    private let state = Mutex(State())

    /// Series that are told apart; all others count as one.
    static let seriesMax = 5000
    /// Series of one key; past it, its features count as one.
    static let seriesPerKeyMax = 500

    public init() {}

    public func consume(_ records: [ExchangeRecord]) {
        state.withLock { state in
            for record in records { state.count(record) }
        }
    }

    /// The text that Prometheus reads.
    public func text(_ gauges: MetricGauges) -> String {
        let state = state.withLock { $0 }
        var text = MetricsText()
        state.write(&text)
        gauges.write(&text)
        return text.text
    }
}

extension MetricsRegistry.State {
    fileprivate mutating func count(_ record: ExchangeRecord) {
        var series = MetricSeries(
            project: record.project, model: record.route ?? "", provider: record.attempts.last?.provider ?? "",
            key: record.key ?? "", feature: record.tags["feature"] ?? "")
        for attempt in record.attempts.dropLast() {
            var own = series
            own.provider = attempt.provider
            update(own) { $0.add(attempt) }
        }
        bound(&series)
        self.series[series, default: MetricCounts()].add(record)
        if record.fetch != FetchRecord() { observe("fetch", record.fetch.duration) }
        guard !record.attempts.isEmpty else { return }
        let upstream = record.attempts.reduce(0) { $0 + $1.duration }
        for (phase, time) in [("gateway", record.gatewayTime), ("queue", record.queueTime), ("upstream", upstream)] {
            observe(phase, time)
        }
    }

    private mutating func observe(_ phase: String, _ time: Int64) {
        phases[phase, default: Histogram(bounds: MetricBounds.overhead)].observe(time.seconds)
    }

    private mutating func update(_ series: MetricSeries, _ body: (inout MetricCounts) -> Void) {
        var series = series
        bound(&series)
        body(&self.series[series, default: MetricCounts()])
    }

    private mutating func bound(_ series: inout MetricSeries) {
        guard self.series[series] == nil else { return }
        let owner = series.project + "/" + series.key
        if seriesOfKey[owner, default: 0] >= MetricsRegistry.seriesPerKeyMax {
            series.feature = MetricSeries.other.feature
            guard self.series[series] == nil else { return }
        }
        if self.series.count >= MetricsRegistry.seriesMax {
            series = .other
        } else {
            seriesOfKey[owner, default: 0] += 1
        }
    }
}

extension MetricCounts {
    fileprivate mutating func add(_ record: ExchangeRecord) {
        outcomes[record.outcome, default: 0] += 1
        if let fallback = record.fallback { fallbacks[fallback, default: 0] += 1 }
        if let reason = record.errorCode { reasons[reason, default: 0] += 1 }
        fetch.files += record.fetch.files
        fetch.failures += record.fetch.failures
        fetch.bytes += record.fetch.bytes
        guard let attempt = record.attempts.last else { return }
        add(attempt)
        duration.observe(record.duration.seconds)
        guard let first = record.timeToFirstToken else { return }
        firstToken.observe(first.seconds)
        let tokens = attempt.usage.outputTotal
        if record.streamed && tokens > 1 {
            perToken.observe((record.duration - first).seconds / Double(tokens - 1))
        }
    }

    fileprivate mutating func add(_ attempt: AttemptRecord) {
        statuses[attempt.status, default: 0] += 1
        usage += attempt.usage
        if let cost = attempt.cost { self.cost += cost } else { unpriced += 1 }
    }
}

extension Int64 {
    /// Of nanoseconds.
    fileprivate var seconds: Double { Double(Swift.max(0, self)) / 1_000_000_000 }
}
