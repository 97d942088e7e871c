import Core
import Synchronization

/// Which account made what only it can read again, for all loops together. It is forgotten with the program, and the
/// oldest first where there is too much.
final class StateMarks: Sendable {
    private struct Generations {
        var new: [Int: HeldObject.Place] = [:]
        var old: [Int: HeldObject.Place] = [:]
    }

    private let generations = Mutex(Generations())

    func note(_ digests: [Int], _ place: HeldObject.Place) {
        guard !digests.isEmpty else { return }
        generations.withLock { generations in
            for digest in digests { generations.new[digest] = place }
            if generations.new.count > Limits.stateMarksMax / 2 {
                generations.old = generations.new
                generations.new = [:]
            }
        }
    }

    /// Of the last of these that is known.
    func place(ofAny digests: [Int]) -> HeldObject.Place? {
        guard !digests.isEmpty else { return nil }
        return generations.withLock { generations in
            for digest in digests.reversed() {
                if let place = generations.new[digest] ?? generations.old[digest] { return place }
            }
            return nil
        }
    }
}
