/// So many calls at a time, as a server with so many slots has them: the next ones wait in their order, and those past
/// the queue are refused. Pure: who runs and who waits; what becomes of them is the caller's matter.
struct SlotQueue<Caller: Equatable> {
    enum Entry: Equatable { case run, wait, refuse }

    let slots: Int
    let waitingMax: Int
    private var busy = 0
    private var waiting: [Caller] = []

    init(slots: Int, waitingMax: Int) {
        self.slots = slots
        self.waitingMax = waitingMax
    }

    mutating func enter(_ caller: Caller) -> Entry {
        if busy < slots {
            busy += 1
            return .run
        }
        guard waiting.count < waitingMax else { return .refuse }
        waiting.append(caller)
        return .wait
    }

    /// One that ran has ended.
    /// - Returns: who has its slot now.
    mutating func leave() -> Caller? {
        guard !waiting.isEmpty else {
            busy -= 1
            return nil
        }
        return waiting.removeFirst()
    }

    /// One that waits has gone.
    mutating func cancel(_ caller: Caller) { waiting.removeAll { $0 == caller } }
}
