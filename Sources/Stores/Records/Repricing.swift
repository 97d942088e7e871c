import Core
import GRDB

/// Works out what the calls of a day cost by other prices. It reads only; `RepricingWriter` writes.
struct Repricing {
    /// An attempt that would cost another amount.
    struct Change {
        /// The key of its record's row.
        var record: Int64
        /// Its place among the earlier attempts; nil: it is the last one, which stands in the record's own row.
        var place: Int64?
        /// Whether its record has no other.
        var isOnly: Bool
        /// Seconds since 1970, of the record's minute.
        var minute: Int64
        /// Where it counts, and where its record does; outcomes are still their closed numbers.
        var series: SeriesKey
        var seriesOfRecord: SeriesKey
        var user: Int32
        var session: Int32
        var tags: String?
        var before: Money?
        var after: Money?
    }

    private struct Target: Hashable {
        var provider: String
        var model: String
    }

    private let price: (AttemptRecord, Int64) -> Money?
    private var sums: [Target: RepricedSums] = [:]

    /// - Parameter price: what an attempt costs whose exchange began at a time; nil: its price is unknown.
    init(price: @escaping (AttemptRecord, Int64) -> Money?) { self.price = price }

    /// The most that changes, first.
    var rows: [RepricedSums] {
        sums.values.sorted { a, b in
            let (first, second) = (a.difference.picoUSD.magnitude, b.difference.picoUSD.magnitude)
            return first == second ? (a.provider, a.model) < (b.provider, b.model) : first > second
        }
    }

    /// What of a day is meant, hour by hour, so that what is held stays small.
    static func hours(of filter: RecordFilter, in day: Day) -> [RecordFilter] {
        (0..<Int64(24)).compactMap { hour in
            var part = filter
            part.since = max(filter.since, day.start + hour * 3_600_000_000)
            part.until = min(filter.until, day.start + (hour + 1) * 3_600_000_000)
            return part.since < part.until ? part : nil
        }
    }

    /// Counts every attempt that fits the filter.
    mutating func changes(_ filter: RecordFilter, in day: Day, _ database: Database) throws -> [Change] {
        var changes: [Change] = []
        // As everywhere: the last attempt of each record stands in its row, earlier ones in a table of their own.
        for (tables, attempt) in [("records r", "r"), ("attempts a JOIN records r ON r.record = a.record", "a")] {
            guard let condition = try FilterSQL.condition(filter, in: day, attempt: attempt, database) else { continue }
            let rows = try Row.fetchCursor(
                database,
                sql: """
                    SELECT \(Self.selection(attempt)) FROM \(tables)
                    WHERE \(condition.sql) AND \(attempt).attempt > 0
                    """,
                arguments: StatementArguments(condition.arguments))
            while let row = try rows.next() {
                if let change = reprice(row) { changes.append(change) }
            }
        }
        return changes
    }

    private static func selection(_ attempt: String) -> String {
        let place = attempt == "a" ? "a.place" : "NULL"
        return """
            r.record AS record, \(place) AS own_place, r.attempt AS attempts, r.started AS started,
            r.user AS user, r.session AS session, r.tags AS tags, \(SeriesKey.selection("series", attempt)),
            \(SeriesKey.selection("record_series", "r")), \(RecordRow.attemptSelection(of: attempt))
            """
    }

    private mutating func reprice(_ row: Row) -> Change? {
        let attempt = RecordRow.attempt(row)
        let started: Int64 = row["started"]
        // As the row can hold it.
        let after = price(attempt, started).map { Money(picoUSD: Int128(Int64(clamping: $0.picoUSD))) }
        let target = Target(provider: attempt.provider, model: attempt.upstreamModel)
        sums[target, default: RepricedSums(provider: target.provider, model: target.model)].add(attempt.cost, after)
        guard after != attempt.cost else { return nil }
        return Change(
            record: row["record"], place: row["own_place"], isOnly: (row["attempts"] as Int64) == 1,
            minute: started / 60_000_000 * 60, series: SeriesKey(row, "series"),
            seriesOfRecord: SeriesKey(row, "record_series"), user: row["user"], session: row["session"],
            tags: row["tags"], before: attempt.cost, after: after)
    }
}

extension RepricedSums {
    fileprivate mutating func add(_ before: Money?, _ after: Money?) {
        attempts += 1
        if before != after { changed += 1 }
        if let before { self.before += before } else { unpricedBefore += 1 }
        if let after { self.after += after } else { unpricedAfter += 1 }
    }
}

extension SeriesKey {
    /// The columns of a row that tell its series, each as `NAME_0`, `NAME_1`, ...
    fileprivate static func selection(_ name: String, _ attempt: String) -> String {
        dimensions.enumerated().map { lane, dimension in
            "\(FilterSQL.expression(dimension.dimension, attempt: attempt)?.sql ?? "0") AS \(name)_\(lane)"
        }.joined(separator: ", ")
    }

    fileprivate init(_ row: Row, _ name: String) {
        for lane in Self.dimensions.indices { numbers[lane] = row["\(name)_\(lane)"] }
    }
}
