import AsyncAlgorithms
import Core
import Plan
import Proxy
import Stores
import Synchronization

/// Limits and budgets of the running program: the one table of all loops, and what of it outlives the program.
final class LimitKeeper: Sendable {
    let table: LimitTable
    private let store: any LimitStore
    private let rules: Mutex<[LimitRule]>
    private let unsaved = Mutex<[SavedLimit]>([])
    private let log: OperationalLog
    /// Between two looks for values that are told apart no longer.
    private static let flushesPerSweep = Limits.limitSweepSeconds * 1000 / Limits.limitFlushMilliseconds

    init(_ snapshot: Snapshot, directory: String, log: OperationalLog) throws(StoreError) {
        let store = try LimitDatabase(directory: directory)
        table = LimitTable(log: log)
        let now = LimitInstant.current
        let since = now.unixMicroseconds - Limits.keptLimitDays * CivilDay.microseconds
        table.restore(try store.limits(since: since), at: now)
        self.store = store
        self.log = log
        rules = Mutex(snapshot.limitRules)
    }

    func install(_ snapshot: Snapshot) { rules.withLock { $0 = snapshot.limitRules } }

    /// Runs until it is cancelled.
    func keepUp() async {
        var flushes: Int64 = 0
        let interval = Duration.milliseconds(Limits.limitFlushMilliseconds)
        for await _ in AsyncTimerSequence(interval: interval, clock: .continuous) {
            flush()
            flushes += 1
            if flushes % Self.flushesPerSweep == 0 { save(table.sweep(byID, at: .current)) }
        }
    }

    /// Writes what was used since the last time.
    func flush() { save(table.takeChanges(byID, at: .current)) }

    func reports() -> [LimitReport] { table.reports(rules.withLock { $0 }, at: .current) }

    private var byID: [String: LimitRule] {
        Dictionary(rules.withLock { $0 }.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    }

    /// What could not be written is written with what comes next: later changes of a value stand behind earlier ones.
    private func save(_ new: [SavedLimit]) {
        let changes = unsaved.withLock { unsaved in
            defer { unsaved = [] }
            return unsaved + new
        }
        do throws(StoreError) {
            try store.save(changes)
        } catch {
            unsaved.withLock { $0 = Array(changes.suffix(Limits.limitValuesMax)) }
            log.warning("what was used under limits was not stored", ["error": error.explanation])
        }
    }
}
