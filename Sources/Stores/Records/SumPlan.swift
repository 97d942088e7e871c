import Core

/// From which table the sums of a day are answered, cheapest first.
enum SumSource {
    /// Rollups alone: all that is asked is told apart there.
    case rollups
    /// The day's rows by user, session or tag: one such dimension and nothing else but the project, whole days only.
    case attributions(RecordDimension)
    /// The rows themselves.
    case rows

    static func choose(_ query: SumQuery, day: Day) -> SumSource {
        guard !query.filter.asksRows else { return .rows }
        let asked = query.dimensions + query.filter.terms.map(\.dimension)
        let others = Set(asked.filter { SeriesKey.place(of: $0) == nil })
        if others.isEmpty { return .rollups }
        guard others.count == 1, let other = others.first, query.quantiles.isEmpty, coversWholly(query, day),
            !query.filter.terms.contains(where: \.isExcluded)
        else { return .rows }
        guard asked.allSatisfy({ $0 == other || $0 == .project }) else { return .rows }
        switch other {
        case .user, .session, .tag: return .attributions(other)
        default: return .rows
        }
    }

    /// Whether one step holds the whole day.
    private static func coversWholly(_ query: SumQuery, _ day: Day) -> Bool {
        guard query.filter.since <= day.start, query.filter.until >= day.end else { return false }
        return query.steps.isEmpty || !query.steps.contains { $0 > day.start && $0 < day.end }
    }
}

/// A stretch of a rollup's rows that falls into one step of the query.
struct RollupStretch: Equatable {
    /// Seconds: 60, 3600 or 86,400; 60, 900 or 3600 of marginals.
    var step: Int64
    /// Whether it is read from sums by one dimension alone.
    var isMarginal = false
    /// Seconds since 1970.
    var start: Int64
    var end: Int64
    var place: Int

    /// Covers what of a query falls on a day with the longest rows that fit. Bounds inside a minute are widened to it.
    /// - Parameters:
    ///   - dirty: hours whose own rows are not worked out yet.
    ///   - isSealed: the day's own rows are.
    ///   - marginal: hours that have sums by the one dimension that is asked.
    ///   - hasMinutes: whether they have them of minutes, too.
    static func cover(
        _ query: SumQuery, day: Day, dirty: Set<Int64>, isSealed: Bool, marginal: Set<Int64> = [],
        hasMinutes: Bool = false
    ) -> [RollupStretch] {
        let since = max(query.filter.since, day.start) / 60_000_000 * 60
        let until = (min(query.filter.until, day.end) + 59_999_999) / 60_000_000 * 60
        let bounds = query.steps.isEmpty ? [query.filter.since, query.filter.until] : query.steps
        var result: [RollupStretch] = []
        for place in 0..<max(0, bounds.count - 1) {
            let start = max(since, bounds[place] / 60_000_000 * 60)
            let last = place == bounds.count - 2
            let end = min(until, last ? until : bounds[place + 1] / 60_000_000 * 60)
            guard start < end else { continue }
            if isSealed && marginal.isEmpty && start == day.start / 1_000_000 && end == day.end / 1_000_000 {
                result.append(RollupStretch(step: 86_400, start: start, end: end, place: place))
                continue
            }
            var position = start
            while position < end {
                let hour = position / 3600 * 3600
                var stretch = RollupStretch(step: 60, start: position, end: min(hour + 3600, end), place: place)
                stretch.lengthen(isClean: !dirty.contains(hour), isMarginal: marginal.contains(hour), hasMinutes)
                append(stretch, to: &result)
                position = stretch.end
            }
        }
        return result
    }

    /// Takes longer rows where it covers whole ones; of marginals a quarter at a time.
    private mutating func lengthen(isClean: Bool, isMarginal: Bool, _ hasMinutes: Bool) {
        guard isClean else { return }
        if end - start == 3600 {
            step = 3600
            self.isMarginal = isMarginal
        } else if isMarginal {
            let quarter = start / Marginals.quarter * Marginals.quarter + Marginals.quarter
            end = min(end, quarter)
            let isWhole = end - start == Marginals.quarter
            if isWhole { step = Marginals.quarter }
            self.isMarginal = isWhole || hasMinutes
        }
    }

    /// The same time read from other rows, for when these are damaged: one by one, then by series, then shorter ones;
    /// nil for a minute of a series.
    var finer: [RollupStretch]? {
        if end - start > step {
            return stride(from: start, to: end, by: Int(step)).map {
                RollupStretch(step: step, isMarginal: isMarginal, start: $0, end: $0 + step, place: place)
            }
        }
        let other: Int64
        switch step {
        case 3600 where isMarginal: other = 3600
        case 86_400: other = 3600
        case 60 where !isMarginal: return nil
        default: other = 60
        }
        return [RollupStretch(step: other, start: start, end: end, place: place)]
    }

    private static func append(_ stretch: RollupStretch, to result: inout [RollupStretch]) {
        if let last = result.indices.last, result[last].end == stretch.start, result[last].step == stretch.step,
            result[last].isMarginal == stretch.isMarginal,
            result[last].place == stretch.place
        {
            result[last].end = stretch.end
        } else {
            result.append(stretch)
        }
    }
}
