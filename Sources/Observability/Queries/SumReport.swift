public import Core
public import Foundation

/// Sums as people ask for them: by dimensions, in steps of a calendar, with users put into their cohorts.
public struct SumReport: Sendable {
    public var dimensions: [RecordDimension]
    public var filter: RecordFilter
    public var step: Step?
    public var zone: TimeZone
    public var quantiles: SumQuantiles
    /// What a row tells besides its number of requests.
    public var metrics: Set<SumMetric>
    /// Groups that are shown by themselves: the dearest, of equal cost those with most requests. All others make one
    /// row a step. nil: every group.
    public var top: Int?

    public init(
        by dimensions: [RecordDimension], _ filter: RecordFilter, step: Step? = nil, zone: TimeZone,
        quantiles: SumQuantiles = [], metrics: Set<SumMetric> = Set(SumMetric.allCases), top: Int? = nil
    ) {
        self.dimensions = dimensions
        self.filter = filter
        self.step = step
        self.zone = zone
        self.quantiles = quantiles
        self.metrics = metrics
        self.top = top
    }

    public enum Step: Sendable, Equatable {
        /// A multiple of a minute.
        case seconds(Int64)
        case day, week, month

        /// `1m`, `15m`, `1h`, `day` or `1d`, `week`, `month`.
        public init?(_ text: String) {
            switch text {
            case "minute": self = .seconds(60)
            case "hour": self = .seconds(3600)
            case "day", "1d": self = .day
            case "week", "1w", "7d": self = .week
            case "month": self = .month
            default:
                guard let span = Timestamp.span(text), span >= 60_000_000, span % 60_000_000 == 0,
                    span < 86_400_000_000
                else { return nil }
                self = .seconds(span / 1_000_000)
            }
        }
    }

    /// Steps of one report.
    public static let stepsMax = 5000

    /// Where steps begin and end; nil where there would be too many.
    public func bounds() -> [Int64]? {
        guard let step else { return [] }
        var result = [start(of: step)]
        while let last = result.last, last < filter.until {
            guard result.count <= Self.stepsMax else { return nil }
            result.append(next(after: last, step))
        }
        return result
    }

    private var calendar: Calendar {
        var calendar = Calendar(identifier: .iso8601)
        calendar.timeZone = zone
        return calendar
    }

    private func start(of step: Step) -> Int64 {
        switch step {
        case .seconds(let seconds):
            // Of the local clock, so that an hour begins where the zone's does.
            let offset = Int64(zone.secondsFromGMT(for: date(filter.since)))
            let local = filter.since / 1_000_000 + offset
            return (local / seconds * seconds - offset) * 1_000_000
        case .day: return microseconds(calendar.startOfDay(for: date(filter.since)))
        case .week: return microseconds(calendar.dateInterval(of: .weekOfYear, for: date(filter.since))?.start)
        case .month: return microseconds(calendar.dateInterval(of: .month, for: date(filter.since))?.start)
        }
    }

    private func next(after last: Int64, _ step: Step) -> Int64 {
        switch step {
        case .seconds(let seconds): return last + seconds * 1_000_000
        // A day of a change of clocks has 23 or 25 hours.
        case .day: return start(after: last, .day, 1)
        case .week: return start(after: last, .day, 7)
        case .month: return start(after: last, .month, 1)
        }
    }

    /// The day's first instant: where midnight is skipped, a day begins at one, and the next at midnight again.
    private func start(after last: Int64, _ unit: Calendar.Component, _ count: Int) -> Int64 {
        microseconds(calendar.date(byAdding: unit, value: count, to: date(last)).map { calendar.startOfDay(for: $0) })
    }

    private func date(_ microseconds: Int64) -> Date { Date(timeIntervalSince1970: Double(microseconds) / 1_000_000) }

    private func microseconds(_ date: Date?) -> Int64 {
        Int64(((date ?? .distantFuture).timeIntervalSince1970).rounded() * 1_000_000)
    }

    /// Whether it asks for the table of users' cohorts.
    public var needsCohorts: Bool {
        dimensions.contains(.cohort) || filter.terms.contains { $0.dimension == .cohort }
    }

    /// The one project whose users are meant; nil: those of any.
    public var project: String? { filter.terms.first { $0.dimension == .project && !$0.isExcluded }?.value }

    // MARK: Rows

