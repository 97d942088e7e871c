public import Core
import Foundation
import GRDB

extension SQLiteRecordStore: FeedbackStore {
    public func write(_ feedback: Feedback) throws(StoreError) {
        let texts = SealedText(key: key)
        guard let request = feedback.request else {
            return try write(to: Day(containing: feedback.at)) {
                try FeedbackRows.insert(feedback, record: nil, texts: texts, $0)
            }
        }
        try write(to: Day(containing: request.unixMilliseconds * 1000)) { database in
            try FeedbackRows.insert(
                feedback, record: try DayPages.key(of: request, database), texts: texts, database)
        }
    }

    public func feedback(of request: ExchangeID) throws(StoreError) -> [Feedback] {
        let texts = SealedText(key: key)
        let day = Day(containing: request.unixMilliseconds * 1000)
        return try read(day) { try FeedbackRows.rows(of: request, texts: texts, $0) } ?? []
    }

    public func feedback(
        by dimensions: [RecordDimension], _ filter: RecordFilter
    ) throws(StoreError) -> [FeedbackRow] {
        var merged = FeedbackMerge()
        for row in try readDays(filter, { try FeedbackRows.sums(by: dimensions, filter, day: $0, $1) }) {
            merged.add(row)
        }
        return merged.rows
    }
}
