/// The calls of one class that wait: tenants take turns, each for as many tokens as the others (deficit round robin).
///
/// A tenant's calls are served in their order. Where those of it that are served have waited for long, its newest comes
/// first: that one's client still waits, while the oldest run out of time whatever is done (adaptive LIFO, as CoDel
/// tells a standing queue). Others, who send less, keep their order.
struct WaitingClass<Waiter: Sendable>: Sendable {
    typealias Entry = WaitingTenant<Waiter>.Entry

    /// The next one first.
    private(set) var tenants: [WaitingTenant<Waiter>] = []
    private(set) var count = 0
    /// At which turn of the line it was served last.
    var servedAtTurn = 0
    private var pace = ServingPace()

    func count(of tenant: String) -> Int { tenants.first { $0.name == tenant }?.entries.count ?? 0 }

    /// Calls that are served before the next one of this tenant.
    func ahead(of tenant: String) -> Int {
        let own = count(of: tenant)
        return own + tenants.reduce(0) { $1.name == tenant ? $0 : $0 + min($1.entries.count, own + 1) }
    }

    /// Nanoseconds between two calls of this class that are served; nil: too little is known.
    func interval(at now: Int64) -> Int64? { count == 0 ? nil : pace.interval(at: now) }

    mutating func append(_ entry: Entry, tenant: String) {
        if count == 0 { pace.begin(at: entry.since) }
        count += 1
        if let place = tenants.firstIndex(where: { $0.name == tenant }) {
            tenants[place].entries.append(entry)
        } else {
            tenants.append(WaitingTenant(name: tenant, entries: [entry]))
        }
    }

    /// - Parameter target: nanoseconds of waiting that are no cause for anything.
    mutating func next(at now: Int64, target: Int64) -> Waiter? {
        guard count > 0 else { return nil }
        pace.served(at: now)
        let place = tenantAtTurn()
        let entry = tenants[place].takeNext(at: now, target: target)
        removed(at: place, givesTurn: true)
        return entry.waiter
    }

    /// Takes out one that waits no longer.
    mutating func remove(_ id: UInt64) -> Bool {
        for place in tenants.indices {
            guard let entry = tenants[place].entries.firstIndex(where: { $0.id == id }) else { continue }
            tenants[place].entries.remove(at: entry)
            removed(at: place, givesTurn: false)
            return true
        }
        return false
    }

    /// Takes out the newest call of the tenant that has the most.
    /// - Parameter mine: another tenant, for whose next call this is done: it happens only if that one has fewer.
    mutating func shed(for mine: String?) -> Waiter? {
        guard let place = tenants.indices.max(by: { tenants[$0].entries.count < tenants[$1].entries.count }) else {
            return nil
        }
        if let mine, tenants[place].entries.count <= count(of: mine) + 1 { return nil }
        let entry = tenants[place].entries.removeLast()
        removed(at: place, givesTurn: false)
        return entry.waiter
    }

    // MARK: Turns

    /// The first whose credit pays for its call; where none has enough, all get what the nearest one lacks.
    private mutating func tenantAtTurn() -> Int {
        func lacks(_ tenant: WaitingTenant<Waiter>) -> Int {
            tenant.entries[tenant.next].tokens - tenant.credit
        }
        let least = tenants.reduce(Int.max) { min($0, lacks($1)) }
        if least > 0 {
            for place in tenants.indices { tenants[place].credit += least }
        }
        return tenants.firstIndex { lacks($0) <= 0 } ?? 0
    }

    private mutating func removed(at place: Int, givesTurn: Bool) {
        count -= 1
        if tenants[place].entries.isEmpty {
            tenants.remove(at: place)
        } else if givesTurn {
            tenants.append(tenants.remove(at: place))
        }
        if count == 0 { pace = ServingPace() }
    }
}

/// Whether waiting has become the rule: for a whole interval nobody was served who had not waited for long.
struct StandingQueue: Sendable {
    private static let intervalMin: Int64 = 100_000_000
    private var longSince: Int64?

    mutating func isStanding(waited: Int64, at now: Int64, target: Int64) -> Bool {
        guard waited > target else {
            longSince = nil
            return false
        }
        let since = longSince ?? now
        longSince = since
        return now - since >= max(Self.intervalMin, target)
    }
}

/// How often a class is served while its calls wait.
struct ServingPace: Sendable {
    /// Gaps that the average is of.
    private static let gaps = 16
    private var last: Int64 = 0
    private var served = 0
    private var average = 0.0

    mutating func begin(at now: Int64) { last = now }

    mutating func served(at now: Int64) {
        served += 1
        average += (Double(now - last) - average) / Double(min(served, Self.gaps))
        last = now
    }

    /// nil: it was served too seldom for an answer. A gap that lasts is one of many: calls that began together end so.
    func interval(at now: Int64) -> Int64? {
        guard served >= 4 else { return nil }
        return Int64(average + max(0, Double(now - last) - average) / Double(min(served + 1, Self.gaps)))
    }
}
