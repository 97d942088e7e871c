/// Price lists, made ready to be asked by name and time.
final class PriceTable: Sendable {
    /// Prices of one model, the newest first.
    private typealias Versions = [Price]

    private struct Pattern: Sendable {
        let owner: String
        let prefix: String
        let versions: Int
    }

    private let versions: [Versions]
    private let index: NameIndex
    /// Those that end in `*`, the longest first.
    private let patterns: [Pattern]
    private let owners: NameIndex

    /// - Parameter entries: of two that begin on the same day, the later in this list counts.
    init(_ entries: [PriceEntry]) {
        struct Name: Hashable {
            let owner: String
            let model: String
        }
        var places: [Name: Int] = [:]
        var names: [(owner: String, name: String)] = []
        var versions: [Versions] = []
        places.reserveCapacity(entries.count)
        for entry in entries {
            let name = Name(owner: entry.owner, model: entry.model)
            if let place = places[name] {
                let before = versions[place].firstIndex { $0.entry.from ?? .min <= entry.from ?? .min }
                versions[place].insert(Price(entry), at: before ?? versions[place].count)
            } else {
                places[name] = versions.count
                names.append((entry.owner, entry.model))
                versions.append([Price(entry)])
            }
        }
        self.versions = versions
        index = NameIndex(names)
        patterns = names.enumerated().filter { $1.name.hasSuffix("*") }
            .map { Pattern(owner: $1.owner, prefix: String($1.name.dropLast()), versions: $0) }
            .sorted { $0.prefix.utf8.count > $1.prefix.utf8.count }
        owners = NameIndex(names.map { ($0.owner, "") })
    }

    /// A whole name counts before a prefix with `*`, and a longer prefix before a shorter one.
    func price(owner: String, model: String, at time: Int64) -> Price? {
        let ownerBytes = owner.utf8.span
        let hash = NameIndex.hash(ownerBytes)
        guard owners.value(owner: ownerBytes, ownerHash: hash, name: "".utf8.span) != nil else { return nil }
        let found = ModelNames.firstMatch(in: model.utf8.span) { part in
            guard let place = index.value(owner: ownerBytes, ownerHash: hash, name: part) else { return nil }
            // One that counts only from a later day on must not hide a name that counts now.
            return isKnown(place, at: time) ? place : nil
        }
        if let found { return version(found, at: time) }
        for pattern in patterns where pattern.owner == owner && model.hasPrefix(pattern.prefix) {
            if let price = version(pattern.versions, at: time) { return price }
        }
        return nil
    }

    private func isKnown(_ place: Int, at time: Int64) -> Bool { version(place, at: time) != nil }

    private func version(_ place: Int, at time: Int64) -> Price? {
        versions[place].first { $0.entry.from ?? .min <= time }
    }
}
