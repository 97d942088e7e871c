import Core
import GRDB

/// A dimension's value as it stands in a row.
enum RowValue: Hashable {
    case number(Int64)
    case text(String)

    /// A row's first columns.
    static func list(_ row: Row, _ dimensions: [(sql: String, form: FilterSQL.Form)]) -> [RowValue] {
        dimensions.indices.map { place in
            dimensions[place].form == .text ? .text(row[place] ?? "") : .number(row[place])
        }
    }
}

/// Turns the values of a group into the texts of its dimensions.
final class ValueReader {
    private let database: Database
    private var known: [Int64: String] = [0: ""]

    init(_ database: Database) { self.database = database }

    func texts(_ values: [RowValue], _ dimensions: [(sql: String, form: FilterSQL.Form)]) throws -> [String] {
        try zip(values, dimensions).map { value, dimension in
            switch (value, dimension.form) {
            case (.text(let text), _): text
            case (.number(let number), .word), (.number(let number), .text): try text(number)
            case (.number(let number), .integer): String(number)
            case (.number(let number), .outcome):
                ClosedWords.word(number, in: ClosedWords.outcomes)?.rawValue ?? ""
            case (.number(let number), .flag): number == 1 ? "true" : "false"
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
