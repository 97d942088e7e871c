import Core
import GRDB

/// Sums of one day, by the texts of the query's dimensions.
struct DaySums {
    struct Group: Hashable {
        var values: [String]
        var place: Int
    }

    private(set) var groups = GroupedSums<Group>()
    private let query: SumQuery
    private let day: Day
    private let database: Database

    static func of(_ query: SumQuery, day: Day, _ database: Database) throws -> GroupedSums<Group> {
        var sums = DaySums(query: query, day: day, database: database)
        switch SumSource.choose(query, day: day) {
        case .rollups: try sums.addRollups()
        case .attributions(let dimension): try sums.addAttributions(dimension)
        case .rows: try sums.addRows()
        }
        return sums.groups
    }

    private init(query: SumQuery, day: Day, database: Database) {
        self.query = query
        self.day = day
        self.database = database
    }

    // MARK: Rollups

    private mutating func addRollups() throws {
        let texts = try texts()
        let dirty = Set(try Int64.fetchAll(database, sql: "SELECT start FROM dirty_hours"))
        let isSealed =
            try dirty.isEmpty
            && Bool.fetchOne(
                database, sql: "SELECT EXISTS (SELECT 1 FROM rollups WHERE step = 86400)") ?? false
        var numbers = try values(ofSeries: texts)
        let lane = Marginals.lane(of: query)
        let marginal = lane == nil ? [] : try Marginals.hours(of: day, database)
        let columns = query.quantiles.isEmpty ? "counts" : "counts, sketches"
        let readSeries = try BulkStatement(
            database, "SELECT series, \(columns) FROM rollups WHERE step = ? AND start >= ? AND start < ?")
        let readMarginals = marginal.isEmpty ? nil : try Marginals.select(columns, database)
        let stretches = RollupStretch.cover(
            query, day: day, dirty: dirty, isSealed: isSealed, marginal: marginal, hasMinutes: lane == Marginals.none)
        // By the groups' numbers; nil: nothing of it is in this step.
        var sums: [Sums?] = []
        var place = 0
        /// What belongs to one step of the query is added up before it is named.
        func close() {
            for case (let number, let part?) in sums.enumerated() {
                groups.add(part, to: Group(values: numbers.groups[number], place: place))
            }
            sums.removeAll(keepingCapacity: true)
        }
        for stretch in stretches {
            if stretch.place != place { close() }
            place = stretch.place
            func add(_ row: BulkRow) {
                let id = row.integer(0)
                let number =
                    stretch.isMarginal ? numbers.number(ofText: texts[id] ?? "", query) : numbers.number(ofSeries: id)
                guard let number else { return }
                while sums.count <= number { sums.append(nil) }
                if sums[number] == nil { sums[number] = Sums() }
                _ = row.withBlob(1) { sums[number]?.addCounts($0) }
                guard !query.quantiles.isEmpty else { return }
                _ = row.withBlob(2) { sums[number]?.addSketches($0, query.quantiles) }
            }
            if stretch.isMarginal, let lane, let readMarginals {
                try Marginals.rows(of: stretch, lane: lane, readMarginals, add)
            } else {
                readSeries.bind(stretch.step)
                readSeries.bind(stretch.start)
                readSeries.bind(stretch.end)
                try readSeries.rows(add)
            }
        }
        close()
    }

    /// The groups of values that series and marginals belong to, by numbers.
    private struct SeriesGroups {
        private(set) var groups: [[String]] = []
        private var ofSeries: [Int64: Int] = [:]
        private var ofValues: [[String]: Int] = [:]

        mutating func add(_ series: Int64, _ values: [String]) { ofSeries[series] = number(values) }

        /// nil: it does not fit the filter.
        func number(ofSeries series: Int64) -> Int? { ofSeries[series] }

        /// Of the one dimension that the query asks for; nil: it does not fit the filter.
        mutating func number(ofText text: String, _ query: SumQuery) -> Int? {
            guard query.filter.terms.allSatisfy({ $0.fits(text) }) else { return nil }
            return number(query.dimensions.map { _ in text })
        }

        private mutating func number(_ values: [String]) -> Int {
            if let known = ofValues[values] { return known }
            ofValues[values] = groups.count
            groups.append(values)
            return groups.count - 1
        }
    }

    /// The values of each series that fits the filter.
    private func values(ofSeries texts: [Int64: String]) throws -> SeriesGroups {
        var result = SeriesGroups()
        for (id, key) in try SeriesTable.all(database) {
            func text(_ dimension: RecordDimension) -> String {
                guard let lane = SeriesKey.place(of: dimension) else { return "" }
                let number = Int64(key.numbers[lane])
                return dimension == .status ? String(number) : texts[number] ?? ""
            }
            let fits = query.filter.terms.allSatisfy { $0.fits(text($0.dimension)) }
            if fits { result.add(id, query.dimensions.map(text)) }
        }
        return result
    }

    /// Texts of the words that series use.
    private func texts() throws -> [Int64: String] {
        let columns = SeriesKey.dimensions.filter { $0.dimension != .status }.map(\.column)
        let used = columns.map { "SELECT \($0) FROM series" }.joined(separator: " UNION ")
        return try texts(where: "id IN (\(used))")
    }

