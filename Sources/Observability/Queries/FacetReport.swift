public import Core

/// Which values there are of some dimensions, and how many calls have each: to choose a filter from.
public struct FacetReport: Sendable {
    public struct Value: Sendable {
        public var value: String
        public var sums: Sums
    }

    public let dimensions: [RecordDimension]
    public let filter: RecordFilter

    public let order: Order

    /// Which values come first.
    public enum Order: String, Sendable, CaseIterable { case requests, cost }

    /// Values of a dimension that are told.
    public static let valuesMax = 20

    public init(_ dimensions: [RecordDimension], _ filter: RecordFilter, order: Order = .requests) {
        self.dimensions = dimensions
        self.filter = filter
        self.order = order
    }

    /// Each dimension's values, in the order of the dimensions. A dimension does not heed what the filter says of
    /// itself, so that one sees what else could be chosen.
    public func values(from store: any RecordStore) throws(StoreError) -> [[Value]] {
        var query = SumQuery(filter, by: dimensions)
        let own = filter.terms.filter { dimensions.contains($0.dimension) }
        query.filter.terms.removeAll { dimensions.contains($0.dimension) }
        var found = dimensions.map { _ in [String: Sums]() }
        for row in try store.sums(query) {
            let misfits = own.filter { term in
                dimensions.firstIndex(of: term.dimension).map { !term.fits(row.values[$0]) } ?? false
            }
            for (place, dimension) in dimensions.enumerated() where misfits.allSatisfy({ $0.dimension == dimension }) {
                found[place][row.values[place], default: Sums()] += row.sums
            }
        }
        return found.map { values in
            let sorted = values.map { Value(value: $0.key, sums: $0.value) }.sorted { a, b in
                if order == .cost, a.sums.cost != b.sums.cost { return a.sums.cost > b.sums.cost }
                return a.sums.requests == b.sums.requests ? a.value < b.value : a.sums.requests > b.sums.requests
            }
            return Array(sorted.prefix(Self.valuesMax))
        }
    }
}
