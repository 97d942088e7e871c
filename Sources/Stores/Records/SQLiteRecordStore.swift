public import Core
import Crypto
import Dispatch
import Foundation
import GRDB
import Synchronization

/// Records in SQLite files, a file a day, and their bodies in packs beside them.
///
/// Fails open: what cannot be written is told to the caller, who keeps it and tries again; a file that is damaged is
/// set aside and a new one begun. See `docs/design/0002-records-in-day-files.md`.
public final class SQLiteRecordStore: RecordStore {
    let paths: RecordPaths
    /// Whether it is the one program that writes the files.
    let setsDamagedAside: Bool
    private let keyState: Mutex<SymmetricKey?>
    /// With which bodies and attributes are encrypted from now on.
    var key: SymmetricKey? { keyState.withLock { $0 } }
    let readers: RecordReaders
    let damage = RecordDamage()
    /// What was found damaged since the start, in sentences for people; each stays the same.
    public var damageExplanations: [String] { damage.explanations }
    let writers = Mutex<[Day: DayFile]>([:])
    /// Days whose words need no index, or have one. Changed under the writers' lock.
    private let indexedDays = Mutex<Set<Day>>([])

    /// Days that are open for writing: today, and those whose late calls end.
    private static let openDaysMax = 3

    /// Whether some may be unfinished, as after a start. One at a time: bodies move into one new generation of packs.
    let erasures = Mutex(true)

    /// - Parameters:
    ///   - directory: the data directory.
    ///   - key: 32 bytes with which bodies are encrypted; nil: they are not.
    ///   - setsDamagedAside: false for who reads beside a server, which has the files open.
    public init(directory: String, key: [UInt8]? = nil, setsDamagedAside: Bool = true) {
        self.setsDamagedAside = setsDamagedAside
        paths = RecordPaths(root: directory)
        keyState = Mutex(key.map { SymmetricKey(data: $0) })
        readers = RecordReaders(paths)
    }

    /// From the next batch on, bodies are encrypted with this key. Those that another one encrypted need that one.
    public func use(key: [UInt8]?) {
        let new = key.map { SymmetricKey(data: $0) }
        writers.withLock { writers in
            let isOther = keyState.withLock { state in
                defer { state = new }
                return state != new
            }
            if isOther { writers.removeAll() }
        }
    }

    // MARK: Writing

    public func write(_ batch: [RecordToStore]) throws(StoreError) {
        guard let first = batch.first else { return }
        let day = Day(containing: first.record.id.unixMilliseconds * 1000)
        try attempt {
            try withWriter(of: day) { file in
                forgetIndex(of: day)
                try file.write(batch)
            }
        }
    }

    /// Works out the hours that are over, and those of a day of which damaged sums were read. Called now and then.
    public func seal(now: Int64) throws(StoreError) {
        try attempt {
            try writers.withLock { writers in
                for day in damage.takeDaysToRepair() where paths.hasDatabase(day) {
                    try writer(day, &writers).repairSums(now: now)
                }
                for writer in writers.values { try writer.sealHours(now: now) }
            }
        }
    }

    /// Makes the words of some rows findable by an index, in the newest day that is over and has none. Called now and
    /// then.
    /// - Returns: whether there may be more to do.
    @discardableResult
    public func indexWords(now: Int64, rowsMax: Int = Limits.indexedRowsPerVisitMax) throws(StoreError) -> Bool {
        try attempt {
            try writers.withLock { writers in
                let done = indexedDays.withLock { $0 }
                let latest = now - Int64(Limits.wordIndexWaitSeconds) * 1_000_000
                for day in paths.days().reversed() where day.end <= latest && !done.contains(day) {
                    // A day whose index fails is searched row by row, and is not tried at each visit.
                    indexedDays.withLock { _ = $0.insert(day) }
                    if try readers.read(day, WordIndex.isComplete) == true { continue }
                    guard try !writer(day, &writers).indexWords(rowsMax: rowsMax) else { return true }
                    indexedDays.withLock { _ = $0.remove(day) }
                    return true
                }
                return false
            }
        }
    }

    /// Works out what an earlier run left open.
    public func recover(now: Int64) throws(StoreError) {
        try attempt {
            try writers.withLock { writers in
                for day in paths.days().suffix(2) { try writer(day, &writers).sealHours(now: now) }
            }
        }
    }

