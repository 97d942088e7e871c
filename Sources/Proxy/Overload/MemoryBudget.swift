import Core
import Synchronization

/// What the bodies of all requests may hold of the memory, over all loops: a request that finds no room is refused
/// before the kernel ends the program.
final class MemoryBudget: Sendable {
    private let held = Atomic<Int>(0)
    let bytesMax: Int

    init(bytesMax: Int) { self.bytesMax = bytesMax }

    var bytes: Int { held.load(ordering: .relaxed) }

    /// - Returns: whether there is room; if so it is taken.
    func take(_ count: Int) -> Bool {
        if held.add(count, ordering: .relaxed).newValue <= bytesMax { return true }
        give(count)
        return false
    }

    func give(_ count: Int) { held.subtract(count, ordering: .relaxed) }
}

extension GatewayError {
    static let noMemory = GatewayError(
        .overloaded, "The requests that are served take all the memory there is for them (server.memory_max).",
        retryAfterSeconds: 1)
}
