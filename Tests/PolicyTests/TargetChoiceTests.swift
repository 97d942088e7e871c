import Core
import Testing

@testable import Policy

@Suite struct TargetChoiceTests {
    private static let rounds = 5000

    /// How often each was chosen, of a thousand.
    private func shares(_ candidates: [TargetCandidate], _ strategy: RoutingStrategy) -> [Int] {
        var random = RandomSource(seed: 7)
        var counts = candidates.map { _ in 0 }
        for _ in 0..<Self.rounds {
            guard let index = TargetChoice.index(of: candidates, strategy: strategy, random: random.next()) else {
                continue
            }
            counts[index] += 1
        }
        return counts.map { $0 * 1000 / Self.rounds }
    }

    private func isNear(_ shares: [Int], _ expected: [Int]) -> Bool {
        zip(shares, expected).allSatisfy { abs($0 - $1) <= 25 }
    }

    private func ineligible(_ candidate: TargetCandidate) -> TargetCandidate {
        var candidate = candidate
        candidate.isEligible = false
        return candidate
    }

    @Test func sharesFollowTheWeights() {
        let candidates = [TargetCandidate(weight: 3), .init(weight: 1), .init(weight: 0), .init(weight: -1)]
        #expect(isNear(shares(candidates, .weighted), [750, 250, 0, 0]))
        #expect(isNear(shares([.init(weight: 0), .init(weight: 0)], .weighted), [500, 500]))
    }

    @Test(arguments: RoutingStrategy.allCases) func lowerGroupsComeFirst(_ strategy: RoutingStrategy) {
        let reserve = TargetCandidate(weight: 9, group: 1, latency: 1, price: 1)
        let main = TargetCandidate(weight: 1, latency: 1_000_000, inFlight: 500, price: 1_000_000)
        #expect(shares([reserve, main], strategy) == [0, 1000])
        #expect(shares([reserve, ineligible(main)], strategy) == [1000, 0])
        // One of weight 0 stands behind all that have weight.
        #expect(shares([reserve, TargetCandidate(weight: 0, latency: 1)], strategy) == [1000, 0])
    }

    @Test func theFasterOfTwoIsChosen() {
        let slow = TargetCandidate(weight: 1, latency: 900)
        let fast = TargetCandidate(weight: 1, latency: 300, inFlight: 1)
        #expect(shares([slow, fast], .leastLatency) == [0, 1000])
        let busy = TargetCandidate(weight: 1, latency: 300, inFlight: 3)
        #expect(shares([slow, busy], .leastLatency) == [1000, 0])
        // Of three, the slowest is never the better one, and the fastest is in two pairs of three.
        let middle = TargetCandidate(weight: 1, latency: 700)
        #expect(isNear(shares([slow, fast, middle], .leastLatency), [0, 667, 333]))
    }

    @Test func anUnknownLatencyIsTriedByOneCallAtATime() {
        let known = TargetCandidate(weight: 1, latency: 5)
        #expect(shares([known, .init(weight: 1)], .leastLatency) == [0, 1000])
        #expect(shares([known, .init(weight: 1, inFlight: 1)], .leastLatency) == [1000, 0])
    }

    @Test func theLessBusyForItsWeightIsChosen() {
        let small = TargetCandidate(weight: 1, inFlight: 1)
        #expect(shares([small, .init(weight: 8, inFlight: 10)], .leastBusy) == [0, 1000])
        #expect(shares([small, .init(weight: 8, inFlight: 20)], .leastBusy) == [1000, 0])
    }

    @Test func theCheapestIsChosenAndUnknownPricesComeLast() {
        let cheap = TargetCandidate(weight: 1, price: 10)
        let tied = TargetCandidate(weight: 3, price: 10)
        let unknown = TargetCandidate(weight: 100)
        #expect(isNear(shares([cheap, tied, unknown, .init(weight: 9, price: 11)], .lowestPrice), [250, 750, 0, 0]))
        #expect(shares([ineligible(cheap), unknown], .lowestPrice) == [0, 1000])
    }

    /// Never one that may not be chosen, always one where there is one, and the same for the same number.
    @Test func holdsForAnyCandidates() {
        var random = RandomSource(seed: 11)
        for _ in 0..<2000 {
            let candidates = (0..<Int.random(in: 0...9, using: &random)).map { _ in
                var candidate = TargetCandidate(
                    weight: Int.random(in: -1...3, using: &random), group: Int.random(in: 0...2, using: &random),
                    latency: [nil, 0, 5, .max].randomElement(using: &random)!,
                    inFlight: Int.random(in: 0...3, using: &random),
                    price: [nil, 0, 5, .max].randomElement(using: &random)!)
                candidate.isEligible = Bool.random(using: &random)
                return candidate
            }
            let strategy = RoutingStrategy.allCases.randomElement(using: &random)!
            let number = random.next()
            let chosen = TargetChoice.index(of: candidates, strategy: strategy, random: number)
            #expect(chosen == TargetChoice.index(of: candidates, strategy: strategy, random: number))
            let eligible = candidates.filter { $0.isEligible && $0.weight >= 0 }
            #expect((chosen == nil) == eligible.isEmpty)
            guard let chosen else { continue }
            #expect(candidates[chosen].isEligible && candidates[chosen].weight >= 0)
            let weighted = eligible.filter { $0.weight > 0 }
            let lowest = (weighted.isEmpty ? eligible : weighted).map(\.group).min()
            #expect(candidates[chosen].group == lowest)
        }
    }
}

@Suite struct PeakEWMATests {
    private static let second: Int64 = 1_000_000_000

    @Test func jumpsUpAtOnceAndComesDownOverTenSeconds() {
        var latency = PeakEWMA()
        #expect(latency.value(at: 5) == nil)
        latency.observe(100_000, now: 0)
        #expect(latency.value(at: 0) == 100_000)
        latency.observe(900_000, now: Self.second)
        #expect(latency.value(at: Self.second) == 900_000)
        // After the decay, 1/e of the peak is left of it.
        latency.observe(100_000, now: 11 * Self.second)
        let value = latency.value(at: 11 * Self.second) ?? 0
        #expect((392_000...396_000).contains(value))
    }

    @Test func fadesWhileNothingIsSeen() {
        var latency = PeakEWMA()
        latency.observe(1_000_000, now: 0)
        let values = (0...20).map { latency.value(at: Int64($0) * 10 * Self.second) ?? -1 }
        #expect(zip(values, values.dropFirst()).allSatisfy { $0 >= $1 })
        #expect((366_000...369_000).contains(values[1]))
        #expect(values.last == 0)
    }

    @Test func aClockThatStandsOrGoesBackDoesNoHarm() {
        var latency = PeakEWMA()
        latency.observe(500, now: 10)
        latency.observe(100, now: 10)
        #expect(latency.value(at: 3) == 500)
        latency.observe(-4, now: 3)
        #expect(latency.value(at: 10) == 500)
        latency.observe(.max, now: .max)
        #expect((latency.value(at: .max) ?? 0) > 1 << 60)
    }
}
