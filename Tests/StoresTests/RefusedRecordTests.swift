import Core
import GRDB
import Logging
import Synchronization
import Testing

@testable import Observability
@testable import Stores

/// Records that can never be written, between others that can.
@Suite struct RefusedRecordTests {
    private let folder = Folder()
    private let lines = ErrorLines()
    private let store: SQLiteRecordStore
    private let recorder: Recorder

    init() throws {
        let lines = lines
        store = SQLiteRecordStore(directory: folder.path)
        recorder = try Recorder(
            store: store, settings: RecordSettings(), consumers: [],
            log: OperationalLog(Logger(label: "test") { _ in lines }))
        try store.write([Samples.stored(Samples.record(0))])
    }

    /// Runs a statement on the day's file, beside the store.
    private func change(_ sql: String) throws {
        var configuration = Configuration()
        // The recorder may be trying again just now.
        configuration.busyMode = .timeout(60)
        let day = try DatabaseQueue(path: try #require(folder.files(".sqlite").first), configuration: configuration)
        try day.write { try $0.execute(sql: sql) }
        try day.close()
    }

    private func refuse(status: Int) throws {
        try change(
            """
            CREATE TRIGGER refusal BEFORE INSERT ON records WHEN NEW.status = \(status)
            BEGIN SELECT RAISE(ABORT, 'no such status'); END
            """)
    }

    private func isStored(_ record: ExchangeRecord) throws -> Bool { try store.record(record.id) != nil }

    @Test func areDroppedAloneCountedAndToldOnce() throws {
        try refuse(status: 299)
        var records = (1...20).map { Samples.record($0) }
        for place in [3, 11] { records[place].status = 299 }
        #expect(recorder.offer(records, bodyBytes: 0))
        recorder.finish()
        for (place, record) in records.enumerated() { #expect(try isStored(record) == ![3, 11].contains(place)) }

        let status = recorder.status
        #expect((status.writtenRecords, status.refusedRecords, status.droppedRecords) == (18, 2, 0))
        #expect(status.waitingRecords == 0 && status.failure == nil)
        #expect(lines.ids == [records[3].id.description, records[11].id.description])
        // Nothing of a refused record is in the sums either.
        let day = RecordFilter(since: Samples.start - 1, until: Samples.start + 1)
        #expect(try store.sums(SumQuery(day, by: [])).map(\.sums.requests) == [19])

        var gauges = MetricGauges()
        gauges.recorder = status
        let text = MetricsRegistry().text(gauges)
        #expect(text.contains("headgate_records_dropped_total{what=\"records\",reason=\"refused\"} 2"))
    }

    @Test func aStoreThatIsAwayLosesNone() throws {
        try refuse(status: 299)
        try change("ALTER TABLE attempts RENAME TO hidden")
        var records = (1...5).map { Samples.record($0) }
        records[0].status = 299
        #expect(recorder.offer(records, bodyBytes: 0))
        recorder.finish()
        #expect(recorder.status.waitingRecords == 5 && recorder.status.failure != nil)
        try change("ALTER TABLE hidden RENAME TO attempts")
        recorder.finish()
        #expect((recorder.status.writtenRecords, recorder.status.refusedRecords) == (4, 1))
        #expect(recorder.status.waitingRecords == 0 && recorder.status.failure == nil)
    }

    /// A schema of another version refuses every record: none of them is to blame.
    @Test func aStoreThatRefusesAllHasFailedAndLosesNone() async throws {
        try refuse(status: 200)
        var records = (1...40).map { Samples.record($0) }
        for place in records.indices { records[place].status = 200 }
        // As they come on a quiet day, and all at once.
        for record in records[..<6] {
            #expect(recorder.offer([record], bodyBytes: 0))
            await recorder.settle()
        }
        #expect(recorder.status.waitingRecords == 6 && recorder.status.failure == nil)
        #expect(recorder.offer(Array(records[6...]), bodyBytes: 0))
        for _ in 1...3 {
            await recorder.settle()
            #expect(recorder.status.waitingRecords == 40 && recorder.status.failure?.contains("no such status") == true)
        }
        #expect(recorder.status.refusedRecords == 0 && lines.ids.isEmpty)
        try change("DROP TRIGGER refusal")
        await recorder.settle()
        #expect((recorder.status.writtenRecords, recorder.status.refusedRecords) == (40, 0))
        #expect(recorder.status.waitingRecords == 0 && recorder.status.failure == nil)
        for record in records { #expect(try isStored(record)) }
    }

    /// More are refused in a row than may be, and then one is taken: the store is well, and they go.
    @Test func manyBadOnesInARowDoNotHoldUpTheOthers() async throws {
        try refuse(status: 299)
        var records = (1...60).map { Samples.record($0) }
        for place in 0..<50 { records[place].status = 299 }
        #expect(recorder.offer(records, bodyBytes: 0))
        for _ in 1...20 { await recorder.settle() }
        #expect((recorder.status.writtenRecords, recorder.status.refusedRecords) == (10, 50))
        #expect(recorder.status.waitingRecords == 0 && recorder.status.failure == nil)
        #expect(lines.ids.count == 10)
    }

    @Test func theLogTellsOfSomeAMinute() {
        let lines = lines
        let log = OperationalLog(Logger(label: "test") { _ in lines })
        let refused = RefusedRecord(item: Samples.stored(Samples.record(1)), reason: "no such status")
        var told = RefusedRecordLog()
        for second in 0..<59 { told.tell(refused, at: Int64(second) * 1_000_000_000, in: log) }
        #expect(lines.ids.count == RefusedRecordLog.linesMax)
        told.tell(refused, at: 60_000_000_000, in: log)
        #expect(lines.ids.count == RefusedRecordLog.linesMax + 1)
    }
}

/// The ids of records that errors of the log name.
private final class ErrorLines: LogHandler {
    private let told = Mutex<[String]>([])
    var ids: [String] { told.withLock { $0 } }

    func log(event: LogEvent) {
        guard event.level == .error, let id = event.metadata?["id"] else { return }
        told.withLock { $0.append("\(id)") }
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { nil }
        set {}
    }
    var metadata: Logger.Metadata {
        get { [:] }
        set {}
    }
    var logLevel: Logger.Level {
        get { .info }
        set {}
    }
}
