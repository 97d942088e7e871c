import Core
import Dispatch
import Foundation
import Logging
import Synchronization
import TestKit
import Testing

@testable import Proxy

/// The one table of all loops, asked by threads of the test's own, on a clock of the test's own.
@Suite struct LimitTableTests {
    private static let second: Int64 = 1_000_000_000
    private let table = LimitTable(log: OperationalLog(Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }))

    private func now(seconds: Int64 = 0) -> LimitInstant {
        LimitInstant(nanoseconds: seconds * Self.second, unixMicroseconds: seconds * 1_000_000)
    }

    private func rate(_ unit: LimitedUnit, _ amount: Int64, seconds: Int64 = 60) -> RateLimit {
        RateLimit(id: RateLimit.ID(unit: unit, place: 0), amount: amount, window: seconds * Self.second)
    }

    private func rule(
        _ name: String, per: [LimitDimension] = [], rates: [RateLimit] = [], concurrency: Int? = nil,
        usd: String? = nil, soft: Int? = nil
    ) -> LimitRule {
        LimitRule(
            kind: usd == nil ? .limit : .budget, name: name, per: per, rates: rates, concurrency: concurrency,
            budget: usd.map { BudgetLimit(amount: Money(usd: $0)!, period: BudgetPeriod(.month), soft: soft) })
    }

    private func demand(_ rules: [LimitRule], _ amounts: Amounts, values: String = "", owner: String = "k") -> Demand {
        Demand(
            owner: owner, amounts: amounts,
            claims: rules.map { LimitClaim(rule: $0, values: $0.per.isEmpty ? "" : values, at: 0) })
    }

    private func reserve(
        _ table: LimitTable, _ demand: Demand, at now: LimitInstant
    ) -> Reservation? {
        guard case .admitted(let reservation, _, _)? = table.tryReserve(demand, at: now) else { return nil }
        return reservation
    }

    /// Runs a body on eight threads at a time.
    private func parallel(_ count: Int, _ body: @escaping @Sendable (Int) -> Void) {
        DispatchQueue.concurrentPerform(iterations: 8) { thread in
            for round in stride(from: thread, to: count, by: 8) { body(round) }
        }
    }

    @Test func aThousandParallelCallsOvershootAOneDollarBudgetByAtMostOneReservation() {
        let budget = rule("b", usd: "1")
        let cost = Money(usd: "0.007")!
        let demand = demand([budget], Amounts(requests: 1, cost: cost))
        let now = now()
        let admitted = Atomic<Int>(0)
        let table = table
        parallel(1000) { _ in
            guard let reservation = self.reserve(table, demand, at: now) else { return }
            admitted.add(1, ordering: .relaxed)
            table.settle(reservation, used: demand.amounts, at: now)
        }
        let spent = table.reports([budget], at: now)[0].spent
        #expect(spent <= Money(usd: "1")! + cost && spent == cost * admitted.load(ordering: .relaxed))
        #expect(spent > Money(usd: "1")! - cost)
    }

    @Test func ahundredParallelCallsOfRandomSizesStayWithinATokenLimit() {
        let limit = rule("t", rates: [rate(.tokens, 100)])
        let (table, now) = (table, now())
        let used = Atomic<Int>(0)
        parallel(100) { round in
            var random = RandomSource(seed: UInt64(round))
            let amounts = Amounts(requests: 1, inputTokens: Int64(random.next() % 60), outputTokens: 10)
            guard let reservation = self.reserve(table, self.demand([limit], amounts), at: now) else { return }
            used.add(Int(amounts[.tokens]), ordering: .relaxed)
            table.settle(reservation, used: amounts, at: now)
        }
        #expect((1...100).contains(used.load(ordering: .relaxed)))
    }

    @Test func aRefusedCallConsumesNothing() {
        let requests = rule("r", rates: [rate(.requests, 10)])
        let running = rule("c", concurrency: 1)
        let demand = demand([requests, running], Amounts(requests: 1))
        let first = reserve(table, demand, at: now())
        #expect(first != nil)
        for _ in 0..<50 { #expect(reserve(table, demand, at: now()) == nil) }
        #expect(table.reports([requests], at: now())[0].states[0].used == [1])
        table.settle(first!, used: Amounts(requests: 1), at: now())
        for left in (1...9).reversed() {
            let reservation = reserve(table, demand, at: now())
            #expect(reservation != nil, "\(left) are left, and the slot comes back")
            if let reservation { table.settle(reservation, used: demand.amounts, at: now()) }
        }
        #expect(reserve(table, demand, at: now()) == nil)
        #expect(table.statistics.rejections == ["limit/c": 50, "limit/r": 1])
    }

    @Test func theRefusalNamesTheLimitThatHasNoRoomForTheLongest() throws {
        let short = rule("short", rates: [rate(.requests, 1, seconds: 10)])
        let long = rule("long", rates: [rate(.requests, 1, seconds: 60)])
        let demand = demand([short, long], Amounts(requests: 1))
        let held = reserve(table, demand, at: now())
        guard case .refused(let refusal)? = table.tryReserve(demand, at: now(seconds: 4)) else {
            Issue.record("admitted")
            return
        }
        #expect(refusal.rule.name == "long" && refusal.retryAfter == 56 * Self.second)
        table.settle(try #require(held), used: .none, at: now(seconds: 4))
        #expect(reserve(table, demand, at: now(seconds: 4)) != nil, "what was not used is free at once")
    }

    @Test func settlingTwiceChangesNothing() {
        let limit = rule("t", rates: [rate(.tokens, 100)], concurrency: 5)
        let reservation = reserve(table, demand([limit], Amounts(requests: 1, inputTokens: 50)), at: now())!
        for _ in 0..<3 { table.settle(reservation, used: Amounts(requests: 1, inputTokens: 20), at: now()) }
        let state = table.reports([limit], at: now())[0].states[0]
        #expect(state.used == [20] && state.running == 0)
    }

    @Test func aReservationThatIsLetGoOfGivesEverythingBack() {
        let limit = rule("t", rates: [rate(.tokens, 100)], concurrency: 1, usd: "1")
        let demand = demand([limit], Amounts(requests: 1, inputTokens: 100, cost: Money(usd: "1")!))
        for _ in 0..<100 { #expect(reserve(table, demand, at: now()) != nil) }
        let state = table.reports([limit], at: now())[0].states[0]
        #expect(state.used == [0] && state.running == 0 && state.reserved == .zero)
    }

    @Test func nothingLeaksFromManyCallsOnManyThreads() {
        let rules = [
            rule("a", per: [.key], rates: [rate(.requests, 1_000_000)], concurrency: 1000),
            rule("b", per: [.tag("user")], rates: [rate(.tokens, 1_000_000_000)], concurrency: 4),
            rule("c", concurrency: 6, usd: "1000000"),
        ]
        let (table, now) = (table, now())
        let most = Atomic<Int>(0)
        let running = Atomic<Int>(0)
        parallel(4000) { round in
            let amounts = Amounts(requests: 1, inputTokens: 5, cost: Money(picoUSD: 7))
            let demand = self.demand(rules, amounts, values: "u\(round % 16)")
            guard let reservation = self.reserve(table, demand, at: now) else { return }
            most.max(running.add(1, ordering: .relaxed).newValue, ordering: .relaxed)
            running.subtract(1, ordering: .relaxed)
            if round % 3 != 0 { table.settle(reservation, used: round % 2 == 0 ? amounts : .none, at: now) }
        }
        #expect(most.load(ordering: .relaxed) <= 6)
        for report in table.reports(rules, at: now) {
            #expect(report.states.allSatisfy { $0.running == 0 && $0.reserved == .zero })
        }
    }

    @Test func inventedValuesGrowTheTableToItsBoundAndShareABucketBehindIt() {
        let table = LimitTable(
            log: OperationalLog(Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }), valuesPerKeyMax: 100,
            valuesMax: 250)
        let limit = rule("u", per: [.tag("user")], rates: [rate(.requests, 1)])
        func ask(_ user: Int, _ owner: String, seconds: Int64 = 0) -> Bool {
            let demand = demand([limit], Amounts(requests: 1), values: "\(user)", owner: owner)
            guard let reservation = reserve(table, demand, at: now(seconds: seconds)) else { return false }
            table.settle(reservation, used: Amounts(requests: 1), at: now(seconds: seconds))
            return true
        }
        #expect(
            (0..<2_000).count { ask($0, "abuser") } == 101, "a hundred of their own, and one that all others share")
        #expect((10_000..<10_050).allSatisfy { ask($0, "other") }, "another key's users are still told apart")
        #expect(table.statistics.values == 151 && table.statistics.sharedValues == 1900)
        _ = table.sweep([limit.id: limit], at: now(seconds: 61))
        #expect(table.statistics.values == 0)
        #expect(ask(20_000, "abuser", seconds: 61) && ask(20_001, "abuser", seconds: 61))
    }

    @Test func whatWasUsedOutlivesTheProgram() {
        let budget = rule("b", per: [.tag("user")], usd: "1")
        let hour = rule("h", rates: [rate(.requests, 10, seconds: 3600)])
        let minute = rule("m", rates: [rate(.requests, 10, seconds: 60)])
        let rules = Dictionary(uniqueKeysWithValues: [budget, hour, minute].map { ($0.id, $0) })
        let amounts = Amounts(requests: 1, cost: Money(usd: "0.4")!)
        for _ in 0..<2 {
            let reservation = reserve(table, demand([budget, hour, minute], amounts, values: "ann"), at: now())!
            table.settle(reservation, used: amounts, at: now())
        }
        let saved = table.takeChanges(rules, at: now())
        #expect(Set(saved.map(\.rule)) == ["budget/b", "limit/h"] && table.takeChanges(rules, at: now()).isEmpty)

        // The next program's clock of loops begins anywhere; six minutes have passed.
        let later = LimitInstant(nanoseconds: 77 * Self.second, unixMicroseconds: 360_000_000)
        let next = LimitTable(log: OperationalLog(Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }))
        next.restore(saved, at: later)
        let reports = next.reports([budget, hour], at: later)
        #expect(reports[0].states.map(\.values) == [["ann"]] && reports[0].spent == Money(usd: "0.8")!)
        #expect(reports[1].states[0].used == [1], "two were used, and one has come back")
        #expect(reserve(next, demand([budget], amounts, values: "ann"), at: later) == nil)
        #expect(reserve(next, demand([budget], amounts, values: "bob"), at: later) != nil)
    }

    @Test func anEditOfARuleLeavesWhatWasSpent() {
        let amounts = Amounts(requests: 1, cost: Money(usd: "0.9")!)
        let before = rule("b", usd: "1")
        table.settle(reserve(table, demand([before], amounts), at: now())!, used: amounts, at: now())
        #expect(reserve(table, demand([before], amounts), at: now()) == nil)
        let after = rule("b", rates: [rate(.requests, 5)], usd: "2")
        #expect(table.reports([after], at: now())[0].spent == Money(usd: "0.9")!)
        #expect(reserve(table, demand([after], amounts), at: now()) != nil)
    }

    @Test func whatARestOfUnknownPriceUsedIsCounted() {
        let budget = rule("b", usd: "1")
        var used = Amounts(requests: 1)
        used.isCostKnown = false
        table.settle(reserve(table, demand([budget], Amounts(requests: 1)), at: now())!, used: used, at: now())
        #expect(table.statistics.unpricedCalls == 1)
    }

    /// Prints what a check takes on a hundred thousand values, where it is asked to; no machine promises a figure.
    @Test(.enabled(if: ProcessInfo.processInfo.environment["HEADGATE_FIGURES"] != nil))
    func aCheckOnAHundredThousandKeys() throws {
        func residentBytes() throws -> Int {
            let pages = try String(contentsOfFile: "/proc/self/statm", encoding: .utf8).split(separator: " ")[1]
            return (Int(pages) ?? 0) * 4096
        }
        let limit = rule("u", per: [.tag("user")], rates: [rate(.requests, 1_000_000)])
        func ask(_ user: Int) -> Demand {
            demand([limit], Amounts(requests: 1), values: "user-number-\(user)-of-many", owner: "k")
        }
        let before = try residentBytes()
        for user in 0..<100_000 {
            table.settle(reserve(table, ask(user), at: now())!, used: Amounts(requests: 1), at: now())
        }
        let bytes = (try residentBytes() - before) / 100_000
        var random = RandomSource(seed: 1)
        let times = (0..<20_000).map { _ in
            let demand = ask(Int(random.next() % 100_000))
            return ContinuousClock().measure { _ = table.tryReserve(demand, at: now()) }
        }.sorted()
        print("a check on 100,000 values: \(times[times.count / 2]) at the median, \(bytes) bytes for each value")
        #expect(table.statistics.values == 100_000)
    }
}
