public import Core

/// What limits did, and what budgets have left. Their series are as many as there are rules.
public struct LimitMetrics: Sendable {
    public var counts = LimitCounts()
    public var reports: [LimitReport] = []

    public init() {}

    func write(_ text: inout MetricsText) {
        guard !reports.isEmpty else { return }
        text.begin("headgate_limit_rejections_total", "Calls for which a limit had no room.", type: "counter")
        for report in reports {
            text.sample(
                "headgate_limit_rejections_total", labels(report), "\(counts.rejections[report.rule.id] ?? 0)")
        }
        text.single(
            "headgate_limit_values", "Values that limits tell apart now.", type: "gauge", counts.values)
        text.single(
            "headgate_limit_shared_values_total", "Calls whose values were not told apart: their key brought too many.",
            type: "counter", counts.sharedValues)
        text.single(
            "headgate_limit_unpriced_total", "Calls under limits on money whose price is unknown.", type: "counter",
            counts.unpricedCalls)
        writeBudgets(&text)
    }

    private func writeBudgets(_ text: inout MetricsText) {
        let budgets = reports.compactMap { report in report.rule.budget.map { (report, $0) } }
        guard !budgets.isEmpty else { return }
        text.begin("headgate_budget_limit_usd", "What a budget allows to each of its values.", type: "gauge")
        for (report, budget) in budgets {
            text.sample("headgate_budget_limit_usd", labels(report), budget.amount.usdText)
        }
        text.begin(
            "headgate_budget_spent_usd", "What all of a budget's values have spent in its period.", type: "gauge")
        for (report, _) in budgets {
            text.sample("headgate_budget_spent_usd", labels(report), report.spent.usdText)
        }
        text.begin("headgate_budget_soft_total", "Times that a soft share was passed.", type: "counter")
        for (report, _) in budgets {
            text.sample(
                "headgate_budget_soft_total", labels(report), "\(counts.softPassed[report.rule.id] ?? 0)")
        }
    }

    private func labels(_ report: LimitReport) -> [(name: String, value: String)] {
        [(report.rule.budget == nil ? "limit" : "budget", report.rule.kind == .key ? report.rule.id : report.rule.name)]
    }
}
