public import Core
import NIOCore

/// Gathers the records of one loop and hands them on by number or by time. Bounded; nothing here waits.
public final class RecordRing: RecordSink {
    private let recorder: Recorder
    private var records: [ExchangeRecord] = []
    private var bodyBytes = 0
    /// How many the last hand-over had: room for as many is made at once.
    private var lastCount = 16

    public init(_ recorder: Recorder) { self.recorder = recorder }

    public func append(_ record: borrowing ExchangeRecord) -> Bool {
        guard record.isCall else { return true }
        if records.isEmpty { records.reserveCapacity(lastCount) }
        bodyBytes += (record.requestBody?.readableBytes ?? 0) + (record.responseBody?.readableBytes ?? 0)
        records.append(copy record)
        guard records.count >= Limits.recordRingEntriesMax || bodyBytes >= Limits.recordRingBodyBytesMax else {
            return true
        }
        return handOver()
    }

    public func flush() { _ = handOver() }

    private func handOver() -> Bool {
        guard !records.isEmpty else { return true }
        defer {
            lastCount = records.count
            records = []
            bodyBytes = 0
        }
        return recorder.offer(records, bodyBytes: bodyBytes)
    }
}

/// Gives each record to several sinks.
public final class RecordFanOut: RecordSink {
    private let sinks: [any RecordSink]

    public init(_ sinks: [any RecordSink]) { self.sinks = sinks }

    public func append(_ record: borrowing ExchangeRecord) -> Bool {
        var isTaken = true
        for sink in sinks where !sink.append(record) { isTaken = false }
        return isTaken
    }

    public func flush() { for sink in sinks { sink.flush() } }
}
