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

    /// - Parameter foundDamage: called where a row of sums is damaged, and its calls are read instead.
    static func of(
        _ query: SumQuery, day: Day, _ database: Database, foundDamage: () -> Void
    ) throws -> GroupedSums<Group> {
        var sums = DaySums(query: query, day: day, database: database)
        switch SumSource.choose(query, day: day) {
        case .rollups: return try RollupSums.of(query, day: day, database, foundDamage: foundDamage)
        case .attributions(let dimension):
            if try !sums.addAttributions(dimension, foundDamage: foundDamage) {
                foundDamage()
                sums.groups = GroupedSums()
                try sums.addRows()
            }
        case .rows: try sums.addRows()
        }
        return sums.groups
    }

    private init(query: SumQuery, day: Day, database: Database) {
        self.query = query
        self.day = day
        self.database = database
    }

    // MARK: Attributions

    /// - Returns: false where a row of them is damaged.
    private mutating func addAttributions(_ dimension: RecordDimension, foundDamage: () -> Void) throws -> Bool {
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
        var attributed: [String: Sums] = [:]
        var isSound = true
        try read.rows { row in
            guard let project = projects[row.integer(1)] else { return }
            guard let part = row.withBlob(2, { Sums(counts: $0) }) else {
                isSound = false
                return
            }
            attributed[project, default: Sums()] += part
            let text = row.text(0) ?? ""
            guard wanted.allSatisfy({ $0 == text }) else { return }
            groups.add(part, to: Group(values: values(project: project, text), place: place))
        }
        guard isSound, wanted.allSatisfy(\.isEmpty) else { return isSound }
        try totals(foundDamage: foundDamage).forEach { total, sums in
            let project = total.values[0]
            let rest = sums.minus(attributed[project] ?? Sums())
            guard rest.attempts > 0 || rest.requests > 0 else { return }
            groups.add(rest, to: Group(values: values(project: project, ""), place: place))
        }
        return true
    }

    private func values(project: String, _ attributed: String) -> [String] {
        query.dimensions.map { $0 == .project ? project : attributed }
    }

    /// Of the projects that fit the filter, by their numbers.
    private func projectTexts() throws -> [Int64: String] {
        let read = try BulkStatement(
            database, "SELECT id, text FROM strings WHERE id IN (SELECT project FROM series)")
        let terms = query.filter.terms.filter { $0.dimension == .project }
        var result: [Int64: String] = [:]
        try read.rows { row in
            let text = row.text(1) ?? ""
            if terms.allSatisfy({ $0.fits(text) }) { result[row.integer(0)] = text }
        }
        return result
    }

    /// The day's sums by project.
    private func totals(foundDamage: () -> Void) throws -> GroupedSums<Group> {
        var all = query
        all.dimensions = [.project]
        all.filter.terms.removeAll { $0.dimension != .project }
        return try RollupSums.of(all, day: day, database, foundDamage: foundDamage)
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
