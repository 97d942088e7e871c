import Core

/// What waits for the store, and what it refused. Only the recorder's queue changes it.
struct UnwrittenRecords {
    /// Each of one day.
    private(set) var batches: [[RecordToStore]] = []
    private(set) var entries = 0
    private(set) var bodyBytes = 0
    /// Refused one by one, and since then no other was taken: they are to blame, or the store.
    private(set) var suspects: [RefusedRecord] = []
    /// Batches at the front into which a refused one was halved.
    private var pieces = 0
    /// The store took some of the refused batch: it is well.
    private(set) var tookSome = false

    /// So many in a row may be to blame themselves; of more it is the store, with a schema of another version or an
    /// index that is broken.
    private static let suspectsMax = 8

    /// Bodies for which there is no room are dropped.
    /// - Returns: how many records were dropped, and how many bodies.
    mutating func append(_ batch: [RecordToStore]) -> (records: Int, bodies: Int) {
        guard entries + batch.count <= Limits.recordQueueEntriesMax else { return (batch.count, 0) }
        var batch = batch
        var stripped = 0
        for place in batch.indices {
            let bytes = batch[place].record.bodyBytes
            if bodyBytes + bytes > Limits.recordQueueBodyBytesMax {
                batch[place].record.dropBodies()
                stripped += 1
            } else {
                bodyBytes += bytes
            }
        }
        entries += batch.count
        batches.append(batch)
        return (0, stripped)
    }

    /// The first batch is stored.
    mutating func forgetFirst() {
        forget(batches.removeFirst())
        guard pieces > 0 else { return }
        pieces -= 1
        tookSome = true
    }

    /// Halves the first batch, which was refused, until each record of it is taken, or suspected by itself.
    /// - Returns: false where all of many were refused: the store is to blame, and they wait.
    mutating func setFirstApart(_ reason: String) -> Bool {
        if pieces == 0 { (pieces, tookSome) = (1, false) }
        let batch = batches.removeFirst()
        pieces -= 1
        guard batch.count == 1 else {
            let middle = batch.count / 2
            batches.insert(contentsOf: [Array(batch[..<middle]), Array(batch[middle...])], at: 0)
            pieces += 2
            return true
        }
        suspects.append(RefusedRecord(item: batch[0], reason: reason))
        guard suspects.count > Self.suspectsMax && !tookSome else { return true }
        takeBackSuspects()
        return false
    }

    /// They are tried last: should others be taken then, these are to blame. Neighbours of one day become one batch
    /// again, so that what was halved in vain is not written piece by piece.
    private mutating func takeBackSuspects() {
        var joined: [[RecordToStore]] = []
        for batch in batches + suspects.map({ [$0.item] }) {
            if let place = joined.indices.last, joined[place].count + batch.count <= Limits.recordBatchEntriesMax,
                joined[place].first?.record.dayNumber == batch.first?.record.dayNumber
            {
                joined[place] += batch
            } else {
                joined.append(batch)
            }
        }
        batches = joined
        suspects = []
        pieces = 0
    }

    /// - Returns: the suspects, which are dropped.
    mutating func dropSuspects() -> [RefusedRecord] {
        defer { suspects = [] }
        forget(suspects.map(\.item))
        return suspects
    }

    private mutating func forget(_ items: [RecordToStore]) {
        entries -= items.count
        bodyBytes -= items.reduce(0) { $0 + $1.record.bodyBytes }
    }
}