    private func texts(where condition: String) throws -> [Int64: String] {
        let read = try BulkStatement(database, "SELECT id, text FROM strings WHERE \(condition)")
        var result: [Int64: String] = [:]
        try read.rows { row in result[row.integer(0)] = row.text(1) }
        return result
    }

    // MARK: Attributions

    private mutating func addAttributions(_ dimension: RecordDimension) throws {
        let projects = try projectTexts()
        // 0 is the number of no tag: nobody has one of a name that the day does not know.
        let number = try attributionNumber(dimension) ?? 0
        let wanted = query.filter.terms.filter { $0.dimension == dimension }.map(\.value)
        let place = query.steps.isEmpty ? 0 : (query.steps.lastIndex { $0 <= day.start } ?? 0)
        // Of one name alone, only its rows are read; what nobody is named for is the difference to all.
        let name = wanted.first.flatMap { $0.isEmpty ? nil : $0 }
        let named = name == nil ? "" : "AND a.value = (SELECT id FROM strings WHERE text = ?)"
        let read = try BulkStatement(
            database,
            """
            SELECT s.text, a.project, a.counts FROM attributions a JOIN strings s ON s.id = a.value
            WHERE a.dimension = ? \(named) ORDER BY a.value
            """)
        read.bind(number)
        if let name { read.bind(name) }
        var attributed: [Int64: Sums] = [:]
        try read.rows { row in
            guard let project = projects[row.integer(1)], let part = row.withBlob(2, { Sums(counts: $0) }) else {
                return
            }
            attributed[row.integer(1), default: Sums()] += part
            let text = row.text(0) ?? ""
            guard wanted.allSatisfy({ $0 == text }) else { return }
            groups.add(part, to: Group(values: values(project: project, text), place: place))
        }
        guard wanted.allSatisfy(\.isEmpty) else { return }
        for (project, total) in try totals() {
            guard let text = projects[project] else { continue }
            let rest = total.minus(attributed[project] ?? Sums())
            guard rest.attempts > 0 || rest.requests > 0 else { continue }
            groups.add(rest, to: Group(values: values(project: text, ""), place: place))
        }
    }

    private func values(project: String, _ attributed: String) -> [String] {
        query.dimensions.map { $0 == .project ? project : attributed }
    }

    /// Of the projects that fit the filter, by their numbers.
    private func projectTexts() throws -> [Int64: String] {
        let wanted = query.filter.terms.filter { $0.dimension == .project }.map(\.value)
        return try texts(where: "id IN (SELECT project FROM series)").filter { entry in
            wanted.allSatisfy { $0 == entry.value }
        }
    }

    /// The day's sums by project.
    private func totals() throws -> [Int64: Sums] {
        var all = query
        all.dimensions = []
        let dirty = Set(try Int64.fetchAll(database, sql: "SELECT start FROM dirty_hours"))
        let read = try BulkStatement(
            database,
            """
            SELECT s.project, r.counts FROM rollups r JOIN series s ON s.id = r.series
            WHERE r.step = ? AND r.start >= ? AND r.start < ?
            """)
        var totals: [Int64: Sums] = [:]
        for stretch in RollupStretch.cover(all, day: day, dirty: dirty, isSealed: false) {
            read.bind(stretch.step)
            read.bind(stretch.start)
            read.bind(stretch.end)
            try read.rows { row in
                guard let part = row.withBlob(1, { Sums(counts: $0) }) else { return }
                totals[row.integer(0), default: Sums()] += part
            }
        }
        return totals
    }

    private func attributionNumber(_ dimension: RecordDimension) throws -> Int64? {
        switch dimension {
        case .user: return AttributionDimension.user.number
        case .session: return AttributionDimension.session.number
        case .tag(let name):
            return try Int64.fetchOne(database, sql: "SELECT id FROM strings WHERE text = ?", arguments: [name])
        default: return nil
        }
    }

    // MARK: Rows

    private mutating func addRows() throws {
        let bounds = query.steps.isEmpty ? [query.filter.since, query.filter.until] : query.steps
        for place in 0..<max(0, bounds.count - 1) {
            var filter = query.filter
            filter.since = max(filter.since, bounds[place], day.start)
            filter.until = min(filter.until, bounds[place + 1])
            guard filter.since < filter.until, filter.since < day.end, filter.until > day.start else { continue }
            try RowSums.of(query, filter, day: day, database) { values, sums in
                groups.add(sums, to: Group(values: values, place: place))
            }
        }
    }
}

extension Sums {
    /// Of the counts alone.
    fileprivate func minus(_ other: Sums) -> Sums {
        var result = self
        result.requests -= other.requests
        result.attempts -= other.attempts
        result.errors -= other.errors
        result.unpriced -= other.unpriced
        result.duration -= other.duration
        result.gateway -= other.gateway
        result.gatewayRequests -= other.gatewayRequests
        result.cost = cost - other.cost
        for bucket in TokenUsage.buckets {
            result.usage[bucket] -= other.usage[bucket]
        }
        return result
    }
}
