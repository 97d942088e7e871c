public import Core

/// New calls since the last look, for those who cannot listen to the recorder: another process.
///
/// A call is seen when it ends and listed by when it began, so that a while back is looked at each time and what was
/// seen is remembered.
public struct RecordTail: Sendable {
    public enum Beginning: Sendable {
        /// What ended before the first look is not shown.
        case now
        /// What began since the filter's time is shown first.
        case filter
    }

    public enum End: Sendable { case stopped, filter }

    private var filter: RecordFilter
    private let until: Int64?
    /// Up to where the time that is out of reach has been read; nil: all of it.
    private var position: Int64?
    private var skipsFirst: Bool
    private var seen: Set<ExchangeID> = []
    private var isOver = false

    /// Microseconds. Calls that last longer than this are not seen by the tail.
    static let reach: Int64 = 600_000_000
    /// Microseconds that are read at a time to catch up.
    static let stride: Int64 = 60_000_000
    /// Pages of a look; a gateway that is busier is better watched through its API.
    private static let pagesMax = 20

    public init(_ filter: RecordFilter, since: Beginning, until: End) {
        self.filter = filter
        if since == .now { self.filter.since = 0 }
        position = since == .now ? nil : filter.since
        skipsFirst = since == .now
        self.until = until == .filter ? filter.until : nil
    }

    /// Whether the next look need not wait.
    public var isCatchingUp: Bool { position != nil }

    /// - Parameter now: microseconds since 1970.
    /// - Returns: oldest first; nil: the filter's time is over.
    public mutating func next(from store: any RecordStore, now: Int64) throws(StoreError) -> [StoredRecord]? {
        if isOver { return nil }
        let end = until ?? .max
        if let start = position, start + Self.stride <= now - Self.reach {
            isOver = start + Self.stride >= end
            position = start + Self.stride
            return try calls(from: start, to: min(start + Self.stride, end), in: store).reversed()
        }
        // What began in this very millisecond is there already.
        let found = try calls(
            from: min(position ?? .max, now - Self.reach), to: min(now + 1_000_000, end), in: store)
        let new = skipsFirst ? [] : found.filter { !seen.contains($0.record.id) }
        (position, skipsFirst, seen) = (nil, false, Set(found.map(\.record.id)))
        isOver = now >= end
        return new.reversed()
    }

    /// Newest first.
    private func calls(from start: Int64, to end: Int64, in store: any RecordStore) throws(StoreError) -> [StoredRecord]
    {
        var window = filter
        window.since = max(start, filter.since)
        window.until = end
        guard window.since < end else { return [] }
        var query = RecordQuery(window, limit: Limits.pageRecordsMax)
        var found: [StoredRecord] = []
        for _ in 0..<Self.pagesMax {
            let page = try store.page(query)
            found += page.records
            guard let next = page.next else { break }
            query.cursor = next
        }
        return found
    }
}
