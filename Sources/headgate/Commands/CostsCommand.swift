import ArgumentParser
import Core
import Foundation
import NIOCore
import Observability
import Stores
import Wire

struct CostsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "costs", abstract: "What calls cost, by any dimension.",
        discussion: """
            Sums come from every call; those by user, session or tag of parts of days, or beside another \
            dimension, from the rows that sampling keeps. Bounds inside a minute are widened to it where sums answer.
            """)

    @OptionGroup var records: RecordOptions
    @OptionGroup var filter: FilterOptions
    @Option(help: "Dimensions, separated by commas, such as feature,model; tag.NAME for any tag.")
    var by = ""
    @Option(help: "Cut the time into steps: 15m, hour, day, week, month.")
    var step: String?
    @Flag(help: "Work out anew what calls cost, by the prices of their day, and show the difference.")
    var reprice = false
    @Flag(help: "With --reprice: write it, into the calls and into all sums.")
    var apply = false

    func validate() throws {
        if apply && !reprice { throw ValidationError("--apply goes with --reprice") }
        if reprice && (!by.isEmpty || step != nil) {
            throw ValidationError("--reprice sums by provider and model; --by and --step do not go with it")
        }
    }

    func run() throws {
        if reprice {
            return try RepriceCommand(records: records, filter: filter.filter(), applies: apply).run()
        }
        let dimensions = try by.split(separator: ",").map {
            try FilterOptions.dimension($0.trimmingCharacters(in: .whitespaces), option: "by")
        }
        let report = SumReport(
            by: dimensions, try filter.filter(), step: try parsedStep(), zone: try filter.zone())
        let store = try records.open()
        let cohorts = report.needsCohorts ? try records.openMeta().cohorts(project: report.project) : [:]
        let rows = try KeysCommand.explain { try report.rows(from: store, cohorts: cohorts) }
        if records.json {
            for row in rows { Output.line(SumJSON.object(row, of: report).text) }
        } else {
            CostTable(report: report, rows: rows).show()
        }
    }

    private func parsedStep() throws -> SumReport.Step? {
        guard let step else { return nil }
        guard let parsed = SumReport.Step(step) else {
            throw ValidationError("--step: expected a number of minutes or hours (15m, 1h), or day, week, month")
        }
        return parsed
    }
}

extension ByteBuffer {
    var text: String { String(buffer: self) }
}

/// Sums as a table for people.
private struct CostTable {
    let report: SumReport
    let rows: [SumRow]

    func show() {
        var titles = report.dimensions.map(\.description)
        if report.step != nil { titles.insert("from", at: 0) }
        titles += ["requests", "errors", "tokens in", "tokens out", "cost USD"]
        let hasUnpriced = rows.contains { $0.sums.unpriced > 0 }
        if hasUnpriced { titles.append("unpriced") }
        let table = rows.map { row in
            var cells = row.values.map { $0.isEmpty ? "-" : $0 }
            if let step = row.step { cells.insert(time(step), at: 0) }
            cells += [
                "\(row.sums.requests)", "\(row.sums.errors)", "\(row.sums.usage.inputTotal)",
                "\(row.sums.usage.outputTotal)", row.sums.cost.roundedDollars,
            ]
            if hasUnpriced { cells.append("\(row.sums.unpriced)") }
            return cells
        }
        TextTable(titles: titles, rows: table, numbers: Set((titles.count - (hasUnpriced ? 6 : 5))..<titles.count))
            .show()
        guard rows.count > 1 else { return }
        let total = rows.reduce(into: Sums()) { $0 += $1.sums }
        Output.line("\(total.requests) requests, \(total.cost.roundedDollars) USD in all")
    }

    private func time(_ microseconds: Int64) -> String {
        let formatter = DateFormatter()
        formatter.locale = Locale(identifier: "en_US_POSIX")
        formatter.timeZone = report.zone
        formatter.dateFormat = "yyyy-MM-dd HH:mm"
        return formatter.string(from: Date(timeIntervalSince1970: Double(microseconds) / 1_000_000))
    }

}

extension Money {
    /// To the millionth of a dollar, rounded: the exact amount is in the JSON.
    var roundedDollars: String {
        let millionths = multiplied(by: 1, over: 1_000_000).picoUSD
        let text = DecimalText.text(millionths, decimals: 6)
        let decimals = text.split(separator: ".").dropFirst().first?.count ?? 0
        return text + (decimals == 0 ? "." : "") + String(repeating: "0", count: 6 - decimals)
    }
}

/// Columns of text, as wide as they must be.
struct TextTable {
    let titles: [String]
    let rows: [[String]]
    /// Columns that are aligned at their end.
    var numbers: Set<Int> = []

    func show() {
        // Names come from clients: none may move a terminal's cursor.
        let rows = rows.map { $0.map(Printable.text) }
        let widths = titles.indices.map { column in ([titles] + rows).map { $0[column].count }.max() ?? 0 }
        for row in [titles] + rows {
            let cells = row.enumerated().map { column, cell in
                let space = String(repeating: " ", count: widths[column] - cell.count)
                return numbers.contains(column) ? space + cell : cell + space
            }
            Output.line(cells.joined(separator: "  ").replacing(#/ +$/#, with: ""))
        }
    }
}
