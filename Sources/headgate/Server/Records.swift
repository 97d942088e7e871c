import AsyncAlgorithms
import Config
import Core
import Dispatch
import Foundation
import NIOCore
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
    let exports: OTLPExports
    let ingest: Ingest
    private let settings: Mutex<RecordSettings>
    private let toldDamage = Mutex<Set<String>>([])
    private let log: OperationalLog

    /// - Parameter group: loops that exports may use; they serve no client.
    /// - Throws: `Failure` when a redaction pattern is no good. A store that cannot be written is no reason not to
    ///   serve: the recorder says so and tries again.
    static func open(
        _ configuration: Configuration, group: any EventLoopGroup, log: OperationalLog
    ) async throws -> Records {
        let settings = configuration.snapshot.record
        let store = SQLiteRecordStore(directory: configuration.dataDirectory, key: settings.encryptionKeyBytes)
        let metrics = MetricsRegistry()
        let tail = RecordTailHub()
        let exports = OTLPExports(configuration.otlp, group: group, version: Version.number, log: log)
        do throws(RedactionError) {
            let recorder = try Recorder(
                store: store, settings: settings, consumers: [metrics, exports, UnpricedModels(log: log)],
                preparedConsumers: [tail, exports], log: log)
            let ingest = try Ingest(records: store, feedback: store, spans: store, settings: settings)
            return Records(store, recorder, metrics, tail, exports, ingest, settings, log)
        } catch {
            try await exports.finish()
            throw Failure("record.redact: the pattern '\(error.pattern)' is no good: \(error.message)")
        }
    }

    private init(
        _ store: SQLiteRecordStore, _ recorder: Recorder, _ metrics: MetricsRegistry, _ tail: RecordTailHub,
        _ exports: OTLPExports, _ ingest: Ingest, _ settings: RecordSettings, _ log: OperationalLog
    ) {
        self.store = store
        self.recorder = recorder
        self.metrics = metrics
        self.tail = tail
        self.exports = exports
        self.ingest = ingest
        self.settings = Mutex(settings)
        self.log = log
    }

    func install(_ configuration: Configuration) throws(RedactionError) {
        exports.install(configuration.otlp)
        let settings = configuration.snapshot.record
        try recorder.install(settings)
        try ingest.install(settings)
        store.use(key: settings.encryptionKeyBytes)
        self.settings.withLock { $0 = settings }
    }

    /// Why records cannot be stored, or what of them is damaged; for `/ready`.
    var problem: String? {
        let problems = [recorder.status.failure].compactMap(\.self) + store.damageExplanations
        return problems.isEmpty ? nil : problems.joined(separator: " ")
    }

    /// Works out hours that are over and deletes days that are too old, between two batches. Runs until it is
    /// cancelled.
    func keepUp() async throws {
        recorder.maintain { [self] in attempt("recovery") { try store.recover(now: WallClock.unixMicroseconds()) } }
        finishErasures()
        for await _ in AsyncTimerSequence(interval: .seconds(20), clock: .continuous) {
            recorder.maintain { [self] in maintain() }
            finishErasures()
        }
    }

    /// Beside the recorder's queue: it may take long.
    private func finishErasures() {
        DispatchQueue.global(qos: .utility).async { [self] in
            attempt("an erasure that broke off") { try store.finishErasures() }
        }
    }

    /// Writes and sends what is left. Called once, after the data plane's end.
    func finish() async throws {
        recorder.finish()
        try await exports.finish()
    }

    private func maintain() {
        let now = WallClock.unixMicroseconds()
        let settings = settings.withLock { $0 }
        attempt("the hours' sums") { try store.seal(now: now) }
        tellDamage()
        attempt("the index of words") { _ = try store.indexWords(now: now) }
        attempt("retention") {
            let gone = try store.retain(days: settings.retentionDays, bytes: settings.retentionBytes, now: now)
            if !gone.isEmpty { log.info("deleted records", ["days": gone.joined(separator: ",")]) }
        }
    }

    /// Each once.
    private func tellDamage() {
        for explanation in store.damageExplanations where toldDamage.withLock({ $0.insert(explanation).inserted }) {
            log.warning("the record is damaged", ["what": explanation])
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
