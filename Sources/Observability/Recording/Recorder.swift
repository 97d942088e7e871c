public import Core
import Dispatch
import NIOCore
import Synchronization

/// Whoever wants to see all records besides the store: metrics, exporters, a live tail. Called on the recorder's
/// queue, with every record once, sampled or not; must not wait.
public protocol RecordConsumer: Sendable {
    func consume(_ records: [ExchangeRecord])
}

/// Whoever wants what the store gets: redacted, streams put together, cut to size. Called on the recorder's queue, with
/// every record once, those without a row as well; must not wait.
public protocol PreparedRecordConsumer: Sendable {
    func consume(prepared records: [RecordToStore])
}

/// Brings records from the loops into the store, from a queue of its own: redacted, previewed, in batches.
///
/// Fails open. When the store cannot be written, records wait within limits and are tried again each second; past the
/// limits bodies are dropped first, then records, each counted. A record that the store refuses is dropped by itself,
/// once the store has taken another; where it refuses all of several, it has failed, and they wait. The request path
/// never waits.
public final class Recorder: Sendable {
    private struct Waiting {
        var batches: [[ExchangeRecord]] = []
        var entries = 0
        var bodyBytes = 0
        var isScheduled = false
    }

    /// How the recorder is; for `/ready`, metrics and the log.
    public struct Status: Sendable, Equatable {
        public var waitingRecords = 0
        /// For want of room.
        public var droppedRecords = 0
        /// Dropped because the store can be written, but not with them.
        public var refusedRecords = 0
        public var droppedBodies = 0
        public var writtenRecords = 0
        /// Why the store could not be written the last time; nil: it could.
        public var failure: String?

        public init() {}
    }

    private let store: any RecordStore
    private let consumers: [any RecordConsumer]
    private let preparedConsumers: [any PreparedRecordConsumer]
    private let queue = DispatchQueue(label: "headgate.recorder", qos: .utility)
    private let log: OperationalLog
    private let waiting = Mutex(Waiting())
    private let unwritten = Mutex(UnwrittenRecords())
    private let preparation: Mutex<RecordPreparation>
    private let state = Mutex(Status())
    private let refusalLog = Mutex(RefusedRecordLog())

    /// Time in which records gather before a batch is written. With the loops' own 100 ms, what a crash may lose is
    /// below a quarter of a second.
    private static let gatherMilliseconds = 50
    private static let retryMilliseconds = 1000

    public init(
        store: any RecordStore, settings: RecordSettings, consumers: [any RecordConsumer],
        preparedConsumers: [any PreparedRecordConsumer] = [], log: OperationalLog
    ) throws(RedactionError) {
        self.store = store
        self.consumers = consumers
        self.preparedConsumers = preparedConsumers
        self.log = log
        preparation = Mutex(try RecordPreparation(settings))
    }

    /// From the next batch on these settings count.
    public func install(_ settings: RecordSettings) throws(RedactionError) {
        let prepared = try RecordPreparation(settings)
        preparation.withLock { $0 = prepared }
    }

    public var status: Status {
        var status = state.withLock { $0 }
        status.waitingRecords = waiting.withLock { $0.entries } + unwritten.withLock { $0.entries }
        return status
    }

    // MARK: From the loops

    /// - Returns: false when records were dropped.
    func offer(_ records: [ExchangeRecord], bodyBytes: Int) -> Bool {
        let (taken, stripped, schedules) = waiting.withLock { waiting -> (Bool, Bool, Bool) in
            guard waiting.entries + records.count <= Limits.recordQueueEntriesMax else { return (false, false, false) }
            let strips = bodyBytes > 0 && waiting.bodyBytes + bodyBytes > Limits.recordQueueBodyBytesMax
            waiting.batches.append(strips ? records.map(\.withoutBodies) : records)
            waiting.entries += records.count
            if !strips { waiting.bodyBytes += bodyBytes }
            defer { waiting.isScheduled = true }
            return (true, strips, !waiting.isScheduled)
        }
        if !taken { state.withLock { $0.droppedRecords += records.count } }
        if stripped { state.withLock { $0.droppedBodies += records.count { $0.bodyBytes > 0 } } }
        if schedules {
            queue.asyncAfter(deadline: .now() + .milliseconds(Self.gatherMilliseconds)) { [self] in drain() }
        }
        return taken
    }

    // MARK: On the recorder's queue