    /// Asks the store.
    /// - Parameters:
    ///   - cohorts: of each project's users that are in one.
    ///   - rowsMax: records that may be read one by one.
    /// - Returns: rows by step, then the dearest first.
    public func rows(
        from store: any RecordStore, cohorts: [String: [String: String]] = [:], rowsMax: Int = .max
    ) throws(StoreError) -> [SumRow] {
        guard let bounds = bounds() else {
            throw .invalid("These are more than \(Self.stepsMax) steps; take a longer step or a shorter time.")
        }
        var query = SumQuery(
            filter, by: dimensions.map { $0 == .cohort ? .user : $0 }, steps: bounds, quantiles: quantiles)
        query.filter.terms.removeAll { $0.dimension == .cohort }
        let wanted = filter.terms.filter { $0.dimension == .cohort }
        guard dimensions.contains(.cohort) || !wanted.isEmpty else {
            return sorted(try Self.sums(query, from: store, rowsMax: rowsMax))
        }
        for dimension in [RecordDimension.user, .project] where !query.dimensions.contains(dimension) {
            query.dimensions.append(dimension)
        }
        let rows = try Self.sums(query, from: store, rowsMax: rowsMax)
        return sorted(joined(rows, query.dimensions, cohorts: cohorts, wanted: wanted))
    }

    private static func sums(
        _ query: SumQuery, from store: any RecordStore, rowsMax: Int
    ) throws(StoreError) -> [SumRow] {
        let rows = rowsMax == .max ? 0 : try store.rowsRead(by: query)
        guard rows <= rowsMax else {
            throw .invalid(
                "This would read some \(rows) records one by one, and at most \(rowsMax) are: take a shorter time. "
                    + "Models, providers, features, keys, teams, prompts and errors are added up ahead; users, "
                    + "sessions and tags by themselves and over whole days.")
        }
        return try store.sums(query)
    }

    private func joined(
        _ rows: [SumRow], _ asked: [RecordDimension], cohorts: [String: [String: String]],
        wanted: [RecordFilter.Term]
    ) -> [SumRow] {
        guard let userPlace = asked.firstIndex(of: .user), let projectPlace = asked.firstIndex(of: .project) else {
            return rows
        }
        struct Group: Hashable {
            var values: [String]
            var step: Int64?
        }
        var groups: [Group: Sums] = [:]
        for row in rows {
            let cohort = cohorts[row.values[projectPlace]]?[row.values[userPlace]] ?? ""
            guard wanted.allSatisfy({ $0.fits(cohort) }) else { continue }
            let values = dimensions.enumerated().map { place, dimension in
                dimension == .cohort ? cohort : row.values[place]
            }
            groups[Group(values: values, step: row.step), default: Sums()] += row.sums
        }
        return groups.map { SumRow(values: $0.values, step: $0.step, sums: $1) }
    }

    private func sorted(_ rows: [SumRow]) -> [SumRow] {
        folded(rows).sorted { a, b in
            if a.step != b.step { return (a.step ?? 0) < (b.step ?? 0) }
            if a.sums.cost != b.sums.cost { return a.sums.cost > b.sums.cost }
            if a.sums.requests != b.sums.requests { return a.sums.requests > b.sums.requests }
            return a.values.lexicographicallyPrecedes(b.values)
        }
    }

    /// The top groups of the whole time, and one row a step for the others.
    private func folded(_ rows: [SumRow]) -> [SumRow] {
        guard let top, !dimensions.isEmpty else { return rows }
        var groups = rows.map { Group(values: $0.values, cost: $0.sums.cost, requests: $0.sums.requests) }
        if step != nil { groups = Group.merged(groups) }
        guard groups.count > top else { return rows }
        let shown = Set(Group.first(top, of: groups).map(\.values))
        var rest: [Int64?: Sums] = [:]
        for row in rows where !shown.contains(row.values) { rest[row.step, default: Sums()] += row.sums }
        let empty = dimensions.map { _ in "" }
        return rows.filter { shown.contains($0.values) }
            + rest.map { SumRow(values: empty, step: $0.key, sums: $0.value, isRest: true) }
    }

    /// What the order of groups goes by.
    private struct Group: Comparable {
        var values: [String]
        var cost: Money
        var requests: Int

        /// Whether it is shown before another.
        static func < (a: Group, b: Group) -> Bool {
            if a.cost != b.cost { return a.cost > b.cost }
            if a.requests != b.requests { return a.requests > b.requests }
            return a.values.lexicographicallyPrecedes(b.values)
        }

        /// Those of the same values as one.
        static func merged(_ groups: [Group]) -> [Group] {
            let merged = Dictionary(groups.map { ($0.values, $0) }) { a, b in
                Group(values: a.values, cost: a.cost + b.cost, requests: .sumSaturating(a.requests, b.requests))
            }
            return Array(merged.values)
        }

        /// Of many groups few are shown: most are compared once, and none but those are sorted.
        static func first(_ count: Int, of groups: [Group]) -> [Group] {
            var first = groups.prefix(count).sorted()
            for group in groups.dropFirst(count) {
                guard let last = first.last, group < last else { continue }
                first.removeLast()
                first.insert(group, at: first.firstIndex { group < $0 } ?? first.endIndex)
            }
            return first
        }
    }
}
