import Testing

@testable import Policy

@Suite struct WaitingLineTests {
    private static let millisecond: Int64 = 1_000_000
    private static let never = Int64.max

    private func call(
        _ priority: Int = 0, _ tenant: String = "a", tokens: Int = 100, waitMax: Int64 = never
    ) -> WaitingCall {
        WaitingCall(priority: priority, tenant: tenant, tokens: tokens, waitMax: waitMax)
    }

    /// - Returns: whether it waits.
    @discardableResult private func join(
        _ line: inout WaitingLine<String>, _ call: WaitingCall, _ name: String, at now: Int64 = 0,
        perCall: Int64 = millisecond, countMax: Int = 1000
    ) -> Bool {
        if case .waits = line.join(call, name, at: now, perCall: perCall, countMax: countMax) { true } else { false }
    }

    private func drain(_ line: inout WaitingLine<String>, _ count: Int = .max, target: Int64 = never) -> [String] {
        var served: [String] = []
        while served.count < count, let next = line.next(at: 0, target: target) { served.append(next) }
        return served
    }

    @Test func oneTenantIsServedInItsOrder() {
        var line = WaitingLine<String>()
        for name in ["1", "2", "3"] { join(&line, call(), name) }
        #expect(drain(&line) == ["1", "2", "3"] && line.count == 0)
    }

