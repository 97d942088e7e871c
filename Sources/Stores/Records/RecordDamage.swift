import Core
import Synchronization

/// What of the record was found damaged since the start, by day. Told once in the log, and in `/ready`.
final class RecordDamage: Sendable {
    enum Part { case file, sums }

    private struct State {
        var parts: [Day: Set<Part>] = [:]
        var daysToRepair: Set<Day> = []
    }

    private let state = Mutex(State())

    func note(_ part: Part, of day: Day) {
        state.withLock { state in
            guard state.parts[day, default: []].insert(part).inserted else { return }
            if part == .sums { state.daysToRepair.insert(day) }
        }
    }

    /// Days whose sums were found damaged, each once.
    func takeDaysToRepair() -> Set<Day> {
        state.withLock { state in
            defer { state.daysToRepair = [] }
            return state.daysToRepair
        }
    }

    /// Sentences for people, in the order of days.
    var explanations: [String] {
        let parts = state.withLock { $0.parts }
        return parts.sorted { $0.key < $1.key }.flatMap { day, parts in
            parts.map { part in
                switch part {
                case .file:
                    "The file of \(day.name) was damaged and is set aside: its calls are in no list and no sum."
                case .sums:
                    "Some sums of \(day.name) were damaged: they are worked out from the calls that have a row."
                }
            }.sorted()
        }
    }
}
