import Core
import Ledger
import Observability
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
        let filter = filter.inWholeMinutes
        let counted = try KeysCommand.explain {
            try store.sums(SumQuery(filter, by: [])).reduce(into: 0) { $0.addSaturating($1.sums.attempts) }
        }
        let audit = applies ? try records.openMeta() : nil
        // What cannot be noted is not changed: should this run end here, the note says which calls it was about.
        try KeysCommand.explain { try audit?.note(entry(filter, "begun")) }
        let (rows, days) = try reprice(store, prices, filter, audit)
        let attempts = rows.reduce(0) { $0 + $1.attempts }
        show(rows)
        if counted > attempts {
            Output.error("\(counted - attempts) calls of which no row was kept keep the cost they were counted with.")
        }
        Output.error(outcome(rows, attempts: attempts, days: days))
        try KeysCommand.explain { try audit?.note(entry(filter, changes(rows, attempts: attempts))) }
    }

    private func reprice(
        _ store: SQLiteRecordStore, _ prices: PriceBook, _ filter: RecordFilter, _ audit: MetaDatabase?
    ) throws -> (rows: [RepricedSums], changedDays: [String]) {
        var changed: [String] = []
        do throws(StoreError) {
            return try store.reprice(
                filter, applies: applies, now: WallClock.unixMicroseconds(),
                price: { prices.cost(of: $0, at: $1) }, onChange: { changed.append($0) })
        } catch {
            let done = changed.isEmpty ? "no day" : changed.joined(separator: ", ")
            try? audit?.note(entry(filter, "broken off, changed on \(done): \(error.explanation)"))
            throw Failure(
                applies ? "\(error.explanation) Calls were given another cost on \(done)." : error.explanation)
        }
    }

    /// Names no value that is asked for: a user who is erased must not stand in the audit log.
    private func entry(_ filter: RecordFilter, _ outcome: String) -> AuditEntry {
        let range = "\(Timestamp.text(filter.since)) to \(Timestamp.text(filter.until))"
        let dimensions = filter.terms.map(\.dimension.description) + (filter.text == nil ? [] : ["text"])
        let scope = dimensions.isEmpty ? "" : ", some by " + dimensions.joined(separator: ", ")
        return .commandLine("reprice calls", "\(range)\(scope): \(outcome)")
    }

    private func changes(_ rows: [RepricedSums], attempts: Int) -> String {
        let difference = rows.reduce(Money.zero) { $0 + $1.difference }
        return "\(rows.reduce(0) { $0 + $1.changed }) of \(attempts) calls to targets, "
            + "difference \(difference.usdText) USD"
    }

    private func outcome(_ rows: [RepricedSums], attempts: Int, days: [String]) -> String {
        let changed = rows.reduce(0) { $0 + $1.changed }
        if changed == 0 { return "There is nothing to change." }
        let share = "\(changed) of \(attempts) calls to targets"
        return applies
            ? "\(share) were given another cost, on \(days.joined(separator: ", "))."
            : "\(share) would be given another cost; nothing is written without --apply."
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