    private func drain() {
        repeat {
            takeWaiting()
            if !writeAll() { return scheduleRetry() }
        } while waiting.withLock({ waiting in
            if waiting.batches.isEmpty { waiting.isScheduled = false }
            return waiting.isScheduled
        })
    }

    /// Records of one day make a batch.
    private func prepare(_ records: [ExchangeRecord]) {
        let preparation = preparation.withLock { $0 }
        var day: Int64?
        var batch: [RecordToStore] = []
        func close() {
            guard !batch.isEmpty else { return }
            for consumer in preparedConsumers { consumer.consume(prepared: batch) }
            keep(batch)
            batch = []
        }
        // By place: a record is some forty references, and an iterator would copy each of them.
        for place in records.indices {
            let own = records[place].dayNumber
            if day != own || batch.count >= Limits.recordBatchEntriesMax { close() }
            if batch.isEmpty { batch.reserveCapacity(min(records.count, Limits.recordBatchEntriesMax)) }
            day = own
            batch.append(preparation.prepare(records[place]))
        }
        close()
    }

    private func keep(_ batch: [RecordToStore]) {
        let (dropped, stripped) = unwritten.withLock { $0.append(batch) }
        state.withLock { state in
            state.droppedRecords += dropped
            state.droppedBodies += stripped
        }
    }

    /// - Returns: false when the store failed; what it did not take stays.
    private func writeAll() -> Bool {
        while let batch = unwritten.withLock({ $0.batches.first }) {
            do throws(StoreError) {
                try store.write(batch)
            } catch {
                guard case .refused(let reason) = error, unwritten.withLock({ $0.setFirstApart(reason) }) else {
                    note(failure: error.explanation)
                    return false
                }
                if unwritten.withLock({ $0.tookSome }) { dropSuspects() }
                continue
            }
            unwritten.withLock { $0.forgetFirst() }
            state.withLock { $0.writtenRecords += batch.count }
            dropSuspects()
        }
        note(failure: nil)
        return true
    }

    /// The store is well: what it refused goes.
    private func dropSuspects() {
        let suspects = unwritten.withLock { $0.dropSuspects() }
        guard !suspects.isEmpty else { return }
        state.withLock { $0.refusedRecords += suspects.count }
        let now = WallClock.loopNanoseconds()
        for suspect in suspects { refusalLog.withLock { $0.tell(suspect, at: now, in: log) } }
    }

    /// While the store is away, consumers go on seeing what happens.
    private func scheduleRetry() {
        queue.asyncAfter(deadline: .now() + .milliseconds(Self.retryMilliseconds)) { [self] in drain() }
    }

    private func takeWaiting() {
        let batches = waiting.withLock { waiting -> [[ExchangeRecord]] in
            waiting.bodyBytes = 0
            waiting.entries = 0
            defer { waiting.batches = [] }
            return waiting.batches
        }
        for batch in batches {
            for consumer in consumers { consumer.consume(batch) }
            prepare(batch)
        }
    }

    private func note(failure: String?) {
        let changed = state.withLock { state in
            defer { state.failure = failure }
            return (state.failure == nil) != (failure == nil)
        }
        guard changed else { return }
        if let failure {
            log.error("records cannot be stored; they wait, within limits", ["error": failure])
        } else {
            log.info("records are stored again")
        }
    }

    /// Writes what waits, now.
    public func settle() async {
        await withCheckedContinuation { done in
            queue.async { [self] in
                takeWaiting()
                _ = writeAll()
                done.resume()
            }
        }
    }

    // MARK: The end

    /// Writes what is left. Blocks; called once, after the loops' last flush.
    public func finish() {
        queue.sync {
            takeWaiting()
            if writeAll() { dropSuspects() }
        }
    }

    /// Runs work of the store's that belongs between two batches.
    public func maintain(_ work: @escaping @Sendable () -> Void) { queue.async(execute: work) }
}

extension ExchangeRecord {
    /// Days since 1970.
    var dayNumber: Int64 { id.unixMilliseconds / 86_400_000 }

    var bodyBytes: Int { (requestBody?.readableBytes ?? 0) + (responseBody?.readableBytes ?? 0) }

    var withoutBodies: ExchangeRecord {
        var record = self
        record.dropBodies()
        return record
    }

    mutating func dropBodies() {
        requestBody = nil
        responseBody = nil
    }
}