    func writer(_ day: Day, _ writers: inout [Day: DayFile]) throws -> DayFile {
        if let writer = writers[day] { return writer }
        let writer: DayFile
        do {
            writer = try DayFile(day, paths: paths, key: key)
        } catch let error as DatabaseError where error.isDamage {
            try setAside(day, &writers)
            writer = try DayFile(day, paths: paths, key: key)
        }
        if writers.count >= Self.openDaysMax, let oldest = writers.keys.min() { writers[oldest] = nil }
        writers[day] = writer
        return writer
    }

    // MARK: Reading

    public func page(_ query: RecordQuery) throws(StoreError) -> RecordPage {
        try attempt {
            let limit = min(max(query.limit, 1), Limits.pageRecordsMax)
            var records: [StoredRecord] = []
            var position = query.cursor.flatMap(PageCursor.init)
            if query.cursor != nil && position == nil {
                throw StoreError.invalid("The cursor is not one of this listing.")
            }
            let first = Day(containing: query.filter.since)
            let last = Day(containing: query.filter.until - 1)
            for day in paths.days().reversed() where day >= first && day <= last {
                if let position, day > position.day { continue }
                let before = position.flatMap { $0.day == day ? $0.key : nil }
                let found = try readDay(day) { database in
                    try DayPages.page(query.filter, day: day, before: before, limit: limit - records.count, database)
                }
                guard let found else { continue }
                records += found.map(\.record)
                if records.count >= limit, let last = found.last {
                    return RecordPage(records: records, next: PageCursor(day: day, key: last.key).text)
                }
                position = nil
            }
            return RecordPage(records: records, next: nil)
        }
    }

    public func record(_ id: ExchangeID) throws(StoreError) -> StoredRecord? {
        try attempt {
            try readDay(Day(containing: id.unixMilliseconds * 1000)) { try DayPages.record(id, $0) } ?? nil
        }
    }

    public func body(_ id: ExchangeID, _ side: BodySide) throws(StoreError) -> [UInt8]? {
        try attempt {
            let day = Day(containing: id.unixMilliseconds * 1000)
            let found = try readDay(day) { try DayPages.manifest(id, side, $0) } ?? nil
            guard let found else { return nil }
            let path = paths.pack(day, project: found.project, generation: found.manifest.generation)
            var reader = try PackReader(path: path, key: key)
            return try reader.body(found.manifest)
        }
    }

    public func trace(_ id: TraceID) throws(StoreError) -> [StoredRecord] {
        try attempt {
            var result: [StoredRecord] = []
            let own = ExchangeID(high: id.high, low: id.low)
            if id.high >> 12 & 0xF == 7, let record = try self.record(own) { result.append(record) }
            for day in paths.days() {
                let limit = Limits.traceCallsMax - result.count
                if limit <= 0 { break }
                result += try readDay(day) { try DayPages.trace(id, limit: limit, $0) } ?? []
            }
            return result.sorted { $0.record.startedAtUnixMicroseconds < $1.record.startedAtUnixMicroseconds }
        }
    }

    public func firstCall(of trace: TraceID, project: String) throws(StoreError) -> ExchangeID? {
        try attempt {
            let own = ExchangeID(high: trace.high, low: trace.low)
            if trace.high >> 12 & 0xF == 7, let record = try self.record(own), record.record.project == project {
                return own
            }
            for day in paths.days() {
                let found = try readDay(day) { try DayPages.firstCall(of: trace, project: project, $0) } ?? nil
                if let found { return found }
            }
            return nil
        }
    }

    public func sums(_ query: SumQuery) throws(StoreError) -> [SumRow] {
        try attempt {
            let days = days(of: query.filter)
            let groups = Mutex(GroupedSums<DaySums.Group>())
            let failure = Mutex<(any Error)?>(nil)
            // Days are added up side by side: each has a file of its own.
            DispatchQueue.concurrentPerform(iterations: days.count) { place in
                do {
                    let part = try sums(query, of: days[place])
                    if let part { groups.withLock { $0.add(part) } }
                } catch {
                    failure.withLock { $0 = error }
                }
            }
            if let error = failure.withLock({ $0 }) { throw error }
            return groups.withLock { $0 }.map { group, sums in
                SumRow(
                    values: group.values, step: query.steps.isEmpty ? nil : query.steps[group.place], sums: sums)
            }
        }
    }

