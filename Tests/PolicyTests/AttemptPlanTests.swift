import Core
import Testing

@testable import Policy

/// A plan as its tests ask it.
private final class Planned {
    private var plan: AttemptPlan

    init(_ attempts: Int = 3, answeredFor: Set<FailureReason> = []) {
        plan = AttemptPlan(
            strategy: .weighted, retries: RetryPolicy(), attemptsLeft: attempts, ejectedShare: 500_000,
            answeredFor: answeredFor)
    }

    func next(
        _ outcome: AttemptOutcome?, _ candidates: [TargetCandidate], random: UInt64 = 0, timeLeft: Int64 = .max
    ) -> AttemptStep {
        plan.next(after: outcome, among: candidates, timeLeft: timeLeft, random: random)
    }
}

@Suite struct AttemptPlanTests {
    private let second: Int64 = 1_000_000_000

    private let unavailable = AttemptOutcome.failed(.unavailable, retryAfter: nil)
    private let two = [TargetCandidate(weight: 1), TargetCandidate(weight: 0)]

    @Test func goesToEveryOtherTargetBeforeItTriesOneAgain() {
        let plan = Planned()
        #expect(plan.next(nil, two) == .send(target: 0, freshConnection: false, wait: 0, isRetry: false))
        #expect(plan.next(unavailable, two) == .send(target: 1, freshConnection: false, wait: 0, isRetry: false))
        guard case .send(_, false, let wait, true) = plan.next(unavailable, two, random: .max / 2) else {
            Issue.record("no retry")
            return
        }
        #expect(wait > 0 && wait <= second / 2)
        #expect(plan.next(unavailable, two) == .stop(nil, retryAfter: nil))
    }

    @Test func repeatsADeadConnectionOnceWithoutCountingIt() {
        let plan = Planned(1)
        _ = plan.next(nil, [TargetCandidate(weight: 1)])
        let again = plan.next(.deadConnection, [TargetCandidate(weight: 1)])
        #expect(again == .send(target: 0, freshConnection: true, wait: 0, isRetry: false))
        #expect(plan.next(.deadConnection, [TargetCandidate(weight: 1)]) == .stop(nil, retryAfter: nil))
    }

    @Test(arguments: [FailureReason.invalidRequest, .contextLength, .contentFilter])
    func triesNothingThatNoOtherTryMends(_ reason: FailureReason) {
        let plan = Planned()
        _ = plan.next(nil, two)
        #expect(plan.next(.failed(reason, retryAfter: nil), two) == .stop(nil, retryAfter: nil))
    }

    @Test(arguments: [FailureReason.credential, .quotaExhausted])
    func goesElsewhereButNotBackForWhatConcernsTheAccount(_ reason: FailureReason) {
        let plan = Planned()
        _ = plan.next(nil, two)
        let outcome = AttemptOutcome.failed(reason, retryAfter: nil)
        #expect(plan.next(outcome, two) == .send(target: 1, freshConnection: false, wait: 0, isRetry: false))
        #expect(plan.next(outcome, two) == .stop(nil, retryAfter: nil))
    }

    @Test func usesTheAccountsOtherKeyAtOnce() {
        let plan = Planned()
        var only = TargetCandidate(weight: 1)
        only.hasOtherKeys = true
        _ = plan.next(nil, [only])
        let outcome = AttemptOutcome.failed(.rateLimited, retryAfter: 60 * second)
        #expect(plan.next(outcome, [only]) == .send(target: 0, freshConnection: false, wait: 0, isRetry: false))
        only.restsFor = 60 * second
        #expect(plan.next(outcome, [only]) == .stop(nil, retryAfter: 60 * second))
    }

    @Test func waitsForAsLongAsItIsAskedToIfThatIsNotTooLong() {
        let plan = Planned()
        let only = [TargetCandidate(weight: 1)]
        _ = plan.next(nil, only)
        let short = AttemptOutcome.failed(.rateLimited, retryAfter: 3 * second)
        #expect(plan.next(short, only) == .send(target: 0, freshConnection: false, wait: 3 * second, isRetry: true))
        let long = AttemptOutcome.failed(.rateLimited, retryAfter: 9 * second)
        #expect(plan.next(long, only) == .stop(nil, retryAfter: 9 * second))
    }

