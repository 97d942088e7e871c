import Core
import Hummingbird
import NIOCore
import Observability
import Wire

/// `/api/v1/limits`: each rule, and what was used of it.
enum LimitHandlers {
    static func list(_ call: AdminCall) async throws -> Response {
        let limits = call.plane.limits
        let reports = try await call.querying { limits() }
        return StateHandlers.list(reports) { report, writer in
            let rule = report.rule
            writer.member("name", rule.name)
            writer.member("kind", rule.kind.rawValue)
            writer.member("values", report.count)
            write(rule, &writer)
            if rule.budget != nil { writer.member("spent_usd", report.spent.usdText) }
            if let end = report.periodEndsAt { writer.member("period_ends_at", Timestamp.text(end)) }
            writer.key("states")
            writer.beginArray()
            for state in report.states { write(state, rule, &writer) }
            writer.endArray()
        }
    }

    private static func write(_ rule: LimitRule, _ writer: inout JSONWriter) {
        writer.key("per")
        writer.beginArray()
        for dimension in rule.per { writer.value(dimension.name) }
        writer.endArray()
        writer.key("limits")
        writer.beginArray()
        for rate in rule.rates {
            writer.beginObject()
            writer.member("unit", rate.id.unit.rawValue)
            writer.member("amount", text(rate.amount, rate.id.unit))
            writer.member("seconds", Int(rate.window / 1_000_000_000))
            writer.endObject()
        }
        writer.endArray()
        if let concurrency = rule.concurrency { writer.member("concurrency", concurrency) }
        guard let budget = rule.budget else { return }
        writer.member("budget_usd", budget.amount.usdText)
        if let soft = budget.softAmount { writer.member("soft_usd", soft.usdText) }
        if let model = budget.downgrade { writer.member("downgrade", model) }
    }

    private static func write(_ state: LimitState, _ rule: LimitRule, _ writer: inout JSONWriter) {
        writer.beginObject()
        writer.key("values")
        writer.beginArray()
        for value in state.values { writer.value(value) }
        writer.endArray()
        writer.key("used")
        writer.beginArray()
        for (rate, used) in zip(rule.rates, state.used) { writer.value(text(used, rate.id.unit)) }
        writer.endArray()
        writer.member("running", state.running)
        if rule.budget != nil {
            writer.member("spent_usd", state.spent.usdText)
            writer.member("reserved_usd", state.reserved.usdText)
        }
        writer.endObject()
    }

    /// Amounts are texts, as all amounts of money are.
    private static func text(_ amount: Int64, _ unit: LimitedUnit) -> String {
        unit == .cost ? Money(picoUSD: Int128(amount)).usdText : "\(amount)"
    }
}
