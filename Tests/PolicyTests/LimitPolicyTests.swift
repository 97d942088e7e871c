import Core
import Testing

@testable import Policy

private let second: Int64 = 1_000_000_000

@Suite struct LeakyBucketTests {
    private let rate = RateLimit(id: RateLimit.ID(unit: .tokens, place: 0), amount: 60, window: 60 * second)

    @Test func allOfItMayBeUsedAtOnceAndComesBackEvenly() {
        var bucket = LeakyBucket(at: 0)
        bucket.take(60, rate, at: 0)
        #expect(bucket.wait(for: 1, rate, at: 0) == second)
        #expect(bucket.wait(for: 30, rate, at: 10 * second) == 20 * second)
        #expect(bucket.wait(for: 10, rate, at: 10 * second) == 0)
        #expect(bucket.wait(for: 60, rate, at: 60 * second) == 0 && bucket.isEmpty(rate, at: 60 * second))
        #expect(!bucket.isEmpty(rate, at: 60 * second - 1))
    }

    @Test func theWaitIsExactToTheNanosecond() {
        let third = RateLimit(id: rate.id, amount: 3, window: 10)
        var bucket = LeakyBucket(at: 0)
        bucket.take(3, third, at: 0)
        let wait = bucket.wait(for: 1, third, at: 0)
        #expect(wait == 4)  // 10 / 3, rounded up
        #expect(bucket.wait(for: 1, third, at: 3) == 1 && bucket.wait(for: 1, third, at: 4) == 0)
    }

    @Test func nothingIsLostOrWonInManySmallSteps() {
        let odd = RateLimit(id: rate.id, amount: 7, window: 13)
        var bucket = LeakyBucket(at: 0)
        var admitted: Int64 = 0
        for now in Int64(0)..<13_000 where bucket.wait(for: 1, odd, at: now) == 0 {
            bucket.take(1, odd, at: now)
            admitted += 1
        }
        // The bucket at the start, and what comes back in a thousand windows.
        #expect((7 + 7 * 999...7 + 7 * 1000).contains(admitted))
    }

    @Test func whatIsLargerThanTheLimitFindsRoomInAnEmptyBucket() {
        var bucket = LeakyBucket(at: 0)
        #expect(bucket.wait(for: 1024, rate, at: 0) == 0)
        bucket.take(1024, rate, at: 0)
        #expect(bucket.wait(for: 1024, rate, at: 0) == 60 * second)
        bucket.correct(taken: 1024, at: 0, used: 5000, rate, at: second)
        #expect(bucket.wait(for: 1024, rate, at: 60 * second) == 0, "one call for each refill")
    }

    @Test func aRefundComesBackAtOnce() {
        var bucket = LeakyBucket(at: 0)
        bucket.take(60, rate, at: 0)
        bucket.correct(taken: 60, at: 0, used: 10, rate, at: 0)
        #expect(bucket.wait(for: 50, rate, at: 0) == 0 && bucket.wait(for: 51, rate, at: 0) == second)
    }

    @Test func whatTimeHasGivenBackIsNotGivenBackTwice() {
        var bucket = LeakyBucket(at: 0)
        bucket.take(10, rate, at: 0)
        // Empty since the tenth second.
        bucket.take(40, rate, at: 20 * second)
        bucket.correct(taken: 10, at: 0, used: 0, rate, at: 20 * second)
        #expect(bucket.used(rate, at: 20 * second) == 40)
    }

    @Test func whatWasUsedBeyondTheReservationIsADebt() {
        var bucket = LeakyBucket(at: 0)
        for _ in 0..<6 { bucket.take(10, rate, at: 0) }
        for _ in 0..<6 { bucket.correct(taken: 10, at: 0, used: 20, rate, at: 0) }
        #expect(bucket.wait(for: 1, rate, at: 0) == 61 * second)
    }

    @Test func anEditOfTheRateLeavesWhatWasUsed() {
        var bucket = LeakyBucket(at: 0)
        bucket.take(50, rate, at: 0)
        let larger = RateLimit(id: rate.id, amount: 100, window: 10 * second)
        #expect(bucket.used(larger, at: 0) == 50)
        #expect(bucket.wait(for: 50, larger, at: 0) == 0 && bucket.wait(for: 51, larger, at: 0) > 0)
    }

    @Test func theLargestNumbersDoNotOverflow() {
        let huge = RateLimit(
            id: rate.id, amount: 9_000_000_000_000_000_000, window: 366 * 86_400 * second)
        var bucket = LeakyBucket(at: 0)
        for _ in 0..<3 { bucket.take(.max, huge, at: 0) }
        #expect(bucket.wait(for: .max, huge, at: .max) == 0)
        #expect(bucket.wait(for: .max, huge, at: 0) > 0)
    }
}

@Suite struct SpendingTests {
    private let day: Int64 = CivilDay.microseconds