    @Test func anAbusiveTenantGetsNoMoreThanItsShare() {
        var line = WaitingLine<String>()
        for number in 0..<200 { join(&line, call(0, "abuser"), "abuser \(number)") }
        for number in 0..<20 {
            for tenant in 0..<19 { join(&line, call(0, "t\(tenant)"), "t\(tenant) \(number)") }
        }
        let served = drain(&line, 200)
        #expect(served.count { $0.hasPrefix("abuser ") } == 10)
        for tenant in 0..<19 { #expect(served.count { $0.hasPrefix("t\(tenant) ") } == 10) }
    }

    @Test func roomIsSharedByTokensAndNotByCalls() {
        var line = WaitingLine<String>()
        for _ in 0..<100 {
            join(&line, call(0, "large", tokens: 9000), "large")
            for _ in 0..<10 { join(&line, call(0, "small", tokens: 1000), "small") }
        }
        let served = drain(&line, 500)
        #expect((48...52).contains(served.count { $0 == "large" }), "\(served.count { $0 == "large" })")
    }

    @Test func theMoreImportantClassComesFirstAndNobodyStarves() {
        var line = WaitingLine<String>()
        for number in 0..<500 { join(&line, call(number % 2 == 0 ? 3 : 0), number % 2 == 0 ? "batch" : "critical") }
        let served = drain(&line, 200)
        #expect(served.count { $0 == "batch" } == 10)
        #expect(served.prefix(19).allSatisfy { $0 == "critical" })
    }

    @Test func theNewestComesFirstWhereWaitingHasBecomeTheRule() {
        var line = WaitingLine<String>()
        func at(_ milliseconds: Int64) -> Int64 { milliseconds * Self.millisecond }
        for number in 0..<10 { join(&line, call(), "\(number)", at: at(Int64(number))) }
        let target = at(50)
        #expect(line.next(at: at(20), target: target) == "0")
        // From here on they have waited for longer than is well, but not yet for a whole interval.
        #expect(line.next(at: at(200), target: target) == "1")
        #expect(line.next(at: at(290), target: target) == "2")
        #expect(line.next(at: at(300), target: target) == "9")
        #expect(line.next(at: at(310), target: target) == "8")
    }

    @Test func whatWouldWaitForTooLongIsRefusedWithTheTimeThatItWouldTake() {
        var line = WaitingLine<String>()
        for number in 0..<99 { join(&line, call(), "\(number)") }
        guard
            case .refused(let retryAfter) = line.join(
                call(0, waitMax: 99 * Self.millisecond), "late", at: 0, perCall: Self.millisecond, countMax: 1000)
        else {
            Issue.record("it waits")
            return
        }
        #expect(retryAfter == 100 * Self.millisecond)
        #expect(join(&line, call(0, "other", waitMax: 3 * Self.millisecond), "of another tenant, which is served soon"))
    }

    @Test func aClassThatIsSeldomServedSaysSo() {
        var line = WaitingLine<String>()
        for number in 0..<20 { join(&line, call(1), "low \(number)") }
        for turn in 1...8 { _ = line.next(at: Int64(turn) * 1000 * Self.millisecond, target: Self.never) }
        #expect(!join(&line, call(1, waitMax: 10_000 * Self.millisecond), "low", at: 8000 * Self.millisecond))
        #expect(join(&line, call(0, waitMax: 10 * Self.millisecond), "high", at: 8000 * Self.millisecond))
    }

    @Test func callsThatEndTogetherMakeNobodyExpectALongWait() {
        var line = WaitingLine<String>()
        for number in 0..<40 { join(&line, call(0, "abuser"), "\(number)") }
        // Eight slots whose calls of 400 ms began together.
        for round in 1...4 {
            for _ in 0..<8 { _ = line.next(at: Int64(round) * 400 * Self.millisecond, target: Self.never) }
        }
        for tenant in 0..<8 {
            let call = call(0, "t\(tenant)", waitMax: 2000 * Self.millisecond)
            #expect(join(&line, call, "t", at: 1990 * Self.millisecond, perCall: 50 * Self.millisecond))
        }
    }

    @Test func aFullLineShedsTheLeastImportantAndTheYoungestOfIt() {
        var line = WaitingLine<String>()
        for name in ["batch 1", "batch 2"] { join(&line, call(3), name, countMax: 3) }
        join(&line, call(1), "normal 1", countMax: 3)
        guard case .waits(_, let shed?) = line.join(call(0), "critical", at: 0, perCall: 1, countMax: 3) else {
            Issue.record("nothing gave way")
            return
        }
        #expect(shed.waiter == "batch 2" && line.count == 3)
        #expect(!join(&line, call(3), "batch 3", countMax: 3), "an equal does not give way to the same tenant")
        #expect(drain(&line) == ["critical", "normal 1", "batch 1"])
    }

    @Test func inAFullLineTheTenantWithTheMostGivesWayToOneWithLess() {
        var line = WaitingLine<String>()
        for number in 0..<10 { join(&line, call(0, "abuser"), "abuser \(number)", countMax: 10) }
        for number in 0..<5 { #expect(join(&line, call(0, "other"), "other \(number)", countMax: 10)) }
        #expect(!join(&line, call(0, "other"), "other 5", countMax: 10))
        #expect(!join(&line, call(0, "abuser"), "abuser 10", countMax: 10))
        #expect(line.count == 10)
    }

    @Test func whoLeavesIsServedNoMore() {
        var line = WaitingLine<String>()
        join(&line, call(0, "a"), "1")
        guard case .waits(let id, _) = line.join(call(0, "b"), "2", at: 0, perCall: 1, countMax: 10) else {
            Issue.record("it does not wait")
            return
        }
        #expect(line.leave(id, priority: 0) && !line.leave(id, priority: 0) && line.count == 1)
        #expect(drain(&line) == ["1"])
    }

    @Test func nothingIsLostInAnyOrderOfThings() {
        var line = WaitingLine<Int>()
        var random = SplitMix(state: 7)
        var (waiting, gone) = (Set<Int>(), 0)
        var identities: [(id: UInt64, priority: Int, waiter: Int)] = []
        for number in 0..<20_000 {
            let now = Int64(number) * 1000
            switch random.next() % 4 {
            case 0, 1:
                let call = call(Int(random.next() % 4), "t\(random.next() % 5)", tokens: Int(random.next() % 1000))
                guard case .waits(let id, let shed) = line.join(call, number, at: now, perCall: 1, countMax: 50) else {
                    continue
                }
                waiting.insert(number)
                identities.append((id, call.priority, number))
                if let shed { #expect(waiting.remove(shed.waiter) != nil) }
            case 2:
                guard let next = line.next(at: now, target: 5000) else { continue }
                #expect(waiting.remove(next) != nil)
            default:
                guard let one = identities.popLast() else { continue }
                #expect(line.leave(one.id, priority: one.priority) == (waiting.remove(one.waiter) != nil))
                gone += 1
            }
            #expect(line.count == waiting.count && line.counts.reduce(0, +) == waiting.count)
        }
        #expect(gone > 1000)
    }
}

private struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
