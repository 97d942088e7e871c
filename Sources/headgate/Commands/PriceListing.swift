import Core
import Foundation
import Ledger

/// Prices as a person and as a program read them: US dollars, per million where they are for tokens.
enum PriceListing {
    static func line(_ entry: PriceEntry) -> String {
        var parts = ["\(entry.owner)/\(entry.model)"]
        if let from = entry.from { parts.append("from \(CivilDay.text(CivilDay.number(containing: from)))") }
        parts.append(words(entry.rates))
        for schedule in entry.schedules {
            parts.append("[\(schedule.conditions.joined(separator: " "))] \(words(schedule.rates))")
        }
        for factor in entry.regionFactors {
            parts.append("[region \(factor.region)] \(factor.numerator)/\(factor.denominator)")
        }
        return parts.joined(separator: "  ")
    }

    /// What a list changes; one line for each model, and one for each price that is another.
    static func lines(_ diff: PriceDiff) -> [String] {
        var lines = diff.added.map { "+ \(line($0))" }
        lines += diff.removed.map { "- \($0.owner)/\($0.model)  not in the list; its price stays" }
        for changed in diff.changed {
            let name = "~ \(changed.entry.owner)/\(changed.entry.model)"
            if changed.changes.isEmpty { lines.append("\(name)  other regions, or other times of day") }
            for change in changed.changes {
                let factor = change.factor.map { String(format: "  x%.3g", $0) } ?? ""
                lines.append(
                    "\(name)  \(change.name) \(amount(change.before, change.name)) -> "
                        + "\(amount(change.after, change.name))\(factor)\(change.isJump ? "  !" : "")")
            }
        }
        lines.append("\(diff.added.count) added, \(diff.changed.count) changed, \(diff.removed.count) not in the list")
        return lines
    }

    static func row(_ entry: PriceEntry) -> [String: Any] {
        var row: [String: Any] = ["owner": entry.owner, "model": entry.model, "prices": prices(entry.rates)]
        if let from = entry.from { row["from"] = CivilDay.text(CivilDay.number(containing: from)) }
        if !entry.schedules.isEmpty {
            row["schedules"] = entry.schedules.map { schedule -> [String: Any] in
                var item: [String: Any] = ["prices": prices(schedule.rates)]
                if let tier = schedule.tier { item["tier"] = tier.rawValue }
                if schedule.above > 0 { item["above_input_tokens"] = schedule.above }
                return item
            }
        }
        if !entry.regionFactors.isEmpty {
            row["regions"] = Dictionary(
                entry.regionFactors.map { ($0.region, "\($0.numerator)/\($0.denominator)") },
                uniquingKeysWith: { $1 })
        }
        return row
    }

    static func json(_ diff: PriceDiff) -> String {
        let changed = diff.changed.map { changed -> [String: Any] in
            let changes = changed.changes.map { change -> [String: Any] in
                var item: [String: Any] = ["price": change.name, "is_jump": change.isJump]
                item["before"] = change.before.map { dollars($0, change.name) }
                item["after"] = change.after.map { dollars($0, change.name) }
                item["factor"] = change.factor
                return item
            }
            return ["owner": changed.entry.owner, "model": changed.entry.model, "changes": changes]
        }
        return json([
            "added": diff.added.map(row), "changed": changed,
            "removed": diff.removed.map { ["owner": $0.owner, "model": $0.model] },
        ])
    }

    static func json(_ value: Any) -> String {
        let data = try? JSONSerialization.data(withJSONObject: value, options: [.sortedKeys, .withoutEscapingSlashes])
        return data.map { String(decoding: $0, as: UTF8.self) } ?? "[]"
    }

    /// Amounts as text: they are exact, and numbers of JSON are not.
    private static func prices(_ rates: Rates) -> [String: String] {
        var prices: [String: String] = [:]
        for unit in PriceUnit.allCases {
            guard let price = rates[unit] else { continue }
            prices[unit.isToken ? "\(unit.name)_per_million" : unit.name] = dollars(price, unit.name)
        }
        return prices
    }

    private static func words(_ rates: Rates) -> String {
        PriceUnit.allCases.compactMap { unit in rates[unit].map { "\(unit.name) \(dollars($0, unit.name))" } }
            .joined(separator: ", ")
    }

    private static func amount(_ price: Int64?, _ name: String) -> String {
        price.map { dollars($0, name) } ?? "none"
    }

    /// - Parameter name: a unit, or a schedule's conditions and a unit.
    private static func dollars(_ price: Int64, _ name: String) -> String {
        let unit = name.split(separator: " ").last.flatMap { PriceUnit(name: String($0)) }
        return Money(picoUSD: Int128(price) * (unit?.isToken == false ? 1 : 1_000_000)).usdText
    }
}
