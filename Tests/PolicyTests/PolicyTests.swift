import Core
import Testing

@testable import Policy

@Suite struct WeightedChoiceTests {
    @Test func followsTheWeights() {
        var random = RandomSource(seed: 1)
        var counts = [0, 0, 0, 0]
        for _ in 0..<40_000 { counts[WeightedChoice.index(of: [3, 1, 0, -1], random: random.next())!] += 1 }
        #expect(abs(counts[0] - 30_000) < 600 && counts[2] == 0 && counts[3] == 0)
    }

    @Test func countsAllTheSameWhenNoneHasWeight() {
        var random = RandomSource(seed: 1)
        var counts = [0, 0, 0]
        for _ in 0..<30_000 { counts[WeightedChoice.index(of: [0, 0, -1], random: random.next())!] += 1 }
        #expect(abs(counts[0] - 15_000) < 500 && counts[2] == 0)
    }

    @Test func findsNothingWhereNothingMayBeChosen() {
        #expect(WeightedChoice.index(of: [Int](), random: 5) == nil)
        #expect(WeightedChoice.index(of: [-1, -1], random: .max) == nil)
    }
}

@Suite struct WeightedPlanTests {
    @Test func triesOnceMoreOnAFreshConnectionWhenAKeptOneWasDead() {
        var plan = WeightedPlan(weights: [0, 5])
        let dead = AttemptOutcome.connectionLostBeforeAnswer(reused: true)
        let steps = [
            plan.next(after: nil, random: 9), plan.next(after: dead, random: 9), plan.next(after: dead, random: 9),
        ]
        #expect(steps == [.send(target: 1, freshConnection: false), .send(target: 1, freshConnection: true), .stop])
    }

    @Test(arguments: [
        AttemptOutcome.connectionLostBeforeAnswer(reused: false), .failed(.upstreamTimeout), .answered(status: 500),
    ])
    func doesNotRepeatAnythingElse(_ outcome: AttemptOutcome) {
        var plan = WeightedPlan(weights: [1])
        _ = plan.next(after: nil, random: 0)
        let step = plan.next(after: outcome, random: 0)
        #expect(step == .stop)
    }
}

@Suite struct CredentialChoiceTests {
    private func key(_ weight: Int, rests: Int64 = 0) -> CredentialChoice.State {
        .init(weight: weight, restsUntil: rests)
    }

    @Test func passesOverKeysThatRest() {
        for random in [UInt64.min, .max / 2, .max] {
            #expect(CredentialChoice.index(of: [key(9, rests: 100), key(1)], now: 50, random: random) == 1)
        }
        #expect(CredentialChoice.index(of: [key(1, rests: 100), key(1, rests: 60)], now: 50, random: 3) == 1)
        #expect(CredentialChoice.index(of: [], now: 0, random: 0) == nil)
    }

    @Test func letsAKeyRestForWhatConcernsIt() {
        #expect(CredentialChoice.rest(afterStatus: 429, retryAfterSeconds: 7) == 7_000_000_000)
        #expect(CredentialChoice.rest(afterStatus: 401, retryAfterSeconds: nil) == 60_000_000_000)
        #expect(CredentialChoice.rest(afterStatus: 500, retryAfterSeconds: 7) == nil)
    }
}
