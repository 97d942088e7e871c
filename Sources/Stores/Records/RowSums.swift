import Core
import Foundation
import GRDB

/// Sums worked out from the rows themselves: the way of every question that no rollup answers.
enum RowSums {
    static func of(
        _ query: SumQuery, _ filter: RecordFilter, day: Day, _ database: Database
    ) throws -> [[String]: Sums] {
        var result: [[String]: Sums] = [:]
        // The last attempt of each record stands in its row, earlier ones in a table of their own.
        for (tables, attempt, isLast) in [
            ("records r", "r", true), ("attempts a JOIN records r ON r.record = a.record", "a", false),
        ] {
            guard let condition = try FilterSQL.condition(filter, in: day, attempt: attempt, database) else { continue }
            let dimensions = query.dimensions.compactMap { FilterSQL.expression($0, attempt: attempt) }
            guard dimensions.count == query.dimensions.count else { continue }
            let hasRest = try addCounts(tables, attempt, isLast, condition, dimensions, database, &result)
            if hasRest { try addRest(tables, attempt, condition, dimensions, database, &result) }
            if !query.quantiles.isEmpty && isLast { try addSketches(condition, dimensions, database, &result) }
        }
        return result
    }

    private typealias Expression = (sql: String, form: FilterSQL.Form)

    /// - Returns: whether some rows have buckets without a column: only then the rows are read a second time for them.
    private static func addCounts(
        _ tables: String, _ a: String, _ isLast: Bool, _ condition: FilterSQL.Condition, _ dimensions: [Expression],
        _ database: Database, _ result: inout [[String]: Sums]
    ) throws -> Bool {
        let one = isLast ? "1" : "0"
        // Of errors, those that say so: not ok, and not a client that left.
        let columns =
            dimensions.map(\.sql) + [
                "sum(\(one))", "sum(\(a).attempt > 0)", "sum(\(one) AND r.outcome NOT IN (0, 2))",
                "sum(\(a).attempt > 0 AND \(a).cost IS NULL)", "sum(\(one) * r.duration)", "sum(\(a).cost >> 20)",
                "sum(\(a).cost & 1048575)", "sum(\(a).input_uncached)", "sum(\(a).cache_read)",
                "sum(\(a).cache_write_5m)", "sum(\(a).cache_write_1h)", "sum(\(a).output)", "sum(\(a).reasoning)",
                "sum(\(one) * r.gateway)", "count(\(a).usage_rest)",
            ]
        let grouping = dimensions.isEmpty ? "" : " GROUP BY " + dimensions.map(\.sql).joined(separator: ", ")
        let rows = try Row.fetchCursor(
            database,
            sql: "SELECT \(columns.joined(separator: ", ")) FROM \(tables) WHERE \(condition.sql)\(grouping)",
            arguments: StatementArguments(condition.arguments))
        let words = WordReader(database)
        var hasRest = false
        while let row = try rows.next() {
            guard (row[dimensions.count] as Int64?) != nil else { continue }
            func number(_ place: Int) -> Int { Int((row[dimensions.count + place] as Int64?) ?? 0) }
            var sums = Sums()
            sums.requests = number(0)
            sums.attempts = number(1)
            sums.errors = number(2)
            sums.unpriced = number(3)
            sums.duration = Int64(number(4)) * 1000
            sums.cost = Money(picoUSD: Int128(number(5)) << 20 + Int128(number(6)))
            sums.usage.inputUncached = number(7)
            sums.usage.cacheRead = number(8)
            sums.usage.cacheWrite5m = number(9)
            sums.usage.cacheWrite1h = number(10)
            sums.usage.output = number(11)
            sums.usage.reasoning = number(12)
            sums.gateway = Int64(number(13)) * 1000
            sums.gatewayRequests = sums.requests
            if number(14) > 0 { hasRest = true }
            result[try words.values(row, dimensions), default: Sums()] += sums
        }
        return hasRest
    }

    /// Buckets that have no column.
    private static func addRest(
        _ tables: String, _ a: String, _ condition: FilterSQL.Condition, _ dimensions: [Expression],
        _ database: Database, _ result: inout [[String]: Sums]
    ) throws {
        let columns = dimensions.map(\.sql) + ["\(a).usage_rest"]
        let rows = try Row.fetchCursor(
            database,
            sql: """
                SELECT \(columns.joined(separator: ", ")) FROM \(tables)
                WHERE \(condition.sql) AND \(a).usage_rest IS NOT NULL
                """,
            arguments: StatementArguments(condition.arguments))
        let words = WordReader(database)
        while let row = try rows.next() {
            let values = try words.values(row, dimensions)
            try row.withUnsafeData(atIndex: dimensions.count) { rest in
                rest?.withUnsafeBytes { result[values, default: Sums()].usage.takeMoreRest($0) }
            }
        }
    }

    private static func addSketches(
        _ condition: FilterSQL.Condition, _ dimensions: [Expression], _ database: Database,
        _ result: inout [[String]: Sums]
    ) throws {
        let columns =
            dimensions.map(\.sql) + [
                "r.duration", "r.first_token",
                """
                r.cost + CASE WHEN r.attempt < 2 THEN 0 ELSE
                    (SELECT coalesce(sum(b.cost), 0) FROM attempts b WHERE b.record = r.record) END
                """,
                """
                r.output + r.reasoning + CASE WHEN r.attempt < 2 THEN 0 ELSE
                    (SELECT coalesce(sum(b.output + b.reasoning), 0) FROM attempts b WHERE b.record = r.record) END
                """,
            ]
        let rows = try Row.fetchCursor(
            database, sql: "SELECT \(columns.joined(separator: ", ")) FROM records r WHERE \(condition.sql)",
            arguments: StatementArguments(condition.arguments))
        let words = WordReader(database)
        while let row = try rows.next() {
            let values = try words.values(row, dimensions)
            result[values, default: Sums()].latency.add(row[dimensions.count])
            if let first: Int64 = row[dimensions.count + 1] { result[values, default: Sums()].firstToken.add(first) }
            if let cost: Int64 = row[dimensions.count + 2] { result[values, default: Sums()].costs.add(cost / 10_000) }
            result[values, default: Sums()].outputTokens.add(row[dimensions.count + 3])
        }
    }
}

/// Turns a row's first columns into the texts of its dimensions.
final class WordReader {
    private let database: Database
    private var known: [Int64: String] = [0: ""]

    init(_ database: Database) { self.database = database }

    func values(_ row: Row, _ dimensions: [(sql: String, form: FilterSQL.Form)]) throws -> [String] {
        try dimensions.enumerated().map { place, dimension in
            switch dimension.form {
            case .word: try text(row[place])
            case .integer: String(row[place] as Int64)
            case .outcome: ClosedWords.word(row[place], in: ClosedWords.outcomes)?.rawValue ?? ""
            case .flag: (row[place] as Int64) == 1 ? "true" : "false"
            case .text: row[place] ?? ""
            }
        }
    }

    private func text(_ number: Int64) throws -> String {
        if let text = known[number] { return text }
        let text = try String.fetchOne(
            database.cachedStatement(sql: "SELECT text FROM strings WHERE id = ?"), arguments: [number])
        known[number] = text ?? ""
        return text ?? ""
    }
}

extension TokenUsage {
    /// Adds what the bytes say to what is there.
    fileprivate mutating func takeMoreRest(_ bytes: UnsafeRawBufferPointer) {
        var rest = TokenUsage()
        rest.takeRest(bytes)
        self += rest
    }
}
