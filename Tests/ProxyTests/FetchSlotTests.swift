import Core
import NIOCore
import NIOEmbedded
import Testing

@testable import Proxy

/// Who may fetch files when not all can.
@Suite struct FetchSlotTests {
    /// Turns of keys, and the order in which they began.
    private final class Fetches {
        let slots = FetchSlots()
        private(set) var begun: [String] = []

        @discardableResult
        func enter(_ key: String?, _ name: String = "") throws -> FetchSlots.Turn {
            let turn = FetchSlots.Turn(of: key)
            try slots.enter(turn) { [unowned self] in begun.append((key ?? "none") + name) }
            return turn
        }
    }

    @Test func aKeyHasAPartOfThemOnly() throws {
        let fetches = Fetches()
        for _ in 0..<Limits.fetchesPerLoopMax { try fetches.enter("a") }
        #expect(fetches.begun.count == Limits.fetchesPerKeyMax)
        try fetches.enter("b")
        #expect(fetches.begun.last == "b" && fetches.slots.running == Limits.fetchesPerKeyMax + 1)
    }

    @Test func withoutKeysThereIsNobodyToShareWith() throws {
        let fetches = Fetches()
        for _ in 0...Limits.fetchesPerLoopMax { try fetches.enter(nil) }
        #expect(fetches.begun.count == Limits.fetchesPerLoopMax)
    }

    @Test func whatWaitsBeginsInTurnOfTheKeys() throws {
        let fetches = Fetches()
        let running = try (0..<Limits.fetchesPerLoopMax).map { _ in try fetches.enter(nil) }
        for number in 1...3 { try fetches.enter("a", String(number)) }
        try fetches.enter("b", "1")
        for turn in running.prefix(4) { fetches.slots.leave(turn) }
        #expect(Array(fetches.begun.suffix(4)) == ["a1", "b1", "a2", "a3"])
    }

    @Test func whoLeavesBeforeItsTurnNeverBegins() throws {
        let fetches = Fetches()
        let running = try (0..<Limits.fetchesPerKeyMax).map { _ in try fetches.enter("a") }
        let impatient = try fetches.enter("a", " impatient")
        try fetches.enter("a", " patient")
        // Nothing of it runs whose end were to be waited for.
        let end = EmbeddedEventLoop().makePromise(of: Void.self)
        fetches.slots.leave(impatient, after: end.futureResult)
        fetches.slots.leave(running[0])
        #expect(fetches.begun.last == "a patient" && fetches.slots.running == Limits.fetchesPerKeyMax)
        end.succeed()
    }

    @Test func aKeyCannotHaveThemWaitWithoutEnd() throws {
        let fetches = Fetches()
        for _ in 0..<Limits.fetchesPerKeyMax + Limits.fetchesWaitingPerKeyMax { try fetches.enter("a") }
        #expect(throws: FetchFailure.busy) { try fetches.enter("a") }
        try fetches.enter("b")
        #expect(fetches.begun.last == "b")
    }

    @Test func allSlotsComeBack() throws {
        let fetches = Fetches()
        let turns = try (0..<100).map { try fetches.enter("key \($0 % 5)") }
        for turn in turns { fetches.slots.leave(turn) }
        #expect(fetches.slots.running == 0)
        try fetches.enter("a")
        #expect(fetches.begun.last == "a")
    }
}