    @Test func doesNotWaitPastTheDeadlineNorWithoutABudget() {
        let plan = Planned()
        _ = plan.next(nil, [TargetCandidate(weight: 1)])
        #expect(
            plan.next(unavailable, [TargetCandidate(weight: 1)], random: .max, timeLeft: second / 10)
                == .stop(nil, retryAfter: nil))
        #expect(plan.next(unavailable, [TargetCandidate(weight: 1, mayRetry: false)]) == .stop(nil, retryAfter: nil))
    }

    @Test func aFullTargetIsPassedOverWhileAnotherHasRoom() {
        var full = TargetCandidate(weight: 1_000_000)
        full.isFull = true
        let plan = Planned()
        #expect(
            plan.next(nil, [full, TargetCandidate(weight: 1)])
                == .send(target: 1, freshConnection: false, wait: 0, isRetry: false))
        let queued = Planned()
        #expect(queued.next(nil, [full, full]) == .send(target: 0, freshConnection: false, wait: 0, isRetry: false))
        // Refused there, it goes where there is room, and is not tried again.
        let outcome = AttemptOutcome.noRoom(retryAfter: 5 * second)
        #expect(queued.next(outcome, [full, full]) == .stop(nil, retryAfter: 5 * second))
        let other = Planned()
        _ = other.next(nil, [full, full])
        #expect(
            other.next(outcome, [full, TargetCandidate(weight: 1)])
                == .send(target: 1, freshConnection: false, wait: 0, isRetry: false))
    }

    @Test func leavesTargetsAloneWhoseBreakersAreOpenButNotTooMany() {
        let candidates = [
            TargetCandidate(weight: 1, ejectedSince: 5), TargetCandidate(weight: 1, ejectedSince: 9),
            TargetCandidate(weight: 1, ejectedSince: 7),
        ]
        for random in [0, UInt64.max / 2, .max] {
            let plan = Planned()
            // One of three may be away: the first that was.
            guard case .send(let target, _, _, _) = plan.next(nil, candidates, random: random) else {
                Issue.record("nothing was sent")
                return
            }
            #expect(target != 0)
        }
        let alone = Planned()
        #expect(alone.next(nil, [candidates[0]]) == .send(target: 0, freshConnection: false, wait: 0, isRetry: false))
        let answered = Planned(answeredFor: [.unavailable])
        #expect(answered.next(nil, candidates) == .stop(.unavailable, retryAfter: nil))
    }

    @Test func waitsForARestThatEndsSoonAndTellsOneThatDoesNot() {
        let plan = Planned()
        let soon = [TargetCandidate(weight: 1, restsFor: 9 * second), TargetCandidate(weight: 1, restsFor: second)]
        #expect(plan.next(nil, soon) == .send(target: 1, freshConnection: false, wait: second, isRetry: false))
        let other = Planned()
        #expect(
            other.next(nil, [TargetCandidate(weight: 1, restsFor: 9 * second)])
                == .stop(.rateLimited, retryAfter: 9 * second))
    }

    @Test func takesADoubtfulTargetLast() {
        var doubtful = TargetCandidate(weight: 1_000_000)
        doubtful.isDoubtful = true
        let plan = Planned()
        let candidates = [doubtful, TargetCandidate(weight: 1)]
        #expect(plan.next(nil, candidates) == .send(target: 1, freshConnection: false, wait: 0, isRetry: false))
        let alone = Planned()
        #expect(alone.next(nil, [doubtful]) == .send(target: 0, freshConnection: false, wait: 0, isRetry: false))
    }
}

@Suite struct RetryBudgetTests {
    @Test func allowsAShareOfTheCallsAndAFewBeside() {
        var budget = RetryBudget()
        var retries = 0
        // A thousand calls in one instant, all of which fail.
        for _ in 0..<1000 {
            budget.called(perMillion: 200_000)
            if budget.mayRetry(at: 0) {
                budget.retried(at: 0)
                retries += 1
            }
        }
        #expect(retries == 210)
    }

    @Test func givesOneASecondToThoseWhoCallSeldom() {
        var budget = RetryBudget()
        for _ in 0..<10 { budget.retried(at: 0) }
        let allowed = [999_999_999, 1_000_000_000].map { budget.mayRetry(at: $0) }
        #expect(allowed == [false, true])
    }
}

@Suite struct BreakerTests {
    private let settings = BreakerSettings()
    private let second: Int64 = 1_000_000_000