    private func budget(_ usd: String, _ unit: BudgetPeriod.Unit = .day, soft: Int? = nil) -> BudgetLimit {
        BudgetLimit(amount: Money(usd: usd)!, period: BudgetPeriod(unit), soft: soft)
    }

    private func dollars(_ text: String) -> Money { Money(usd: text)! }

    @Test func whatIsReservedCountsAndIsReplacedByWhatWasSpent() {
        let budget = budget("1")
        let window = budget.period.window(at: 0)
        var spending = Spending()
        spending.reserve(dollars("0.6"), budget)
        #expect(spending.wait(for: dollars("0.5"), budget, in: window, at: 0) == day)
        #expect(spending.wait(for: dollars("0.4"), budget, in: window, at: 0) == nil)
        _ = spending.settle(
            reserved: dollars("0.6"), spent: dollars("0.1"), budget, in: window, current: window)
        #expect(spending.remaining(budget, in: window) == dollars("0.9"))
    }

    @Test func aNewPeriodBeginsWithNothingSpent() {
        let budget = budget("1")
        let (first, second) = (budget.period.window(at: day - 1), budget.period.window(at: day))
        var spending = Spending()
        for _ in 0..<2 { spending.reserve(dollars("0.5"), budget) }
        _ = spending.settle(reserved: dollars("0.5"), spent: dollars("0.5"), budget, in: first, current: first)
        // It began in the period that is over, and counts there.
        _ = spending.settle(reserved: dollars("0.5"), spent: dollars("0.5"), budget, in: first, current: second)
        #expect(spending.remaining(budget, in: second) == dollars("1") && spending.isOver(in: second))
    }

    @Test func aRollingPeriodNeverAllowsMoreThanTheBudget() {
        let budget = budget("1", .rolling(30 * day))
        var spending = Spending()
        var spent: [(at: Int64, amount: Money)] = []
        for step in Int64(0)..<2000 {
            let now = step * day / 10
            let window = budget.period.window(at: now)
            guard spending.wait(for: dollars("0.07"), budget, in: window, at: now) == nil else { continue }
            spending.reserve(dollars("0.07"), budget)
            _ = spending.settle(
                reserved: dollars("0.07"), spent: dollars("0.07"), budget, in: window, current: window)
            spent.append((now, dollars("0.07")))
        }
        for call in spent {
            let sum = spent.filter { $0.at > call.at - 30 * day && $0.at <= call.at }.reduce(Money.zero) {
                $0 + $1.amount
            }
            #expect(sum <= dollars("1"))
        }
        #expect(spent.count > 14 * 6)
    }

    @Test func aRollingPeriodSaysWhenThereIsRoom() {
        let budget = budget("1", .rolling(30 * day))
        var spending = Spending()
        let window = budget.period.window(at: 5 * day)
        spending.reserve(dollars("1"), budget)
        _ = spending.settle(reserved: dollars("1"), spent: dollars("1"), budget, in: window, current: window)
        let wait = spending.wait(for: dollars("0.1"), budget, in: window, at: 5 * day)!
        let then = 5 * day + wait
        #expect(spending.wait(for: dollars("0.1"), budget, in: budget.period.window(at: then), at: then) == nil)
        #expect(
            spending.wait(for: dollars("0.1"), budget, in: budget.period.window(at: then - 1), at: then - 1) != nil)
    }

    @Test func theSoftShareIsToldOnceInAPeriod() {
        let budget = budget("1", soft: 500_000)
        var spending = Spending()
        func spend(at now: Int64) -> Bool {
            let window = budget.period.window(at: now)
            spending.reserve(dollars("0.3"), budget)
            return spending.settle(
                reserved: dollars("0.3"), spent: dollars("0.3"), budget, in: window, current: window)
        }
        #expect([spend(at: 0), spend(at: 1), spend(at: 2)] == [false, true, false])
        #expect([spend(at: day), spend(at: day + 1), spend(at: day + 2)] == [false, true, false])
    }

    @Test func anUnknownPriceFindsNoRoomInASpentBudget() {
        let budget = budget("1")
        let window = budget.period.window(at: 0)
        var spending = Spending()
        #expect(spending.wait(for: .zero, budget, in: window, at: 0) == nil)
        spending.reserve(dollars("1"), budget)
        #expect(spending.wait(for: .zero, budget, in: window, at: 0) != nil)
    }
}

@Suite struct UsualOutputTests {
    @Test func nineOfTenCallsStayBelowIt() {
        var random = RandomSource(seed: 3)
        var usual = UsualOutput(first: 10)
        var below = 0
        for round in 0..<40_000 {
            let seen = Int64(random.next() % 1000)
            if round >= 4000, seen <= usual.tokens { below += 1 }
            usual.observe(seen)
        }
        #expect((0.84...0.94).contains(Double(below) / 36_000), "\(Double(below) / 36_000)")
    }

    @Test func itFollowsAChange() {
        var usual = UsualOutput(first: 4000)
        for _ in 0..<2000 { usual.observe(50) }
        #expect(usual.tokens < 100)
    }
}
