public import Core
import Foundation
import GRDB

extension SQLiteRecordStore: SignalStore {
    public func write(_ spans: [ApplicationSpan]) throws(StoreError) {
        for (day, own) in Dictionary(grouping: spans, by: { Day(containing: $0.startedAt) }) {
            try write(to: day) { try SignalRows.insert(own, $0) }
        }
    }

    public func spans(of trace: TraceID, project: String?) throws(StoreError) -> [ApplicationSpan] {
        try readAll { try SignalRows.spans(of: trace, project: project, $0) }.sorted { $0.startedAt < $1.startedAt }
    }

    public func write(_ feedback: Feedback) throws(StoreError) {
        guard let request = feedback.request else {
            return try write(to: Day(containing: feedback.at)) {
                try SignalRows.insert(feedback, record: nil, $0)
            }
        }
        try write(to: Day(containing: request.unixMilliseconds * 1000)) { database in
            try SignalRows.insert(feedback, record: try DayPages.key(of: request, database), database)
        }
    }

    public func feedback(
        by dimensions: [RecordDimension], _ filter: RecordFilter
    ) throws(StoreError) -> [FeedbackRow] {
        var merged = FeedbackMerge()
        for row in try readDays(filter, { try SignalRows.sums(by: dimensions, filter, day: $0, $1) }) {
            merged.add(row)
        }
        return merged.rows
    }
}
