public import Core

/// Traces as a list: the newest calls, those of one trace put together.
public struct TraceListing: Sendable {
    public struct Entry: Sendable {
        public let id: TraceID
        /// The first of the trace's calls that were found.
        public fileprivate(set) var first: StoredRecord
        public fileprivate(set) var calls = 0
        public fileprivate(set) var errors = 0
        /// Calls whose price is unknown; the cost is that of the others.
        public fileprivate(set) var unpriced = 0
        public fileprivate(set) var usage = TokenUsage()
        public fileprivate(set) var cost = Money.zero
        /// Microseconds since 1970.
        public fileprivate(set) var startedAt: Int64
        public fileprivate(set) var endedAt: Int64
        public fileprivate(set) var models: [String] = []
    }

    /// The newest first.
    public private(set) var entries: [Entry] = []
    /// Where older calls begin; nil: these are all.
    public let next: String?

    /// - Parameter page: records, the newest first.
    public init(_ page: RecordPage) {
        next = page.next
        var places: [TraceID: Int] = [:]
        for stored in page.records {
            let place = places[stored.record.traceID] ?? entries.count
            if place == entries.count {
                places[stored.record.traceID] = place
                entries.append(Entry(stored))
            }
            entries[place].add(stored)
        }
    }
}

extension TraceListing.Entry {
    fileprivate init(_ stored: StoredRecord) {
        id = stored.record.traceID
        first = stored
        startedAt = stored.record.startedAtUnixMicroseconds
        endedAt = startedAt
    }

    fileprivate mutating func add(_ stored: StoredRecord) {
        let record = stored.record
        calls += 1
        if record.outcome != .ok && record.outcome != .clientClosed { errors += 1 }
        if record.cost == nil { unpriced += 1 }
        usage += record.usage
        cost += record.cost ?? .zero
        endedAt = max(endedAt, record.startedAtUnixMicroseconds + record.duration / 1000)
        if record.startedAtUnixMicroseconds <= startedAt {
            startedAt = record.startedAtUnixMicroseconds
            first = stored
        }
        if let model = record.model, models.count < 5, !models.contains(model) { models.append(model) }
    }
}
