import Core

/// Sums by group. They stand in a list, because a dictionary would move whole sums whenever it grows.
struct GroupedSums<Group: Hashable & Sendable> {
    private var places: [Group: Int] = [:]
    private var sums: [(group: Group, sums: Sums)] = []

    mutating func change(_ group: Group, _ body: (inout Sums) -> Void) { body(&sums[place(of: group)].sums) }

    mutating func add(_ part: Sums, to group: Group) {
        if let place = places[group] {
            sums[place].sums += part
        } else {
            places[group] = sums.count
            sums.append((group, part))
        }
    }

    mutating func add(_ other: consuming GroupedSums) {
        guard !sums.isEmpty else {
            self = other
            return
        }
        for (group, part) in other.sums { add(part, to: group) }
    }

    private mutating func place(of group: Group) -> Int {
        if let known = places[group] { return known }
        places[group] = sums.count
        sums.append((group, Sums()))
        return sums.count - 1
    }

    func forEach(_ body: (Group, Sums) throws -> Void) rethrows {
        for (group, sums) in sums { try body(group, sums) }
    }

    func map<Result>(_ body: (Group, Sums) throws -> Result) rethrows -> [Result] {
        try sums.map { try body($0.group, $0.sums) }
    }
}
