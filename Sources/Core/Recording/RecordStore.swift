/// A record on its way into the store: redacted, previewed, and with the word on what of it is kept.
public struct RecordToStore: Sendable {
    public var record: ExchangeRecord
    public var requestPreview: String?
    public var responsePreview: String?
    /// Whether a row is kept; without one it still counts in the rollups.
    public var keepsRow: Bool

    public init(record: ExchangeRecord, requestPreview: String?, responsePreview: String?, keepsRow: Bool) {
        self.record = record
        self.requestPreview = requestPreview
        self.responsePreview = responsePreview
        self.keepsRow = keepsRow
    }
}

/// Which of a call's two bodies is meant.
public enum BodySide: String, Sendable { case request, response }

/// Keeps records, their bodies and what is summed up of them. One writer; any number of readers, in this process and
/// in others.
///
/// What `write` returned from is there after a kill of the process, once. All calls block: they are made from threads
/// that may.
public protocol RecordStore: Sendable {
    /// All or nothing. All of a batch began on the same day of UTC.
    /// - Throws: `refused` where a record of it can never be written; which one, a batch of one tells.
    func write(_ batch: [RecordToStore]) throws(StoreError)
    func page(_ query: RecordQuery) throws(StoreError) -> RecordPage
    func record(_ id: ExchangeID) throws(StoreError) -> StoredRecord?
    func body(_ id: ExchangeID, _ side: BodySide) throws(StoreError) -> [UInt8]?
    /// The calls of a trace, oldest first; at most `Limits.traceCallsMax`.
    func trace(_ id: TraceID) throws(StoreError) -> [StoredRecord]
    /// nil where the project has no call in the trace.
    func firstCall(of trace: TraceID, project: String) throws(StoreError) -> ExchangeID?
    func sums(_ query: SumQuery) throws(StoreError) -> [SumRow]
    /// About how many records `sums` would read one by one, for want of sums that were worked out ahead.
    func rowsRead(by query: SumQuery) throws(StoreError) -> Int
    /// Deletes what is too old or too much. Whole days go, by their files.
    /// - Returns: the days that went.
    func retain(days: Int, bytes: Int64, now: Int64) throws(StoreError) -> [String]
    /// Deletes every row and body of a user or a session; the sums stay.
    /// - Returns: how many rows went.
    func erase(_ term: RecordFilter.Term, project: String) throws(StoreError) -> Int
}
