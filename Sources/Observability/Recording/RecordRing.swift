public import Core
import NIOCore
import Wire

/// Gathers the records of one loop and hands them on by number or by time. Bounded; nothing here waits.
///
/// Small bodies are copied, all of a batch into one buffer: a record would else keep what its connections have read
/// into, which they then could not use again, and which another thread would have to free.
public final class RecordRing: RecordSink {
    /// Where a record's bodies lie in the batch's buffer; nil: it has none, or one of its own.
    private struct Places {
        let request: Range<Int>?
        let response: Range<Int>?
    }

    private let recorder: Recorder
    private var records: [ExchangeRecord] = []
    private var places: [Places] = []
    private var bodies = ByteBuffer()
    private var bodyBytes = 0
    /// What the last hand-over had: room for as much is made at once.
    private var last = (records: 16, copiedBytes: 0)

    public init(_ recorder: Recorder) { self.recorder = recorder }

    public func append(_ record: borrowing ExchangeRecord) -> Bool {
        guard record.isCall else { return true }
        if records.isEmpty { makeRoom() }
        bodyBytes += record.bodyBytes
        var kept = copy record
        places.append(Places(request: copyBody(&kept.requestBody), response: copyBody(&kept.responseBody)))
        records.append(kept)
        guard records.count >= Limits.recordRingEntriesMax || bodyBytes >= Limits.recordRingBodyBytesMax else {
            return true
        }
        return handOver()
    }

    public func flush() { _ = handOver() }

    private func makeRoom() {
        records.reserveCapacity(last.records)
        places.reserveCapacity(last.records)
        bodies.reserveCapacity(last.copiedBytes)
    }

    private func copyBody(_ body: inout ByteBuffer?) -> Range<Int>? {
        guard let bytes = body, bytes.readableBytes <= Limits.recordCopiedBodyBytesMax else { return nil }
        let start = bodies.writerIndex
        bodies.writeImmutableBuffer(bytes)
        body = nil
        return start..<bodies.writerIndex
    }

    private func handOver() -> Bool {
        guard !records.isEmpty else { return true }
        for (index, place) in places.enumerated() {
            if let range = place.request { records[index].requestBody = bodies.part(range) }
            if let range = place.response { records[index].responseBody = bodies.part(range) }
        }
        defer {
            last = (records.count, bodies.readableBytes)
            records = []
            places.removeAll(keepingCapacity: true)
            bodies = ByteBuffer()
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