    public func rowsRead(by query: SumQuery) throws(StoreError) -> Int {
        try attempt {
            let all = SumQuery(RecordFilter(since: query.filter.since, until: query.filter.until), by: [])
            return try days(of: query.filter).reduce(into: 0) { count, day in
                guard case .rows = SumSource.choose(query, day: day) else { return }
                let requests = try sums(all, of: day)?.map { $1.requests } ?? []
                for requests in requests { count.addSaturating(requests) }
            }
        }
    }

    private func sums(_ query: SumQuery, of day: Day) throws -> GroupedSums<DaySums.Group>? {
        try readDay(day) { database in
            try DaySums.of(query, day: day, database) { damage.note(.sums, of: day) }
        }
    }

    // MARK: Deleting

    public func retain(days: Int, bytes: Int64, now: Int64) throws(StoreError) -> [String] {
        try attempt {
            let today = Day(containing: now)
            var kept = paths.days().map { (day: $0, bytes: paths.byteCount($0)) }
            var gone: [String] = []
            while let oldest = kept.first?.day, oldest < today {
                let isTooOld = oldest.number <= today.number - Int64(days)
                guard isTooOld || kept.reduce(0, { $0 + $1.bytes }) > bytes else { break }
                try writers.withLock { writers in
                    writers[oldest] = nil
                    readers.close(oldest)
                    try paths.delete(oldest)
                }
                gone.append(oldest.name)
                kept.removeFirst()
            }
            return gone
        }
    }

    // MARK: For what stands beside records

    /// The words of a day are indexed anew.
    func forgetIndex(of day: Day) { indexedDays.withLock { _ = $0.remove(day) } }

    func write(to day: Day, _ body: (Database) throws -> Void) throws(StoreError) {
        try attempt {
            try withWriter(of: day) { try $0.transact(body) }
        }
    }

    func readAll(_ body: (Database) throws -> Void) throws(StoreError) {
        try attempt {
            for day in paths.days() { try readDay(day, body) }
        }
    }

    /// A transaction that may change what the day's writer remembers.
    func rewrite(_ day: Day, _ body: (Database) throws -> Void) throws(StoreError) {
        try attempt { try withWriter(of: day) { try $0.rewrite(body) } }
    }

    /// - Returns: nil when the day has no file.
    @discardableResult
    func read<Result>(_ day: Day, _ body: (Database) throws -> Result) throws(StoreError) -> Result? {
        try attempt { try readDay(day, body) }
    }

    func readDays<Element>(
        _ filter: RecordFilter, _ body: (Day, Database) throws -> [Element]
    ) throws(StoreError) -> [Element] {
        var result: [Element] = []
        for day in days(of: filter) { result += try read(day) { try body(day, $0) } ?? [] }
        return result
    }

    /// Days that have a file, and of which something may fit.
    func days(of filter: RecordFilter) -> [Day] {
        let first = Day(containing: filter.since)
        let last = Day(containing: filter.until - 1)
        return paths.days().filter { $0 >= first && $0 <= last }
    }

    func attempt<Result>(_ body: () throws -> Result) throws(StoreError) -> Result {
        do {
            return try body()
        } catch let error as StoreError {
            throw error
        } catch let failure as PackFailure {
            throw .unavailable(failure.explanation)
        } catch let error as DatabaseError {
            let reason = "\(error.message ?? "The database failed") (SQLite \(error.resultCode.rawValue))."
            throw error.isOfWhatWasGiven ? .refused(reason) : .unavailable(reason)
        } catch {
            throw .unavailable("The records cannot be reached: \(error).")
        }
    }
}

extension DatabaseError {
    /// The same statement with other values may go through: neither the disk nor the file is to blame.
    fileprivate var isOfWhatWasGiven: Bool {
        [.SQLITE_CONSTRAINT, .SQLITE_MISMATCH, .SQLITE_TOOBIG].contains(resultCode)
    }
}

/// Where a page of a listing ended.
struct PageCursor {
    var day: Day
    var key: Int64

    var text: String { "\(day.name)_\(key)" }

    init(day: Day, key: Int64) {
        self.day = day
        self.key = key
    }

    init?(_ text: String) {
        let parts = text.split(separator: "_")
        guard parts.count == 2, let day = Day(name: parts[0]), let key = Int64(parts[1]) else { return nil }
        self.init(day: day, key: key)
    }
}
