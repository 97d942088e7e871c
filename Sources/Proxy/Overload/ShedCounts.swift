import Synchronization

/// Calls that were refused for want of room, by the name of their class, over all loops.
final class ShedCounts: Sendable {
    private let counts = Mutex<[String: Int]>([:])

    var all: [String: Int] { counts.withLock { $0 } }

    func add(_ name: String) { counts.withLock { $0[name, default: 0] += 1 } }
}
