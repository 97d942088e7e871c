import Core
import Observability
import Wire

/// What somebody should look at now, the worst first.
struct AttentionList: Sendable {
    enum Severity: String, Sendable { case bad, warn }

    struct Entry: Sendable {
        var severity: Severity
        var kind: String
        var text: String
        /// A page of the dashboard.
        var path: String
    }

    private(set) var entries: [Entry] = []

    /// - Parameter unpriced: attempts of the time that is looked at whose price is unknown.
    init(_ plane: AdminPlane, unpriced: Int) async {
        let gauges = await plane.gauges()
        add(targets: gauges.targets)
        add(recorder: gauges.recorder, exports: gauges.exports, droppedLogs: gauges.droppedLogBuffers)
        add(budgets: gauges.limits.reports)
        if let refusal = plane.health().refusal {
            let what =
                refusal.changed == "store" ? "The store's keys cannot be read" : "The configuration file is refused"
            add(.bad, "configuration", "\(what), what was last good counts: \(refusal.refused ?? "")", "/system")
        }
        if unpriced > 0 {
            add(.warn, "prices", "\(unpriced) attempts have an unknown price and count as nothing.", "/costs")
        }
        if gauges.limits.counts.unpricedCalls > 0 {
            add(
                .warn, "prices", "\(gauges.limits.counts.unpricedCalls) calls under a budget have an unknown price.",
                "/keys")
        }
        let order: [Severity] = [.bad, .warn]
        entries.sort { (order.firstIndex(of: $0.severity) ?? 0) < (order.firstIndex(of: $1.severity) ?? 0) }
    }

    private mutating func add(targets: [MetricGauges.Target]) {
        for target in targets where target.isEjected {
            add(.bad, "breaker", "The breaker of \(target.name) is open: calls go elsewhere.", "/providers")
        }
    }

    private mutating func add(recorder: Recorder.Status, exports: [OTLPStatus], droppedLogs: Int) {
        if let failure = recorder.failure {
            add(.bad, "store", "Records cannot be written: \(failure)", "/system")
        }
        if recorder.droppedRecords > 0 {
            add(.bad, "drops", "\(recorder.droppedRecords) records were dropped since the start.", "/system")
        }
        if recorder.refusedRecords > 0 {
            add(.bad, "drops", "\(recorder.refusedRecords) records were refused by the store; see the log.", "/system")
        }
        if recorder.droppedBodies > 0 {
            add(.warn, "drops", "\(recorder.droppedBodies) bodies were dropped since the start.", "/system")
        }
        if droppedLogs > 0 { add(.warn, "drops", "\(droppedLogs) buffers of log lines were dropped.", "/system") }
        for export in exports where export.failure != nil {
            add(.warn, "export", "\(export.endpoint) takes no spans: \(export.failure ?? "")", "/system")
        }
    }

    /// Budgets past their soft mark, or past four fifths where they have none.
    private mutating func add(budgets reports: [LimitReport]) {
        for report in reports {
            guard let budget = report.rule.budget else { continue }
            let mark = budget.softAmount ?? budget.amount.multiplied(by: 4, over: 5)
            let spent = report.rule.per.isEmpty ? report.spent : report.states.map(\.spent).max() ?? .zero
            guard spent >= mark, spent > .zero else { continue }
            let isOver = spent >= budget.amount
            add(
                isOver ? .bad : .warn, "budget",
                "The budget '\(report.rule.name)' is \(isOver ? "used up" : "near its end"): \(spent.usdText) of "
                    + "\(budget.amount.usdText) dollars.", "/keys")
        }
    }

    private mutating func add(_ severity: Severity, _ kind: String, _ text: String, _ path: String) {
        entries.append(Entry(severity: severity, kind: kind, text: text, path: path))
    }

    func write(_ writer: inout JSONWriter) {
        writer.key("attention")
        writer.beginArray()
        for entry in entries {
            writer.beginObject()
            writer.member("severity", entry.severity.rawValue)
            writer.member("kind", entry.kind)
            writer.member("text", entry.text)
            writer.member("path", entry.path)
            writer.endObject()
        }
        writer.endArray()
    }
}
