import Core
import Foundation
import Testing

@testable import Observability

/// The dashboard and the alert rules ask for what `/metrics` has, by the names and labels that it has.
@Suite struct MetricDocumentsTests {
    /// The labels of each name that a query may use.
    private let emitted: [String: Set<String>]

    init() {
        var attempt = AttemptRecord(
            provider: "p", providerKind: "openai", upstreamModel: "m", region: "r", spanID: SpanID(1), startedAfter: 0)
        attempt.usage.output = 5
        attempt.cost = nil
        var record = ExchangeRecord(
            id: ExchangeID(unixMilliseconds: 1, random: (1, 1)), traceID: TraceID(high: 1, low: 2), spanID: SpanID(3),
            startedAtUnixMicroseconds: 1)
        (record.outcome, record.errorCode, record.timeToFirstToken) = (.error, .upstreamError, 5)
        (record.duration, record.streamed, record.attempts) = (10, true, [attempt])
        record.fallback = "model"
        (record.fetch.files, record.fetch.failures, record.fetch.bytes) = (1, 1, 10)
        var priced = record
        priced.attempts[0].cost = Money(picoUSD: 5)
        let registry = MetricsRegistry()
        registry.consume([record, priced])
        var gauges = MetricGauges()
        gauges.pools = [MetricGauges.Pool(provider: "p", used: 1, idle: 1, waiting: 1)]
        gauges.targets = [MetricGauges.Target(name: "t", inFlight: 1, ejectedFor: 1)]
        gauges.overload.targets = [OverloadMetrics.Target(name: "t", limit: 4, waiting: [("normal", 1)])]
        gauges.overload.shed = ["normal": 1]
        emitted = Self.samples(registry.text(gauges))
    }

    private static func samples(_ text: String) -> [String: Set<String>] {
        var result: [String: Set<String>] = [:]
        for line in text.split(separator: "\n") where !line.hasPrefix("#") {
            let name = String(line.prefix { $0 != "{" && $0 != " " })
            let labels = line.dropFirst(name.count).matches(of: #/([a-z_]+)="/#).map { String($0.1) }
            result[name, default: []].formUnion(labels)
        }
        return result
    }

    private static func document(_ name: String) throws -> String {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        return try String(contentsOf: root.appendingPathComponent(name), encoding: .utf8)
    }

    private func dashboard() throws -> [String: Any] {
        let data = Data(try Self.document("docs/grafana.json").utf8)
        return try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    }

    private func check(_ query: String, legend: String = "") {
        let names = query.matches(of: #/headgate_[a-z_]+/#).map { String($0.0) }
        #expect(!names.isEmpty, "\(query) asks for none of our metrics")
        for name in names { #expect(emitted[name] != nil, "\(query) asks for \(name), which is not emitted") }
        let labels = names.reduce(into: Set<String>()) { $0.formUnion(emitted[$1] ?? []) }
        for match in query.matches(of: #/(headgate_[a-z_]+)\{([^}]*)\}/#) {
            for label in match.2.matches(of: #/([a-z_]+)(?:=|!)/#) {
                #expect(emitted[String(match.1)]?.contains(String(label.1)) == true, "\(match.1) has no \(label.1)")
            }
        }
        let groups = query.matches(of: #/by \(([^)]*)\)/#).flatMap { $0.1.split(separator: ",") }
        let used = groups.map { $0.trimmingCharacters(in: .whitespaces) }
        for label in used + legend.matches(of: #/\{\{([a-z_]+)\}\}/#).map({ String($0.1) }) {
            #expect(labels.contains(label), "\(query) tells apart by \(label), which is no label")
        }
    }

    @Test func alertsAskForWhatIsEmitted() throws {
        let queries = try Self.document("docs/alerts.yaml").matches(of: #/expr: (.*)/#)
        #expect(queries.count >= 5)
        for query in queries { check(String(query.1)) }
    }

    @Test func panelsAskForWhatIsEmitted() throws {
        let panels = try #require(try dashboard()["panels"] as? [[String: Any]])
        var asked: Set<String> = []
        for panel in panels where panel["type"] as? String != "row" {
            let targets = try #require(panel["targets"] as? [[String: Any]])
            #expect(!targets.isEmpty)
            for target in targets {
                let query = try #require(target["expr"] as? String)
                check(query, legend: target["legendFormat"] as? String ?? "")
                asked.formUnion(query.matches(of: #/headgate_[a-z_]+/#).map { String($0.0) })
            }
        }
        // What is emitted and shown nowhere is forgotten.
        let families = Set(emitted.keys.map { $0.replacing(#/_(?:bucket|sum|count)$/#, with: "") })
        let shown = Set(asked.map { $0.replacing(#/_(?:bucket|sum|count)$/#, with: "") })
        #expect(families == shown)
    }

    @Test func theDashboardIsForAnyDatasource() throws {
        let dashboard = try dashboard()
        let panels = try #require(dashboard["panels"] as? [[String: Any]])
        let variables = try #require((dashboard["templating"] as? [String: Any])?["list"] as? [[String: Any]])
        #expect(
            variables.first?["name"] as? String == "datasource" && variables.first?["query"] as? String == "prometheus")
        for part in panels + variables.dropFirst() where part["type"] as? String != "row" {
            #expect((part["datasource"] as? [String: String])?["uid"] == "${datasource}")
        }
        let ids = panels.compactMap { $0["id"] as? Int }
        #expect(Set(ids).count == panels.count)
    }
}
