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

    /// Each dimension's values, in the order of the dimensions; nil: too many records would have to be read for it. A
    /// dimension does not heed what the filter says of itself, so that one sees what else could be chosen.
    public func values(from store: any RecordStore) throws(StoreError) -> [[Value]?] {
        var summed: [RecordDimension] = []
        var found: [RecordDimension: [Value]] = [:]
        // What is added up ahead is asked for at once, the rest one by one.
        for dimension in dimensions {
            let rows = try store.rowsRead(by: query([dimension]))
            if rows == 0 {
                summed.append(dimension)
            } else if rows <= Limits.facetRowsMax {
                found.merge(try values(of: [dimension], from: store)) { $1 }
            }
        }
        // Users, sessions and tags are added up each by themselves.
        if try store.rowsRead(by: query(summed)) == 0 {
            found.merge(try values(of: summed, from: store)) { $1 }
        } else {
            for dimension in summed { found.merge(try values(of: [dimension], from: store)) { $1 } }
        }
        return dimensions.map { found[$0] }
    }

    private func query(_ asked: [RecordDimension]) -> SumQuery {
        var query = SumQuery(filter, by: asked)
        query.filter.terms.removeAll { asked.contains($0.dimension) }
        return query
    }

    private func values(
        of asked: [RecordDimension], from store: any RecordStore
    ) throws(StoreError) -> [RecordDimension: [Value]] {
        let own = filter.terms.filter { asked.contains($0.dimension) }
        var found: [RecordDimension: [String: Sums]] = [:]
        for dimension in asked { found[dimension] = [:] }
        for row in try store.sums(query(asked)) {
            let misfits = own.filter { term in
                asked.firstIndex(of: term.dimension).map { !term.fits(row.values[$0]) } ?? false
            }
            for (place, dimension) in asked.enumerated() where misfits.allSatisfy({ $0.dimension == dimension }) {
                found[dimension]?[row.values[place], default: Sums()] += row.sums
            }
        }
        return found.mapValues(first(of:))
    }

    private func first(of values: [String: Sums]) -> [Value] {
        let sorted = values.map { Value(value: $0.key, sums: $0.value) }.sorted { a, b in
            if order == .cost, a.sums.cost != b.sums.cost { return a.sums.cost > b.sums.cost }
            return a.sums.requests == b.sums.requests ? a.value < b.value : a.sums.requests > b.sums.requests
        }
        return Array(sorted.prefix(Self.valuesMax))
    }
}
