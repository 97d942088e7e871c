import Core
import Foundation
import GRDB

/// Feedback in a day's file.
enum FeedbackRows {
    /// - Parameters:
    ///   - record: the key of the call's row in this file, where it is about one.
    ///   - texts: what people wrote is content.
    static func insert(_ feedback: Feedback, record: Int64?, texts: SealedText, _ database: Database) throws {
        var number: Double?
        var text: String?
        switch feedback.value {
        case .number(let value): number = value
        case .flag(let value): number = value ? 1 : 0
        case .category(let value): text = value
        }
        try database.execute(
            sql: """
                INSERT INTO feedback
                (at, record, trace, project, key, name, number, category, label, comment, correction)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """,
            arguments: [
                feedback.at, record, Data(feedback.trace.bytes), feedback.project, feedback.key, feedback.name, number,
                text, feedback.label, try texts.seal(feedback.comment, of: feedback.trace),
                try texts.seal(feedback.correction, of: feedback.trace),
            ])
    }

    static func rows(of request: ExchangeID, texts: SealedText, _ database: Database) throws -> [Feedback] {
        guard try database.has(table: "feedback"), let record = try DayPages.key(of: request, database) else {
            return []
        }
        return try Row.fetchAll(
            database, sql: "SELECT * FROM feedback WHERE record = ? ORDER BY id", arguments: [record]
        ).compactMap { row in
            guard let trace = TraceID(bytes: Array(row["trace"] as Data)) else { return nil }
            let value = (row["category"] as String?).map(Feedback.Value.category) ?? .number(row["number"] ?? 0)
            return Feedback(
                project: row["project"], key: row["key"], request: request, trace: trace, name: row["name"],
                value: value, label: row["label"], comment: try texts.open(row["comment"], of: trace),
                correction: try texts.open(row["correction"], of: trace), at: row["at"])
        }
    }

    static func sums(
        by dimensions: [RecordDimension], _ filter: RecordFilter, day: Day, _ database: Database
    ) throws -> [FeedbackRow] {
        guard try database.has(table: "feedback"),
            let condition = try FilterSQL.condition(filter, in: day, attempt: "r", database)
        else { return [] }
        let expressions = dimensions.compactMap { FilterSQL.expression($0, attempt: "r") }
        guard expressions.count == dimensions.count else { return [] }
        let columns = expressions.map(\.sql) + ["f.name", "f.number", "f.category"]
        let rows = try Row.fetchCursor(
            database,
            sql: """
                SELECT \(columns.joined(separator: ", ")) FROM feedback f JOIN records r ON r.record = f.record
                WHERE \(condition.sql)
                """,
            arguments: StatementArguments(condition.arguments))
        let words = ValueReader(database)
        var merged = FeedbackMerge()
        while let row = try rows.next() {
            merged.add(
                try words.texts(RowValue.list(row, expressions), expressions), name: row[dimensions.count],
                number: row[dimensions.count + 1] as Double?, category: row[dimensions.count + 2] as String?)
        }
        return merged.rows
    }
}

/// Adds up feedback by values and name.
struct FeedbackMerge {
    private struct Group: Hashable {
        var values: [String]
        var name: String
    }

    private struct Sum {
        var count = 0
        var numbers = 0
        var total = 0.0
        var categories: [String: Int] = [:]
    }

    private var groups: [Group: Sum] = [:]

    mutating func add(_ values: [String], name: String, number: Double?, category: String?) {
        let group = Group(values: values, name: name)
        groups[group, default: Sum()].count += 1
        if let number {
            groups[group]?.numbers += 1
            groups[group]?.total += number
        }
        if let category { groups[group]?.categories[category, default: 0] += 1 }
    }

    mutating func add(_ row: FeedbackRow) {
        let group = Group(values: row.values, name: row.name)
        var sum = groups[group] ?? Sum()
        sum.count += row.count
        let numbers = row.count - row.categories.values.reduce(0, +)
        sum.numbers += numbers
        sum.total += (row.mean ?? 0) * Double(numbers)
        sum.categories.merge(row.categories, uniquingKeysWith: +)
        groups[group] = sum
    }

    var rows: [FeedbackRow] {
        groups.map { group, sum in
            FeedbackRow(
                values: group.values, name: group.name, count: sum.count,
                mean: sum.numbers > 0 ? sum.total / Double(sum.numbers) : nil, categories: sum.categories)
        }.sorted { ($0.name, $1.count) < ($1.name, $0.count) }
    }
}
