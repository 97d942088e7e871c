import Core

/// The sums of rows that were touched lately. They stand in a list, because a dictionary would move each whole sum out
/// and in again for every call that is added.
struct RememberedSums<Row: Hashable> {
    private var places: [Row: Int] = [:]
    private var sums: [Sums] = []
    private var touched: Set<Row> = []

    private static var rowsMax: Int { 20_000 }

    /// - Parameter read: gives what is stored of a row that is not remembered.
    mutating func change(_ row: Row, orRead read: (Row) throws -> Sums, _ add: (inout Sums) -> Void) rethrows {
        let place = try place(of: row, orRead: read)
        add(&sums[place])
        touched.insert(row)
    }

    private mutating func place(of row: Row, orRead read: (Row) throws -> Sums) rethrows -> Int {
        if let known = places[row] { return known }
        sums.append(try read(row))
        places[row] = sums.count - 1
        return sums.count - 1
    }

    func forEachTouched(_ body: (Sums, Row) throws -> Void) rethrows {
        for row in touched {
            if let place = places[row] { try body(sums[place], row) }
        }
    }

    /// What was touched is written. Of too many rows none is remembered.
    mutating func committed() {
        touched.removeAll(keepingCapacity: true)
        guard sums.count > Self.rowsMax else { return }
        places.removeAll(keepingCapacity: true)
        sums.removeAll(keepingCapacity: true)
    }
}
