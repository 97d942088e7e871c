public import Core
import Foundation
import GRDB

extension SQLiteRecordStore: SpanStore {
    /// Each goes into the file of the day on which it began.
    public func write(_ spans: [ApplicationSpan]) throws(StoreError) {
        for (day, own) in Dictionary(grouping: spans, by: { Day(containing: $0.startedAt) }) {
            try write(to: day) { try spanRows.insert(own, $0) }
        }
    }

    public func spans(of trace: TraceID) throws(StoreError) -> TraceSpans {
        var found = TraceSpans()
        var attributeBytes = Limits.traceAttributeBytesMax
        try readAll { try spanRows.read(trace, into: &found, attributeBytes: &attributeBytes, $0) }
        found.spans.sort { ($0.startedAt, $0.spanID.value) < ($1.startedAt, $1.spanID.value) }
        return found
    }

    private var spanRows: SpanRows { SpanRows(texts: SealedText(key: key)) }
}
