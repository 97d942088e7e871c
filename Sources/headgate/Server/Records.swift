import AsyncAlgorithms
import Config
import Core
import Foundation
import Observability
import Plan
import Stores
import Synchronization

/// The record's part of the running program: the store, the recorder before it, and what must be done now and then.
final class Records: Sendable {
    let store: SQLiteRecordStore
    let recorder: Recorder
    let metrics: MetricsRegistry
    let tail: RecordTailHub
    private let settings: Mutex<RecordSettings>
    private let log: OperationalLog

    /// - Throws: `Failure` when a redaction pattern is no good. A store that cannot be written is no reason not to
    ///   serve: the recorder says so and tries again.
    static func open(_ configuration: Configuration, log: OperationalLog) throws -> Records {
        let settings = configuration.snapshot.record
        let store = SQLiteRecordStore(directory: configuration.dataDirectory, key: settings.encryptionKeyBytes)
        do throws(RedactionError) {
            let metrics = MetricsRegistry()
            let tail = RecordTailHub()
            let recorder = try Recorder(store: store, settings: settings, consumers: [metrics, tail], log: log)
            return Records(store, recorder, metrics, tail, settings, log)
        } catch {
            throw Failure("record.redact: the pattern '\(error.pattern)' is no good: \(error.message)")
        }
    }

    private init(
        _ store: SQLiteRecordStore, _ recorder: Recorder, _ metrics: MetricsRegistry, _ tail: RecordTailHub,
        _ settings: RecordSettings, _ log: OperationalLog
    ) {
        self.store = store
        self.recorder = recorder
        self.metrics = metrics
        self.tail = tail
        self.settings = Mutex(settings)
        self.log = log
    }

    func install(_ settings: RecordSettings) throws(RedactionError) {
        try recorder.install(settings)
        self.settings.withLock { $0 = settings }
    }

    /// Works out hours that are over and deletes days that are too old, between two batches. Runs until it is
    /// cancelled.
    func keepUp() async throws {
        recorder.maintain { [self] in attempt("recovery") { try store.recover(now: WallClock.unixMicroseconds()) } }
        for await _ in AsyncTimerSequence(interval: .seconds(20), clock: .continuous) {
            recorder.maintain { [self] in maintain() }
        }
    }

    private func maintain() {
        let now = WallClock.unixMicroseconds()
        let settings = settings.withLock { $0 }
        attempt("the hours' sums") { try store.seal(now: now) }
        attempt("the index of words") { _ = try store.indexWords(now: now) }
        attempt("retention") {
            let gone = try store.retain(days: settings.retentionDays, bytes: settings.retentionBytes, now: now)
            if !gone.isEmpty { log.info("deleted records", ["days": gone.joined(separator: ",")]) }
        }
    }

    private func attempt(_ what: String, _ body: () throws -> Void) {
        do {
            try body()
        } catch {
            let reason = (error as? StoreError)?.explanation ?? "\(error)"
            log.warning("the store's upkeep failed", ["what": what, "error": reason])
        }
    }
}

extension RecordSettings {
    /// The configured key's bytes.
    var encryptionKeyBytes: [UInt8]? {
        guard let digits = encryptionKey.map({ Array($0.reveal().utf8) }), digits.count == 64 else { return nil }
        return stride(from: 0, to: 64, by: 2).compactMap {
            UInt8(String(decoding: digits[$0..<($0 + 2)], as: UTF8.self), radix: 16)
        }
    }
}
