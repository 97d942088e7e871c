import Core
import GRDB

/// Adds up what calls used, by minute and series, and by day for users, sessions and tags.
///
/// It remembers the rows it touched lately, so that most calls read nothing; after a failed transaction a new one is
/// made. Hours and the day follow from minutes when they are over (`DayFile.sealHours`).
final class RollupWriter {
    private var series: [SeriesKey: Int64] = [:]
    /// How many series each key of a project has.
    private var seriesOfKey: [SIMD2<Int32>: Int] = [:]
    private var minutes = RememberedSums<RollupKey>()
    private var attributions = RememberedSums<AttributionKey>()
    private var touchedHours: Set<Int64> = []
    private let strings: StringTable
    private let insertSeries: BulkStatement
    private let rows: RollupRows

    private let day: Day
    private let database: Database

    init(_ database: Database, _ strings: StringTable, _ day: Day) throws {
        self.database = database
        self.strings = strings
        self.day = day
        let columns = SeriesKey.dimensions.map(\.column).joined(separator: ", ")
        let places = Array(repeating: "?", count: 17).joined(separator: ", ")
        insertSeries = try BulkStatement(database, "INSERT INTO series (id, \(columns)) VALUES (\(places))")
        rows = try RollupRows(database)
        for (id, key) in try SeriesTable.all(database) {
            series[key] = id
            seriesOfKey[key.owner, default: 0] += 1
        }
    }

    // MARK: Adding

    func add(_ record: ExchangeRecord, _ words: RecordWords) throws {
        let outcome = try strings.number(record.outcome.rawValue)
        let minute = record.startedAtUnixMicroseconds / 60_000_000 * 60
        if record.attempts.isEmpty {
            try add(record, nil, isLast: true, words, SeriesKey(record, words, nil, outcome: outcome), minute)
        }
        for (place, attempt) in record.attempts.enumerated() {
            let key = SeriesKey(record, words, words.attempts[place], outcome: outcome)
            try add(record, attempt, isLast: place == record.attempts.count - 1, words, key, minute)
        }
    }

    private func add(
        _ record: ExchangeRecord, _ attempt: AttemptRecord?, isLast: Bool, _ words: RecordWords, _ key: SeriesKey,
        _ minute: Int64
    ) throws {
        let series = try seriesID(key)
        let row = RollupKey(start: minute, series: series)
        try minutes.change(row, orRead: stored) { $0.add(record, attempt, isLast: isLast) }
        touchedHours.insert(minute / 3600 * 3600)
        if words.user != 0 { try attribute(.user, words.user, words.project, record, attempt, isLast) }
        if words.session != 0 { try attribute(.session, words.session, words.project, record, attempt, isLast) }
        for tag in record.tags.entries where RecordDimension.ofTag[tag.name] == nil {
            let value = try strings.number(tag.value)
            try attribute(.tag(try strings.number(tag.name)), value, words.project, record, attempt, isLast)
        }
    }

    private func attribute(
        _ dimension: AttributionDimension, _ value: Int32, _ project: Int32, _ record: ExchangeRecord,
        _ attempt: AttemptRecord?, _ isLast: Bool
    ) throws {
        let row = AttributionKey(dimension: dimension.number, value: value, project: project)
        try attributions.change(row, orRead: stored) { $0.addCounts(record, attempt, isLast: isLast) }
    }

    /// What was damaged is worked out anew: the row that is written over it would hide it.
    private func stored(_ row: RollupKey) throws -> Sums {
        try rows.sums(row) ?? SumsRepair.sums(row, day, database)
    }

    private func stored(_ row: AttributionKey) throws -> Sums {
        try rows.sums(row) ?? SumsRepair.sums(row, day, database)
    }

    /// Past the limit of series, what tells calls apart is left out bit by bit: the sums stay exact.
    private func seriesID(_ key: SeriesKey) throws -> Int64 {
        if let known = series[key] { return known }
        var key = key
        // A key that invents words makes its own sums coarse, not those of others.
        if seriesOfKey[key.owner, default: 0] >= Limits.rollupSeriesPerKeyMax {
            key = key.reduced(to: try strings.number(SeriesKey.otherWord))
            if let known = series[key] { return known }
        }
        if series.count >= Limits.rollupSeriesPerDayMax {
            key = key.reducedWithKey(to: try strings.number(SeriesKey.otherWord))
            if let known = series[key] { return known }
        }
        let id = Int64(series.count + 1)
        insertSeries.bind(id)
        for lane in 0..<16 { insertSeries.bind(Int64(key.numbers[lane])) }
        try insertSeries.run()
        series[key] = id
        seriesOfKey[key.owner, default: 0] += 1
        return id
    }

    // MARK: Writing

    /// Writes what was touched; before the transaction's end.
    func write() throws {
        try minutes.forEachTouched(rows.put)
        try attributions.forEachTouched(rows.put)
        for hour in touchedHours { try rows.mark(hour: hour) }
    }

    func committed() {
        minutes.committed()
        attributions.committed()
        touchedHours.removeAll(keepingCapacity: true)
    }
}

/// Dimensions of which each value has a row a day.
enum AttributionDimension {
    case user, session
    /// Any tag without a column: the number of its name.
    case tag(Int32)

    /// nil for what is nobody's.
    init?(erasable dimension: RecordDimension) {
        switch dimension {
        case .user: self = .user
        case .session: self = .session
        default: return nil
        }
    }

    var number: Int64 {
        switch self {
        case .user: -1
        case .session: -2
        case .tag(let name): Int64(name)
        }
    }
}
