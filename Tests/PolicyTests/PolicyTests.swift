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

@Suite struct CredentialChoiceTests {
    private let second: Int64 = 1_000_000_000

    private func key(_ weight: Int, rests: Int64? = nil, isCertain: Bool = true) -> CredentialChoice.State {
        .init(weight: weight, rest: rests.map { .init(until: $0, isCertain: isCertain) })
    }

    @Test func passesOverKeysThatRest() {
        for random in [UInt64.min, .max / 2, .max] {
            #expect(CredentialChoice.index(of: [key(9, rests: 100), key(1)], now: 50, random: random) == 1)
        }
        #expect(CredentialChoice.index(of: [key(1, rests: 100), key(1, rests: 60)], now: 50, random: 3) == 1)
        #expect(CredentialChoice.index(of: [], now: 0, random: 0) == nil)
    }

    @Test func letsAKeyRestForWhatConcernsIt() {
        let limited = CredentialChoice.rest(after: .rateLimited, retryAfter: 7 * second, now: second)
        #expect(limited == .init(until: 8 * second, isCertain: true))
        let refused = CredentialChoice.rest(after: .credential, retryAfter: nil, now: second)
        #expect(refused == .init(until: 61 * second, isCertain: false))
        for reason in [FailureReason.unavailable, .timeout, .invalidRequest, .contextLength, .contentFilter] {
            #expect(CredentialChoice.rest(after: reason, retryAfter: 7 * second, now: 0) == nil)
        }
    }

    @Test func knowsTheEndOnlyWhereEveryKeyHasOne() {
        #expect(CredentialChoice.rest(of: [key(1, rests: 9), key(1)], now: 5) == nil)
        #expect(CredentialChoice.rest(of: [key(1, rests: 9), key(1, rests: 7)], now: 5)?.until == 7)
        let doubtful = CredentialChoice.rest(of: [key(1, rests: 6), key(1, rests: 7, isCertain: false)], now: 5)
        #expect(doubtful == .init(until: 7, isCertain: false))
        #expect(CredentialChoice.rest(of: [], now: 5) == nil)
    }
}
