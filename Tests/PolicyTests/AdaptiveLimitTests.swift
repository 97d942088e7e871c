import Testing

@testable import Policy

@Suite struct AdaptiveLimitTests {
    private static let second: Int64 = 1_000_000_000

    /// A target with this many slots; calls of one second are sent as the limit allows, and those without a slot come
    /// back at once.
    private func play(slots: Int, rounds: Int, _ limit: inout AdaptiveLimit, demand: Int) -> (served: Int, refused: Int)
    {
        var (served, refused) = (0, 0)
        for round in 0..<rounds {
            let now = Int64(round) * Self.second
            var running = 0
            while running < demand, limit.hasRoom(inFlight: running) { running += 1 }
            while running > slots {
                running -= 1
                refused += 1
                limit.refused(beside: running, at: now)
            }
            while running > 0 {
                limit.accepted(inFlight: running, most: 512, isAwaited: true, at: now)
                running -= 1
                served += 1
            }
        }
        return (served, refused)
    }

    @Test func isOpenUntilCallsAreRefused() {
        var limit = AdaptiveLimit()
        for _ in 0..<100 { limit.accepted(inFlight: 1000, most: 512, isAwaited: false, at: 0) }
        #expect(limit.value == nil && limit.hasRoom(inFlight: 100_000))
        limit.refused(beside: 3, at: 0)
        #expect(limit.value == nil, "one refusal among many calls is about something else")
    }

    @Test(arguments: [1, 4, 30, 200]) func findsHowManySlotsThereAre(_ slots: Int) throws {
        var limit = AdaptiveLimit()
        _ = play(slots: slots, rounds: 1, &limit, demand: slots * 5)
        let found = try #require(limit.value)
        #expect(found == slots)
        let counts = play(slots: slots, rounds: 400, &limit, demand: slots * 5)
        #expect(counts.served * 100 >= slots * 400 * 95, "\(counts)")
        #expect(counts.refused * 100 <= counts.served * 10, "\(counts)")
    }

    @Test func growsWithItsTarget() throws {
        var limit = AdaptiveLimit()
        _ = play(slots: 4, rounds: 10, &limit, demand: 100)
        _ = play(slots: 40, rounds: 60, &limit, demand: 100)
        #expect(try #require(limit.value) >= 36)
    }

    @Test func isForgottenWhenItIsNotNeeded() {
        var limit = AdaptiveLimit()
        _ = play(slots: 8, rounds: 1, &limit, demand: 40)
        limit.accepted(inFlight: 1, most: 512, isAwaited: false, at: 29 * Self.second)
        #expect(limit.value == 8)
        limit.accepted(inFlight: 1, most: 512, isAwaited: false, at: 31 * Self.second)
        #expect(limit.value == nil)
    }

    @Test func isNeverBelowOneNorAboveTheConnections() {
        var limit = AdaptiveLimit()
        for _ in 0..<50 { limit.refused(beside: 0, at: 0) }
        #expect(limit.value == 1 && limit.hasRoom(inFlight: 0))
        for _ in 0..<500 { limit.accepted(inFlight: 7, most: 7, isAwaited: true, at: 0) }
        #expect(limit.value == 7)
    }

    @Test func laterFirstTokensSetAndLowerIt() throws {
        var limit = AdaptiveLimit()
        for _ in 0..<200 {
            limit.firstTokenCame(after: 300_000_000, inputTokens: 1000, inFlight: 20, at: 0)
        }
        #expect(limit.value == nil)
        for _ in 0..<60 where limit.value == nil {
            limit.firstTokenCame(after: 3 * Self.second, inputTokens: 1000, inFlight: 50, at: 0)
        }
        let first = try #require(limit.value)
        #expect(first == 50)
        for _ in 0..<120 { limit.firstTokenCame(after: 3 * Self.second, inputTokens: 1000, inFlight: 50, at: 0) }
        #expect(try #require(limit.value) < 45)
    }

    @Test func longPromptsAreNoOverload() {
        var limit = AdaptiveLimit()
        for _ in 0..<200 { limit.firstTokenCame(after: 200_000_000, inputTokens: 500, inFlight: 9, at: 0) }
        for _ in 0..<200 { limit.firstTokenCame(after: 9_000_000_000, inputTokens: 45_000, inFlight: 9, at: 0) }
        #expect(limit.value == nil)
    }
}
