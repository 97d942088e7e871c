import Core
import Ledger
import NIOCore
import Plan
import Proxy

/// What must hold of limits and budgets when a run has ended.
extension SimulationWorld {
    func checkLimits() {
        let reports = limitTable.reports(
            settings.limits.rules.all,
            at: LimitInstant(nanoseconds: Int64(loop.now.uptimeNanoseconds), unixMicroseconds: unixMicroseconds))
        for report in reports {
            for state in report.states {
                let name = "\(report.rule.name) \(state.values)"
                if state.running != 0 { violations.append("\(name) counts \(state.running) calls that run") }
                if state.reserved != .zero { violations.append("\(name) still holds \(state.reserved)") }
            }
            if report.rule.name == SimulatedLimits.total { checkTotal(report) }
            if report.rule.name == "calls" { checkCalls(report.rule) }
        }
        if let held = plane?.load.memory.held, held != 0 { violations.append("bodies still hold \(held) bytes") }
    }

    /// The budget's sum is the ledger's.
    private func checkTotal(_ report: LimitReport) {
        let costs = records.all.flatMap { record in
            record.attempts.map { settings.limits.prices.cost(of: $0, at: record.startedAtUnixMicroseconds) }
        }
        if costs.contains(nil) { violations.append("an attempt has no price") }
        let sum = costs.reduce(into: Money.zero) { $0 += $1 ?? .zero }
        if report.spent != sum { violations.append("the budget has spent \(report.spent), the calls cost \(sum)") }
    }

    /// Nobody gets more calls than the window has: it is far longer than the run.
    private func checkCalls(_ rule: LimitRule) {
        guard let rate = rule.rates.first else { return }
        let sent = records.all.filter { !$0.attempts.isEmpty }
        for (user, calls) in Dictionary(grouping: sent, by: { $0.tags["user"] ?? "" }) where calls.count > rate.amount {
            violations.append("\(user) made \(calls.count) calls where \(rate.amount) are allowed")
        }
    }
}