    @Test func opensByFailuresInARowAndLetsOneCallTry() {
        var breaker = Breaker()
        let opened = (1...5).map { _ in breaker.failed(at: 0, settings) }
        #expect(opened == [false, false, false, false, true])
        #expect(breaker.ejectedSince(at: 29 * second) == 0)
        #expect(breaker.ejectedSince(at: 30 * second) == nil)
        breaker.willSend(at: 30 * second, settings)
        #expect(breaker.ejectedSince(at: 30 * second) != nil)
        // Its trial is never heard of: another may.
        #expect(breaker.ejectedSince(at: 60 * second) == nil)
        breaker.willSend(at: 60 * second, settings)
        breaker.succeeded(at: 61 * second, settings)
        #expect(breaker.isClosed && breaker.ejectedSince(at: 61 * second) == nil)
    }

    @Test func staysOpenForLongerEachTimeThatTheTrialFails() {
        var breaker = Breaker()
        for _ in 1...5 { breaker.failed(at: 0, settings) }
        breaker.willSend(at: 30 * second, settings)
        let reopened = breaker.failed(at: 30 * second, settings)
        #expect(reopened)
        #expect(breaker.ejectedSince(at: 89 * second) != nil && breaker.ejectedSince(at: 90 * second) == nil)
    }

    @Test func aCallFromBeforeItOpenedSaysNothingOfIt() {
        var breaker = Breaker()
        for _ in 1...5 { breaker.failed(at: 10 * second, settings) }
        breaker.succeeded(at: 11 * second, begun: 0, settings)
        #expect(breaker.ejectedSince(at: 12 * second) != nil)
        breaker.willSend(at: 40 * second, settings)
        let reopened = breaker.failed(at: 41 * second, begun: 9 * second, settings)
        #expect(!reopened)
        breaker.succeeded(at: 42 * second, begun: 40 * second, settings)
        #expect(breaker.isClosed)
    }

    @Test func opensByAShareOnlyOfEnoughCalls() {
        var breaker = Breaker()
        for call in 0..<18 {
            if call.isMultiple(of: 2) { breaker.succeeded(at: 0, settings) } else { breaker.failed(at: 0, settings) }
        }
        #expect(breaker.isClosed)
        breaker.succeeded(at: 0, settings)
        let opened = breaker.failed(at: 0, settings)
        #expect(opened && !breaker.isClosed)
    }

    @Test func forgetsWhatIsOlderThanItsWindow() {
        var breaker = Breaker()
        for _ in 0..<19 {
            breaker.failed(at: 0, settings)
            breaker.succeeded(at: 0, settings)
        }
        for _ in 0..<4 { breaker.failed(at: 60 * second, settings) }
        #expect(breaker.isClosed)
    }

    @Test func givesBackTheCallsGradually() {
        var breaker = Breaker()
        for _ in 1...5 { breaker.failed(at: 0, settings) }
        breaker.willSend(at: 30 * second, settings)
        breaker.succeeded(at: 30 * second, settings)
        let shares = [30, 45, 60].map { breaker.share(at: $0 * second, settings) }
        #expect(shares == [10, 50, 100])
    }
}

@Suite struct HedgeTests {
    @Test func sendsTwiceNoMoreThanAShareOfCallsAndBytes() {
        var budget = HedgeBudget()
        var hedges = 0
        for _ in 0..<1000 {
            budget.called(bytes: 100)
            if budget.hedge(bytes: 100, HedgePolicy()) { hedges += 1 }
        }
        #expect(hedges == 50)
        // One large call is worth many small ones.
        let mayBeLarge = budget.hedge(bytes: 100_000, HedgePolicy())
        #expect(!mayBeLarge)
    }

    @Test func knowsWhatIsUsualOnceItHasSeenEnough() {
        var slow = SlowFirstToken()
        for _ in 0..<19 { slow.observe(100_000_000) }
        #expect(slow.value == nil)
        for _ in 0..<100 { slow.observe(100_000_000) }
        for _ in 0..<3 { slow.observe(5_000_000_000) }
        let value = slow.value ?? 0
        #expect(value >= 100_000_000 && value <= 120_000_000)
        for _ in 0..<20 { slow.observe(5_000_000_000) }
        #expect(slow.value ?? 0 > 4_000_000_000)
    }

    @Test func forgetsWhatWasUsualLongAgo() {
        var slow = SlowFirstToken()
        for _ in 0..<1000 { slow.observe(5_000_000_000) }
        for _ in 0..<20_000 { slow.observe(10_000_000) }
        #expect(slow.value ?? .max < 20_000_000)
    }
}
