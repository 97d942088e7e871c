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
    /// Microseconds that are read at a time to catch up: fewer of a busy time, so that each has room in a look.
    private var stride = Self.strideMax
    private var isOver = false

    /// Microseconds. Calls that last longer than this are not seen by the tail.
    static let reach: Int64 = 600_000_000
    static let strideMax: Int64 = 60_000_000
    /// The store's rows are told apart by the millisecond.
    private static let strideMin: Int64 = 1000
    /// Pages of a look; a gateway that is busier is better watched through its API.
    var pagesMax = 20

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
        // What began in this very millisecond is there already.
        let end = min(now + 1_000_000, until ?? .max)
        if let start = position { return try catchUp(from: start, to: end, in: store, now: now) }
        let found = try calls(from: now - Self.reach, to: end, in: store).calls
        let new = skipsFirst ? [] : found.filter { !seen.contains($0.record.id) }
        (skipsFirst, seen) = (false, Set(found.map(\.record.id)))
        isOver = now >= until ?? .max
        return new.reversed()
    }

    /// A stride: as much of it as fits in a look.
    private mutating func catchUp(
        from start: Int64, to end: Int64, in store: any RecordStore, now: Int64
    ) throws(StoreError) -> [StoredRecord] {
        var found = try calls(from: start, to: min(start + stride, end), in: store)
        while found.hasMore, stride > Self.strideMin {
            stride = max(stride / 2, Self.strideMin)
            found = try calls(from: start, to: min(start + stride, end), in: store)
        }
        let next = start + stride
        position = next < end ? next : nil
        isOver = next >= until ?? .max
        // What is within reach of the looks to come.
        for call in found.calls where call.record.startedAtUnixMicroseconds >= now - Self.reach {
            seen.insert(call.record.id)
        }
        if found.calls.count < pagesMax * Limits.pageRecordsMax / 4 { stride = min(stride * 2, Self.strideMax) }
        return found.calls.reversed()
    }

    /// Newest first, and whether there are older ones.
    private func calls(
        from start: Int64, to end: Int64, in store: any RecordStore
    ) throws(StoreError) -> (calls: [StoredRecord], hasMore: Bool) {
        var window = filter
        window.since = max(start, filter.since)
        window.until = end
        guard window.since < end else { return ([], false) }
        var query = RecordQuery(window, limit: Limits.pageRecordsMax)
        var found: [StoredRecord] = []
        for _ in 0..<pagesMax {
            let page = try store.page(query)
            found += page.records
            guard let next = page.next else { return (found, false) }
            query.cursor = next
        }
        return (found, true)
    }
}
