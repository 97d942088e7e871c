import Core
import Foundation
import Logging
import Synchronization
import Testing

@testable import Observability

/// Calls whose price nobody knows.
@Suite struct UnpricedTests {
    private func record(_ model: String, cost: Money?) -> ExchangeRecord {
        var record = ExchangeRecord(
            id: ExchangeID(unixMilliseconds: 1, random: (1, 1)), traceID: TraceID(high: 1, low: 2), spanID: SpanID(3),
            startedAtUnixMicroseconds: 1_800_000_000_000_000)
        record.route = "fast"
        var attempt = AttemptRecord(
            provider: "local", providerKind: "openai-compatible", upstreamModel: model, region: "default",
            spanID: SpanID(4), startedAfter: 0)
        attempt.usageSource = .provider
        attempt.cost = cost
        record.attempts = [attempt]
        return record
    }

    @Test func areCountedByModelAndProvider() {
        let registry = MetricsRegistry()
        registry.consume([record("a", cost: nil), record("b", cost: nil), record("c", cost: .zero)])
        let lines = registry.text(MetricGauges()).split(separator: "\n")
        let counts = lines.filter { $0.hasPrefix("headgate_unpriced_total{") }
        #expect(counts.count == 1)
        #expect(counts[0].contains("model=\"fast\",provider=\"local\"") && counts[0].hasSuffix(" 2"))
    }

    @Test func areToldOfOncePerModelAndOnlySoMany() {
        let lines = Lines()
        var logger = Logger(label: "test") { _ in lines }
        logger.logLevel = .info
        let models = UnpricedModels(log: OperationalLog(logger))
        models.consume([record("a", cost: nil), record("a", cost: nil), record("b", cost: .zero)])
        models.consume([record("a", cost: nil)])
        #expect(lines.models == ["a"])
        models.consume((0..<1000).map { record("m\($0)", cost: nil) })
        #expect(lines.models.count == UnpricedModels.modelsMax)
    }
}

/// The models of the log's warnings.
private final class Lines: LogHandler {
    private let told = Mutex<[String]>([])
    var models: [String] { told.withLock { $0 } }

    func log(event: LogEvent) {
        guard event.level == .warning, let model = event.metadata?["model"] else { return }
        told.withLock { $0.append("\(model)") }
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { nil }
        set {}
    }
    var metadata: Logger.Metadata {
        get { [:] }
        set {}
    }
    var logLevel: Logger.Level {
        get { .info }
        set {}
    }
}
