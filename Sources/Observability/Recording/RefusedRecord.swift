import Core

/// A record that the store refused by itself.
struct RefusedRecord {
    let item: RecordToStore
    let reason: String
}

/// Tells of refused records in the log, some a minute; a metric counts them all.
struct RefusedRecordLog {
    static let linesMax = 10
    private static let minute: Int64 = 60_000_000_000

    private var beganAt: Int64?
    private var lines = 0

    /// - Parameter now: nanoseconds of the loops' clock.
    mutating func tell(_ refused: RefusedRecord, at now: Int64, in log: OperationalLog) {
        if beganAt.map({ now - $0 >= Self.minute }) ?? true {
            beganAt = now
            lines = 0
        }
        guard lines < Self.linesMax else { return }
        lines += 1
        let rest = lines == Self.linesMax ? "; others of this minute are only counted" : ""
        log.error(
            "a record is dropped: the store refuses it" + rest,
            ["id": refused.item.record.id.description, "error": refused.reason])
    }
}
