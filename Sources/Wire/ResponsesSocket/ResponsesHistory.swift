import Core
import NIOCore

/// What a connection remembers of the responses that no provider keeps: the last one of each lane, so that the next
/// goes on from it though the client sends only what is new.
struct ResponsesHistory {
    private struct Entry {
        let id: String
        let lane: ByteBuffer?
        /// Input and output, without brackets.
        let items: ByteBuffer
    }

    private var entries: [Entry] = []

    /// Of memory.
    var bytes: Int {
        entries.reduce(0) { $0 + $1.items.storageCapacity + ($1.lane?.storageCapacity ?? 0) + $1.id.utf8.count }
    }

    /// - Returns: nil for a response that is not remembered.
    func items(of id: String) -> ByteBuffer? { entries.first { $0.id == id }?.items }

    /// Takes the place of what the lane had; of too many lanes the oldest is forgotten.
    mutating func remember(_ id: String, lane: ByteBuffer?, items: ByteBuffer) {
        entries.removeAll { $0.lane == lane }
        if entries.count >= Limits.responsesLanesMax { entries.removeFirst() }
        entries.append(Entry(id: id, lane: lane, items: items))
    }

    mutating func forget(_ id: String) { entries.removeAll { $0.id == id } }

    mutating func forgetAll() { entries = [] }
}
