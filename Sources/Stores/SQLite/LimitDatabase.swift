public import Core
import Foundation
import GRDB

/// `limits.sqlite`: what was used under limits and budgets, as far as it must outlive the program. Read whole at the
/// start; written by one writer off the path.
public final class LimitDatabase: LimitStore {
    private let queue: DatabaseQueue

    public init(directory: String) throws(StoreError) {
        do {
            queue = try DatabaseQueue.ownFile(directory + "/limits.sqlite")
            try queue.write { database in
                // Amounts are texts: they may have more digits than SQLite's integers.
                try database.execute(
                    sql: """
                        CREATE TABLE IF NOT EXISTS used (
                            rule TEXT NOT NULL, owner TEXT NOT NULL, "values" TEXT NOT NULL, unit TEXT NOT NULL,
                            place INTEGER NOT NULL, amount TEXT NOT NULL, at INTEGER NOT NULL,
                            PRIMARY KEY (rule, "values", unit, place, at)) WITHOUT ROWID;
                        """)
            }
        } catch {
            throw StoreError.unavailable("'limits.sqlite' in '\(directory)' cannot be opened: \(error)")
        }
    }

    /// The unit of what was spent of a budget.
    private static let budget = "budget"

    public func limits(since: Int64) throws(StoreError) -> [SavedLimit] {
        do {
            return try queue.write { database in
                try database.execute(sql: "DELETE FROM used WHERE at < ?", arguments: [since])
                var limits: [SavedLimit] = []
                let rows = try Row.fetchCursor(
                    database,
                    sql: """
                        SELECT rule, owner, "values", unit, place, amount, at FROM used ORDER BY rule, "values", at
                        """)
                while let row = try rows.next() { Self.add(row, to: &limits) }
                return limits
            }
        } catch {
            throw StoreError.unavailable("'limits.sqlite' cannot be read: \(error)")
        }
    }

    private static func add(_ row: Row, to limits: inout [SavedLimit]) {
        let (rule, values): (String, String) = (row["rule"], row["values"])
        if limits.last?.rule != rule || limits.last?.values != values {
            limits.append(SavedLimit(rule: rule, owner: row["owner"], values: values))
        }
        let last = limits.count - 1
        let amount: String = row["amount"]
        if row["unit"] == budget {
            guard let amount = Int128(amount) else { return }
            limits[last].spent.append(SavedLimit.Spent(slot: row["at"], amount: Money(picoUSD: amount)))
        } else if let unit = LimitedUnit(rawValue: row["unit"]), let used = Int64(amount) {
            limits[last].rates.append(
                SavedLimit.Rate(id: RateLimit.ID(unit: unit, place: row["place"]), used: used, at: row["at"]))
        }
    }

    public func save(_ limits: [SavedLimit]) throws(StoreError) {
        guard !limits.isEmpty else { return }
        do {
            try queue.write { database in
                let delete = try database.cachedStatement(sql: "DELETE FROM used WHERE rule = ? AND \"values\" = ?")
                let insert = try database.cachedStatement(
                    sql: """
                        INSERT INTO used (rule, owner, "values", unit, place, amount, at) VALUES (?, ?, ?, ?, ?, ?, ?)
                        """)
                for limit in limits {
                    try delete.execute(arguments: [limit.rule, limit.values])
                    for rate in limit.rates {
                        try insert.execute(arguments: [
                            limit.rule, limit.owner, limit.values, rate.id.unit.rawValue, rate.id.place,
                            String(rate.used), rate.at,
                        ])
                    }
                    for spent in limit.spent {
                        try insert.execute(arguments: [
                            limit.rule, limit.owner, limit.values, Self.budget, 0, String(spent.amount.picoUSD),
                            spent.slot,
                        ])
                    }
                }
            }
        } catch {
            throw StoreError.unavailable("'limits.sqlite' cannot be written: \(error)")
        }
    }
}
