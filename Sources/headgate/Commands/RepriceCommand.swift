import Core
import Ledger
import Stores
import Wire

/// `headgate costs --reprice`: what calls would cost by the prices that are known now, each by those of its day.
///
/// Safe beside a running server: SQLite's locks keep the two apart, a day at a time.
struct RepriceCommand {
    let records: RecordOptions
    let filter: RecordFilter
    let applies: Bool

    func run() throws {
        let prices = try records.prices()
        let store = try records.open()
        let filter = wholeMinutes
        let (counted, (rows, days)) = try KeysCommand.explain {
            let counted = try store.sums(SumQuery(filter, by: [])).reduce(0) { $0 + $1.sums.attempts }
            let repriced = try store.reprice(filter, applies: applies, now: WallClock.unixMicroseconds()) {
                prices.cost(of: $0, at: $1)
            }
            return (counted, repriced)
        }
        show(rows)
        let attempts = rows.reduce(0) { $0 + $1.attempts }
        if counted > attempts {
            Output.error("\(counted - attempts) calls of which no row was kept keep the cost they were counted with.")
        }
        Output.error(outcome(rows, attempts: attempts, days: days))
    }

    private func outcome(_ rows: [RepricedSums], attempts: Int, days: [String]) -> String {
        let changed = rows.reduce(0) { $0 + $1.changed }
        if changed == 0 { return "There is nothing to change." }
        let share = "\(changed) of \(attempts) calls to targets"
        return applies
            ? "\(share) were given another cost, on \(days.joined(separator: ", "))."
            : "\(share) would be given another cost; nothing is written without --apply."
    }

    /// Sums know minutes.
    private var wholeMinutes: RecordFilter {
        var filter = filter
        filter.since = filter.since / 60_000_000 * 60_000_000
        filter.until = (filter.until + 59_999_999) / 60_000_000 * 60_000_000
        return filter
    }

    private func show(_ rows: [RepricedSums]) {
        if records.json {
            for row in rows { Output.line(Self.json(row)) }
            return
        }
        let titles = [
            "provider", "model", "calls", "cost USD", "repriced", "difference", "unpriced", "unpriced then",
        ]
        let cells = rows.map { row in
            [
                row.provider, row.model, "\(row.attempts)", row.before.roundedDollars, row.after.roundedDollars,
                row.difference.roundedDollars, "\(row.unpricedBefore)", "\(row.unpricedAfter)",
            ]
        }
        TextTable(titles: titles, rows: cells, numbers: Set(2..<titles.count)).show()
    }

    private static func json(_ row: RepricedSums) -> String {
        var writer = JSONWriter()
        writer.beginObject()
        writer.member("provider", row.provider)
        writer.member("model", row.model)
        writer.member("attempts", row.attempts)
        writer.member("changed", row.changed)
        for (name, money) in [
            ("cost_usd", row.before), ("repriced_usd", row.after), ("difference_usd", row.difference),
        ] {
            writer.member(name, money.usdText)
        }
        writer.member("unpriced", row.unpricedBefore)
        writer.member("unpriced_repriced", row.unpricedAfter)
        writer.endObject()
        return writer.buffer.text
    }
}
