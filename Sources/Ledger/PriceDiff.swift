/// What a new price list changes.
public struct PriceDiff: Sendable {
    /// One price of an entry that is not what it was.
    public struct Change: Sendable {
        /// `output`, `flex output`, `above=200000 output`.
        public let name: String
        /// In pico-dollars; nil: there was none.
        public let before: Int64?
        public let after: Int64?

        /// Ten times as much, or a tenth, or to or from nothing: more often a slip of the decimal point than a price.
        public var isJump: Bool {
            guard let before, let after else { return false }
            if before == 0 || after == 0 { return before != after }
            return max(before, after) / 10 >= min(before, after)
        }

        /// How many times the old price the new one is; nil where that says nothing.
        public var factor: Double? {
            guard let before, let after, before > 0 else { return nil }
            return Double(after) / Double(before)
        }
    }

    public struct ChangedEntry: Sendable {
        public let entry: PriceEntry
        /// Empty where regions or times of day are what changed.
        public let changes: [Change]
    }

    /// Models that had no price.
    public let added: [PriceEntry]
    /// Models that the new list does not have, of the owners it has. Their prices stay.
    public let removed: [PriceEntry]
    public let changed: [ChangedEntry]

    /// - Parameters:
    ///   - old: what counts now, or counted before; of a model's entries the newest is compared.
    ///   - new: one entry for each model.
    public init(from old: [PriceEntry], to new: [PriceEntry]) {
        struct Name: Hashable {
            let owner: String
            let model: String
        }
        var newest: [Name: PriceEntry] = [:]
        for entry in old {
            let name = Name(owner: entry.owner, model: entry.model)
            if newest[name]?.from ?? .min <= entry.from ?? .min { newest[name] = entry }
        }
        var added: [PriceEntry] = []
        var changed: [ChangedEntry] = []
        for entry in new {
            guard let before = newest.removeValue(forKey: Name(owner: entry.owner, model: entry.model)) else {
                added.append(entry)
                continue
            }
            if before.hasSamePrices(as: entry) { continue }
            changed.append(ChangedEntry(entry: entry, changes: PriceDiff.changes(from: before, to: entry)))
        }
        let owners = Set(new.map(\.owner))
        self.added = added
        self.changed = changed
        removed = newest.values.filter { owners.contains($0.owner) }
            .sorted { ($0.owner, $0.model) < ($1.owner, $1.model) }
    }

    public var isEmpty: Bool { added.isEmpty && changed.isEmpty }

    public var jumps: [ChangedEntry] { changed.filter { $0.changes.contains(where: \.isJump) } }

    /// The old entries, and behind them the new prices as counting from a day on. Old ones stay, so that a call of
    /// last month keeps last month's price; only one that began on the same day is replaced.
    ///
    /// - Parameter from: microseconds since 1970; nil: since ever.
    public func applied(to old: [PriceEntry], from: Int64?) -> [PriceEntry] {
        var fresh = added + changed.map(\.entry)
        for place in fresh.indices { fresh[place].from = from }
        let replaced = Set(fresh.map { "\($0.owner)/\($0.model)" })
        return old.filter { $0.from != from || !replaced.contains("\($0.owner)/\($0.model)") } + fresh
    }

    private static func changes(from old: PriceEntry, to new: PriceEntry) -> [Change] {
        let before = prices(of: old)
        let after = prices(of: new)
        var changes: [Change] = []
        for (name, price) in after where before[name] != price {
            changes.append(Change(name: name, before: before[name], after: price))
        }
        for (name, price) in before where after[name] == nil {
            changes.append(Change(name: name, before: price, after: nil))
        }
        return changes.sorted { $0.name < $1.name }
    }

    /// Every price of an entry by its name.
    private static func prices(of entry: PriceEntry) -> [String: Int64] {
        var prices: [String: Int64] = [:]
        for schedule in [PriceEntry.Schedule(rates: entry.rates)] + entry.schedules {
            for unit in PriceUnit.allCases {
                guard let price = schedule.rates[unit] else { continue }
                prices[(schedule.conditions + [unit.name]).joined(separator: " ")] = price
            }
        }
        return prices
    }
}

extension PriceEntry.Schedule {
    /// When it counts, as the catalogue writes it.
    public var conditions: [String] {
        [tier?.rawValue, above > 0 ? "above=\(above)" : nil].compactMap { $0 }
    }
}
