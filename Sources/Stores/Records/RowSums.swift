import Core
import Foundation
import GRDB

/// Sums worked out from the rows themselves: the way of every question that no rollup answers.
///
/// Groups are added up here: SQLite would sort all rows by them first.
struct RowSums {
    private typealias Expression = (sql: String, form: FilterSQL.Form)

    private var groups = GroupedSums<[RowValue]>()
    private let database: Database

    /// - Parameter body: gets the texts of each group's dimensions, and its sums; a group may come twice.
    static func of(
        _ query: SumQuery, _ filter: RecordFilter, day: Day, _ database: Database,
        _ body: ([String], Sums) throws -> Void
    ) throws {
        let words = ValueReader(database)
        // The last attempt of each record stands in its row, earlier ones in a table of their own.
        for (tables, attempt, isLast) in [
            ("records r", "r", true), ("attempts a JOIN records r ON r.record = a.record", "a", false),
        ] {
            guard let condition = try FilterSQL.condition(filter, in: day, attempt: attempt, database) else { continue }
            let dimensions = query.dimensions.compactMap { FilterSQL.expression($0, attempt: attempt) }
            guard dimensions.count == query.dimensions.count else { continue }
            var part = RowSums(database: database)
            let hasRest = try part.addCounts(tables, attempt, isLast, condition, dimensions)
            if hasRest { try part.addRest(tables, attempt, condition, dimensions) }
            if !query.quantiles.isEmpty && isLast { try part.addSketches(condition, dimensions) }
            for (values, sums) in part.groups.map({ ($0, $1) }) { try body(try words.texts(values, dimensions), sums) }
        }
    }

    private init(database: Database) { self.database = database }

    /// - Returns: whether some rows have buckets without a column: only then the rows are read a second time for them.
    private mutating func addCounts(
        _ tables: String, _ a: String, _ isLast: Bool, _ condition: FilterSQL.Condition, _ dimensions: [Expression]
    ) throws -> Bool {
        let measures = Self.measures(a, isLast)
        // One group needs no sorting.
        guard dimensions.isEmpty else {
            return try addCounts(try rows(dimensions.map(\.sql) + measures, of: tables, condition), dimensions)
        }
        do {
            return try addCounts(try rows(measures.map { "sum(\($0))" }, of: tables, condition), [])
        } catch let error as DatabaseError where error.resultCode == .SQLITE_ERROR {
            // SQLite's `integer overflow`, of damaged numbers: one by one they are added up to the largest.
            return try addCounts(try rows(measures, of: tables, condition), [])
        }
    }

    private static func measures(_ a: String, _ isLast: Bool) -> [String] {
        let one = isLast ? "1" : "0"
        // Of errors, those that say so: not ok, and not a client that left. A cost is read in two halves, so that the
        // sum of many is no overflow.
        return [
            one, "\(a).attempt > 0", "\(one) AND r.outcome NOT IN (0, 2)", "\(a).attempt > 0 AND \(a).cost IS NULL",
            "\(one) * r.duration", "\(a).cost >> 20", "\(a).cost & 1048575", "\(a).input_uncached", "\(a).cache_read",
            "\(a).cache_write_5m", "\(a).cache_write_1h", "\(a).output", "\(a).reasoning", "\(one) * r.gateway",
            "\(a).usage_rest IS NOT NULL",
        ]
    }

    private mutating func addCounts(_ rows: RowCursor, _ dimensions: [Expression]) throws -> Bool {
        var hasRest = false
        while let row = try rows.next() {
            let first = dimensions.count
            guard (row[first] as Int64?) != nil else { continue }
            func number(_ place: Int) -> Int { Int((row[first + place] as Int64?) ?? 0) }
            if number(14) > 0 { hasRest = true }
            groups.change(RowValue.list(row, dimensions)) { sums in
                sums.requests += number(0)
                sums.attempts += number(1)
                sums.errors += number(2)
                sums.unpriced += number(3)
                sums.duration.addSaturating(Int64(number(4)).multipliedSaturating(by: 1000))
                sums.cost += Money(picoUSD: Int128(number(5)) << 20 + Int128(number(6)))
                sums.usage.inputUncached.addSaturating(number(7))
                sums.usage.cacheRead.addSaturating(number(8))
                sums.usage.cacheWrite5m.addSaturating(number(9))
                sums.usage.cacheWrite1h.addSaturating(number(10))
                sums.usage.output.addSaturating(number(11))
                sums.usage.reasoning.addSaturating(number(12))
                sums.gateway.addSaturating(Int64(number(13)).multipliedSaturating(by: 1000))
                sums.gatewayRequests += number(0)
            }
        }
        return hasRest
    }

    private func rows(
        _ columns: [String], of tables: String, _ condition: FilterSQL.Condition
    ) throws -> RowCursor {
        try Row.fetchCursor(
            database, sql: "SELECT \(columns.joined(separator: ", ")) FROM \(tables) WHERE \(condition.sql)",
            arguments: StatementArguments(condition.arguments))
    }

    /// Buckets that have no column.
    private mutating func addRest(
        _ tables: String, _ a: String, _ condition: FilterSQL.Condition, _ dimensions: [Expression]
    ) throws {
        var condition = condition
        condition.sql += " AND \(a).usage_rest IS NOT NULL"
        let rows = try rows(dimensions.map(\.sql) + ["\(a).usage_rest"], of: tables, condition)
        while let row = try rows.next() {
            try row.withUnsafeData(atIndex: dimensions.count) { rest in
                rest?.withUnsafeBytes { bytes in
                    groups.change(RowValue.list(row, dimensions)) { $0.usage.takeMoreRest(bytes) }
                }
            }
        }
    }

    /// `total`, because `sum` refuses more than 64 bits hold.
    private mutating func addSketches(_ condition: FilterSQL.Condition, _ dimensions: [Expression]) throws {
        let columns =
            dimensions.map(\.sql) + [
                "r.duration", "r.first_token",
                """
                r.cost + CASE WHEN r.attempt < 2 THEN 0 ELSE
                    (SELECT total(b.cost) FROM attempts b WHERE b.record = r.record) END
                """,
                """
                r.output + r.reasoning + CASE WHEN r.attempt < 2 THEN 0 ELSE
                    (SELECT total(b.output + b.reasoning) FROM attempts b WHERE b.record = r.record) END
                """,
            ]
        let rows = try rows(columns, of: "records r", condition)
        while let row = try rows.next() {
            let first = dimensions.count
            groups.change(RowValue.list(row, dimensions)) { sums in
                sums.latency.add(row[first])
                if let firstToken: Int64 = row[first + 1] { sums.firstToken.add(firstToken) }
                if let cost: Int64 = row[first + 2] { sums.costs.add(cost / 10_000) }
                sums.outputTokens.add(row[first + 3])
            }
        }
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
