import Core
import Testing

@testable import Policy

@Suite struct MirrorBucketTests {
    private static let second: Int64 = 1_000_000_000

    private func demand(_ input: Int, _ output: Int = 0) -> MirrorBucket.Demand {
        .init(inputTokens: input, outputTokens: output)
    }

    private func tokens(_ limit: Int?, _ remaining: Int?, _ resetsIn: Int64?) -> ProviderLimits {
        var limits = ProviderLimits()
        limits.tokens = .init(limit: limit, remaining: remaining, resetsIn: resetsIn)
        return limits
    }

    @Test func stopsNothingWhileNothingIsKnown() {
        var bucket = MirrorBucket()
        bucket.begin(demand(1_000_000))
        #expect(bucket.delay(for: demand(1_000_000), now: 0) == 0)
        bucket.restate(ProviderLimits(), now: 0)
        #expect(bucket.delay(for: demand(1_000_000), now: 0) == 0)
    }

    @Test func tellsWhatIsLeftWheneverItIsAsked() {
        var bucket = MirrorBucket()
        bucket.restate(tokens(6000, 3000, 30 * Self.second), now: 100 * Self.second)
        let left = { (at: Int64) in bucket.headroom(now: at * Self.second).map(\.remaining) }
        #expect(left(100) == [3000] && left(110) == [4000] && left(130) == [6000] && left(500) == [6000])
        // By a clock that was read before the answer came, also where it resets at once.
        #expect(left(99) == [3000])
        bucket.restate(tokens(6000, 10, 0), now: 200 * Self.second)
        #expect(left(199) == [10] && left(200) == [6000])
        #expect(bucket.headroom(now: 199 * Self.second).first?.unit == "tokens")
    }

    @Test func waitsUntilEnoughIsFilledAgain() {
        var bucket = MirrorBucket()
        // 6,000 a minute, 3,000 of them gone: full in half a minute, a hundred a second.
        bucket.restate(tokens(6000, 3000, 30 * Self.second), now: 0)
        #expect(bucket.delay(for: demand(2000, 1000), now: 0) == 0)
        #expect(bucket.delay(for: demand(3000, 500), now: 0) == 5 * Self.second)
        #expect(bucket.delay(for: demand(3500), now: 2 * Self.second) == 3 * Self.second)
        #expect(bucket.delay(for: demand(3500), now: 5 * Self.second) == 0)
        #expect(bucket.delay(for: demand(6000), now: 0) == 30 * Self.second)
        #expect(bucket.delay(for: demand(6001), now: 0) == nil)
    }

    @Test func countsWhatIsInFlightUntilItIsAnswered() {
        var bucket = MirrorBucket()
        bucket.restate(tokens(6000, 3000, 30 * Self.second), now: 0)
        bucket.begin(demand(2000))
        bucket.begin(demand(500))
        #expect(bucket.delay(for: demand(1000), now: 0) == 5 * Self.second)
        bucket.end(demand(2000))
        bucket.restate(tokens(6000, 1000, 50 * Self.second), now: 0)
        #expect(bucket.delay(for: demand(500), now: 0) == 0)
        #expect(bucket.delay(for: demand(501), now: 0) == Self.second / 100)
        bucket.end(demand(500))
        #expect(bucket.delay(for: demand(1000), now: 0) == 0)
        // One that ends twice does not make room.
        bucket.end(demand(5000))
        #expect(bucket.delay(for: demand(1001), now: 0) == Self.second / 100)
    }

    @Test func survivesWhateverAClientAsksFor() {
        var bucket = MirrorBucket()
        bucket.restate(tokens(6000, 3000, .max), now: 0)
        for _ in 0..<1000 { bucket.begin(demand(.max, .max)) }
        #expect(bucket.delay(for: demand(.max, .max), now: 0) == nil)
        #expect((bucket.delay(for: demand(1), now: 0) ?? 0) > 0)
        for _ in 0..<1000 { bucket.end(demand(.max, .max)) }
        #expect(bucket.delay(for: demand(3000), now: 0) == 0)
    }

    @Test func isFullAgainPastItsReset() {
        var bucket = MirrorBucket()
        bucket.restate(tokens(6000, 0, 30 * Self.second), now: 0)
        #expect(bucket.delay(for: demand(6000), now: 30 * Self.second) == 0)
        bucket.begin(demand(4000))
        #expect((bucket.delay(for: demand(2001), now: 31 * Self.second) ?? 0) > 0)
        // Without a limit or a reset, what is left counts for a minute.
        bucket.restate(tokens(nil, 10, nil), now: 100 * Self.second)
        var other = MirrorBucket()
        other.restate(tokens(nil, 10, nil), now: 100 * Self.second)
        #expect(other.delay(for: demand(11), now: 110 * Self.second) == 50 * Self.second)
        #expect(other.delay(for: demand(11), now: 160 * Self.second) == 0)
    }

    @Test func theTightestLimitCounts() {
        var limits = tokens(6000, 6000, 0)
        limits.requests = .init(limit: 60, remaining: 0, resetsIn: 60 * Self.second)
        limits.inputTokens = .init(limit: 100, remaining: 100, resetsIn: Self.second)
        limits.outputTokens = .init(limit: 10, remaining: 5, resetsIn: 20 * Self.second)
        var bucket = MirrorBucket()
        bucket.restate(limits, now: 0)
        #expect(bucket.delay(for: demand(1, 1), now: 0) == Self.second)
        #expect(bucket.delay(for: demand(1, 6), now: 0) == 4 * Self.second)
        #expect(bucket.delay(for: demand(101, 1), now: 0) == nil)
    }

    /// Whatever is told: a delay is never negative, and a call fits once it has passed, if nothing else happens.
    @Test func aDelayThatPassedIsEnough() {
        var random = RandomSource(seed: 3)
        for _ in 0..<1000 {
            var bucket = MirrorBucket()
            func window() -> ProviderLimits.Window {
                let limit = Int.random(in: 1...1000, using: &random)
                return .init(
                    limit: limit, remaining: Int.random(in: 0...limit, using: &random),
                    resetsIn: Int64.random(in: 0...(60 * Self.second), using: &random))
            }
            var limits = ProviderLimits()
            (limits.requests, limits.tokens, limits.inputTokens) = (window(), window(), window())
            bucket.restate(limits, now: 5)
            let demand = demand(Int.random(in: 0...500, using: &random), Int.random(in: 0...500, using: &random))
            guard let delay = bucket.delay(for: demand, now: 5) else { continue }
            #expect(delay >= 0)
            #expect((bucket.delay(for: demand, now: 5 + delay) ?? 1) <= 1)
        }
    }
}
