import Core

/// Counts of values below fixed bounds, as Prometheus wants them.
struct Histogram: Sendable {
    let bounds: [Double]
    /// One more than bounds: the last stands for all above.
    private(set) var counts: [Int]
    private(set) var sum = 0.0

    init(bounds: [Double]) {
        self.bounds = bounds
        counts = Array(repeating: 0, count: bounds.count + 1)
    }

    var count: Int { counts.reduce(0, +) }

    mutating func observe(_ value: Double) {
        counts[bounds.firstIndex { value <= $0 } ?? bounds.count] += 1
        sum += value
    }

    static func += (a: inout Histogram, b: Histogram) {
        for place in a.counts.indices { a.counts[place] += b.counts[place] }
        a.sum += b.sum
    }
}

/// What calls are told apart by in metrics.
struct MetricSeries: Hashable, Sendable {
    var project: String
    /// A route's name, not the client's text: what clients write must not make labels.
    var model: String
    var provider: String
    var key: String
    var feature: String

    /// Stands for all series past the limit.
    static let other = MetricSeries(
        project: "__other__", model: "__other__", provider: "__other__", key: "__other__", feature: "__other__")
}

/// What is counted of one series.
struct MetricCounts: Sendable {
    var outcomes: [Outcome: Int] = [:]
    var reasons: [ErrorCode: Int] = [:]
    var statuses: [Int: Int] = [:]
    var fallbacks: [String: Int] = [:]
    var unpriced = 0
    /// Files from URLs in requests.
    var fetch = FetchRecord()
    var usage = TokenUsage()
    var cost = Money.zero
    var duration = Histogram(bounds: MetricBounds.seconds)
    var firstToken = Histogram(bounds: MetricBounds.seconds)
    var perToken = Histogram(bounds: MetricBounds.perToken)
}

/// Upper bounds in seconds.
enum MetricBounds {
    static let seconds = [0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92]
    static let perToken = [0.01, 0.025, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.75, 1, 2.5]
    static let overhead = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 1, 5, 30]
}
