/// Room for work that its owners share: an owner has a part of it only, and those whose work waits take turns.
struct FairShares<Work> {
    private struct Lane {
        var running = 0
        var waiting: [Work] = []
    }

    private let total: Int
    private let perOwner: Int
    private var lanes: [String?: Lane] = [:]
    /// Owners of whose work something waits, the next first.
    private var order: [String?] = []
    private(set) var running = 0

    /// - Parameters:
    ///   - total: what may run at a time.
    ///   - perOwner: of one owner's among it. Work of nobody has no such bound.
    init(total: Int, perOwner: Int) {
        self.total = total
        self.perOwner = perOwner
    }

    func waiting(of owner: String?) -> Int { lanes[owner]?.waiting.count ?? 0 }

    mutating func add(_ work: Work, of owner: String?) {
        if waiting(of: owner) == 0 { order.append(owner) }
        lanes[owner, default: Lane()].waiting.append(work)
    }

    /// Work that may begin now, and has its room from now on; nil: there is none, or no room.
    mutating func next() -> Work? {
        guard running < total, let place = order.firstIndex(where: hasRoom) else { return nil }
        let owner = order.remove(at: place)
        guard var lane = lanes[owner], !lane.waiting.isEmpty else { return nil }
        let work = lane.waiting.removeFirst()
        if !lane.waiting.isEmpty { order.append(owner) }
        lane.running += 1
        running += 1
        lanes[owner] = lane
        return work
    }

    /// Gives the room of one that ran back.
    mutating func end(of owner: String?) {
        running -= 1
        lanes[owner]?.running -= 1
        forgetIfIdle(owner)
    }

    /// Takes out what is to wait no longer.
    mutating func removeWaiting(of owner: String?, where isMeant: (Work) -> Bool) {
        lanes[owner]?.waiting.removeAll(where: isMeant)
        if waiting(of: owner) == 0 { order.removeAll { $0 == owner } }
        forgetIfIdle(owner)
    }

    private mutating func forgetIfIdle(_ owner: String?) {
        if let lane = lanes[owner], lane.running == 0, lane.waiting.isEmpty { lanes[owner] = nil }
    }

    private func hasRoom(_ owner: String?) -> Bool { owner == nil || (lanes[owner]?.running ?? 0) < perOwner }
}
