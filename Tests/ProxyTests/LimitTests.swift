import Core
import Ledger
import Logging
import NIOCore
import Plan
import TestKit
import Testing
import Wire

@testable import Proxy

/// Limits and budgets as clients meet them.
@Suite struct LimitTests {
    private static let day: Int64 = 86_400_000_000_000

    private static func rate(_ unit: LimitedUnit, _ amount: Int64) -> RateLimit {
        RateLimit(id: RateLimit.ID(unit: unit, place: 0), amount: amount, window: day)
    }

    /// The model `m` at the provider `up`, and `small` at `other`; a token of `m` costs a millionth of a dollar. Of
    /// `backed` nothing comes, and `small` stands in.
    private func snapshot(_ port: Int, _ rules: [LimitRule], key: LimitRule? = nil) -> Snapshot {
        func provider(_ name: String, port: Int = port) -> Provider {
            Provider(
                name: name, kind: .openAI, origin: Origin(isTLS: false, host: "127.0.0.1", port: port),
                basePath: "/v1", credentials: [.init(secret: Secret("sk-upstream"))])
        }
        let rates = Rates([.input: 1_000_000, .output: 1_000_000])
        return Snapshot(
            server: Fixture.settings(), access: .anyone,
            providers: [provider("up"), provider("other"), provider("away", port: 1)],
            routes: [
                Route(pattern: "m", targets: [Target(provider: 0, model: "real-m")]),
                Route(pattern: "small", targets: [Target(provider: 1, model: nil)]),
                Route(
                    pattern: "backed", targets: [Target(provider: 2, model: "m")],
                    fallbacks: [Fallback(.model("small"))]),
                Route(pattern: "free", targets: [Target(provider: 0, model: "nobody-knows-its-price")]),
            ], keys: [],
            prices: PriceBook(overrides: [
                PriceEntry(owner: "up", model: "real-m", rates: rates),
                PriceEntry(owner: "other", model: "small", rates: rates),
            ]), limits: LimitRules(rules))
    }

    private func withGateway(
        _ rules: [LimitRule], loops: Int = 1, script: @escaping @Sendable (Int) -> [ScriptedUpstream.Act],
        _ body: (TestGateway, ScriptedUpstream, LimitTable) async throws -> Void
    ) async throws {
        let upstream = try await ScriptedUpstream.start(script: script)
        let table = LimitTable(log: OperationalLog(Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }))
        let gateway = try await TestGateway.start(snapshot(upstream.port, rules), loops: loops, limiter: table)
        do {
            try await body(gateway, upstream, table)
        } catch {
            try await gateway.stop()
            await upstream.stop()
            throw error
        }
        try await gateway.stop()
        await upstream.stop()
    }

    private func ask(_ gateway: TestGateway, _ body: String = Fixture.chat, fields: String = "") async throws -> String
    {
        try await RawClient.exchange(
            port: gateway.port, Fixture.post(body, fields: "connection: close\r\n" + fields))
    }

    private func usage(_ table: LimitTable, _ rule: LimitRule) -> LimitState? {
        table.reports([rule], at: .current)[0].states.first
    }

    @Test func aRateIsRefusedInTheClientsDialectWithTheTimeToWait() async throws {
        let rule = LimitRule(kind: .limit, name: "two", rates: [Self.rate(.requests, 2)])
        try await withGateway([rule], script: { _ in [.send(Fixture.completion)] }) { gateway, upstream, _ in
            for _ in 0..<2 { #expect(try await ask(gateway).hasPrefix("HTTP/1.1 200 ")) }
            let answer = try await ask(gateway)
            #expect(answer.hasPrefix("HTTP/1.1 429 ") && answer.contains(#""code":"rate_limit_exceeded""#))
            #expect(answer.contains("The limit 'two' of 2 requests in 86400 s is used up"))
            #expect(answer.contains(#/retry-after: (4319\d|43200)\r\n/#) && answer.contains("x-should-retry: true"))
            let record = await gateway.records.wait(for: 3)[2]
            #expect(record.limitsHit == ["two"] && record.outcome == .rejected && record.attempts.isEmpty)
            #expect(upstream.requests.count == 2)
        }
    }

    @Test func eachValueOfADimensionIsCountedByItselfAndNoneTogether() async throws {
        let rule = LimitRule(kind: .limit, name: "users", per: [.tag("user")], rates: [Self.rate(.requests, 1)])
        try await withGateway([rule], script: { _ in [.send(Fixture.completion)] }) { gateway, _, _ in
            var statuses: [String] = []
            for user in ["a", "b", "a", "", ""] {
                let fields = user.isEmpty ? "" : "x-headgate-user: \(user)\r\n"
                statuses.append(String(try await ask(gateway, fields: fields).dropFirst(9).prefix(3)))
            }
            #expect(statuses == ["200", "200", "429", "200", "429"])
        }
    }

    @Test func tokensAreSettledWithWhatTheAnswerUsed() async throws {
        let rule = LimitRule(kind: .limit, name: "t", rates: [Self.rate(.tokens, 1000)])
        try await withGateway([rule], script: { _ in [.send(Fixture.completion)] }) { gateway, _, table in
            // With nothing known, so much is reserved as the call allows, and at most the whole limit.
            let chat = #"{"model":"m","max_tokens":5000,"messages":[]}"#
            for _ in 0..<5 { #expect(try await ask(gateway, chat).hasPrefix("HTTP/1.1 200 ")) }
            _ = await gateway.records.wait(for: 5)
            let state = try #require(usage(table, rule))
            #expect((20...25).contains(state.used[0]) && state.running == 0)
        }
    }

    @Test func aSpentBudgetIsRefusedAndWhatIsLeftIsTold() async throws {
        let budget = BudgetLimit(amount: Money(picoUSD: 12_000_000), period: BudgetPeriod(.day))
        let rule = LimitRule(kind: .budget, name: "b", budget: budget)
        try await withGateway([rule], script: { _ in [.send(Fixture.completion)] }) { gateway, _, table in
            // Five tokens of a millionth each: a reservation of two tokens of output and what the texts have.
            let chat = #"{"model":"m","max_tokens":5,"messages":[]}"#
            let first = try await ask(gateway, chat)
            #expect(first.contains("x-headgate-budget-remaining-usd: 0.00000"))
            var answers: [String] = []
            for _ in 0..<3 { answers.append(try await ask(gateway, chat)) }
            #expect(answers.last!.hasPrefix("HTTP/1.1 429 ") && answers.last!.contains("budget_exceeded"))
            #expect(answers.last!.contains("x-should-retry: false") && answers.last!.contains("retry-after: "))
            let spent = try #require(usage(table, rule)).spent
            #expect(spent >= Money(picoUSD: 10_000_000) && spent <= Money(picoUSD: 15_000_000))
        }
    }

    @Test func aSpentBudgetsCallsGoOnAsItsOtherModel() async throws {
        let budget = BudgetLimit(amount: Money(picoUSD: 1), period: BudgetPeriod(.month), downgrade: "small")
        let rule = LimitRule(
            kind: .budget, name: "b", match: [LimitCondition(.model, "m")], budget: budget)
        let hard = LimitRule(kind: .limit, name: "small", match: [LimitCondition(.model, "small")], concurrency: 1)
        try await withGateway([rule, hard], script: { _ in [.send(Fixture.completion)] }) { gateway, upstream, table in
            #expect(try await ask(gateway).contains("x-headgate-provider: up"))
            let answer = try await ask(gateway)
            #expect(answer.hasPrefix("HTTP/1.1 200 ") && answer.contains("x-headgate-provider: other"))
            #expect(answer.contains("x-headgate-fallback: budget") && answer.contains("x-headgate-model: small"))
            #expect(upstream.requests[1].contains(#""model":"small""#))
            let record = await gateway.records.wait(for: 2)[1]
            #expect(record.model == "m" && record.route == "small" && record.fallback == "budget")
            #expect(record.limitsHit == ["b"])
            #expect(usage(table, hard)?.running == 0)
        }
    }

    @Test func aModelThatStandsInCountsUnderItsOwnLimits() async throws {
        let all = LimitRule(kind: .limit, name: "all", rates: [Self.rate(.requests, 10)])
        let small = LimitRule(
            kind: .limit, name: "small", match: [LimitCondition(.model, "small")], rates: [Self.rate(.requests, 1)])
        let backed = LimitRule(
            kind: .limit, name: "backed", match: [LimitCondition(.model, "backed")], rates: [Self.rate(.tokens, 1000)])
        let body = #"{"model":"backed","messages":[]}"#
        try await withGateway([all, small, backed], script: { _ in [.send(Fixture.completion)] }) {
            gateway, upstream, table in
            #expect(try await ask(gateway, body).contains("x-headgate-fallback: model"))
            #expect(usage(table, small)?.used == [1] && usage(table, all)?.used == [1])
            #expect(try await ask(gateway, body).hasPrefix("HTTP/1.1 502 "))
            #expect(upstream.requests.count == 1)
            #expect(usage(table, small)?.used == [1] && usage(table, small)?.running == 0)
            #expect(usage(table, backed)?.used == [0], "what another model used is not its own")
            let record = try await gateway.records.wait(for: 2)[1]
            #expect(record.limitsHit == ["small"] && record.fallback == nil)
        }
    }

    @Test func aProvidersLimitIsAskedForEachAttempt() async throws {
        let rule = LimitRule(
            kind: .limit, name: "up", match: [LimitCondition(.provider, "up")], rates: [Self.rate(.requests, 1)])
        try await withGateway([rule], script: { _ in [.send(Fixture.completion)] }) { gateway, upstream, table in
            #expect(try await ask(gateway).hasPrefix("HTTP/1.1 200 "))
            let answer = try await ask(gateway)
            #expect(answer.hasPrefix("HTTP/1.1 429 ") && answer.contains("The limit 'up'"))
            #expect(try await ask(gateway, #"{"model":"small","messages":[]}"#).hasPrefix("HTTP/1.1 200 "))
            #expect(upstream.requests.count == 2)
            #expect(usage(table, rule)?.running == 0)
        }
    }

    @Test func aCallOfUnknownPriceIsCountedAsSuch() async throws {
        let budget = BudgetLimit(amount: Money(picoUSD: 1_000_000), period: BudgetPeriod(.day))
        let rule = LimitRule(kind: .budget, name: "b", budget: budget)
        let answer = Fixture.completion.replacing("real-m", with: "nobody")
        try await withGateway([rule], script: { _ in [.send(answer)] }) { gateway, _, table in
            let chat = #"{"model":"free","messages":[]}"#
            for _ in 0..<2 {
                let answer = try await ask(gateway, chat)
                #expect(answer.hasPrefix("HTTP/1.1 200 "))
            }
            #expect(await gateway.records.wait(for: 2).allSatisfy { $0.cost == nil })
            #expect(table.statistics.unpricedCalls == 2)
        }
    }

    @Test func everyOddEndGivesBackWhatWasReserved() async throws {
        let rule = LimitRule(kind: .limit, name: "c", rates: [Self.rate(.tokens, 1_000_000)], concurrency: 1)
        let ends: [[ScriptedUpstream.Act]] = [
            [.close], [.send(Fixture.answer("{}", status: "500 Internal Server Error"))],
            [.send("nonsense\r\n\r\n"), .close],
            [.send(Fixture.streamHead + Fixture.chunk(Fixture.event)), .close],
        ]
        let rounds = 25
        try await withGateway([rule], script: { ends[$0 % ends.count] }) { gateway, _, table in
            for round in 0..<rounds * ends.count {
                let answer = try await ask(
                    gateway, round % ends.count == 3 ? Fixture.streamedChat : Fixture.chat)
                #expect(!answer.hasPrefix("HTTP/1.1 429 "), "\(round): \(answer)")
            }
            _ = await gateway.records.wait(for: rounds * ends.count)
            #expect(usage(table, rule)?.running == 0)
        }
    }

    @Test func aClientThatLeavesLeaksNothing() async throws {
        let rule = LimitRule(kind: .limit, name: "c", rates: [Self.rate(.requests, 1000)], concurrency: 3)
        let rounds = 60
        try await withGateway([rule], script: { _ in [.hold] }) { gateway, upstream, table in
            for round in 1...rounds {
                try await RawClient.withConnection(port: gateway.port) { inbound, outbound in
                    try await outbound.write(ByteBuffer(string: Fixture.post(Fixture.chat)))
                    await upstream.waitForRequests(round)
                }
                _ = await gateway.records.wait(for: round)
            }
            let records = await gateway.records.wait(for: rounds)
            #expect(records.allSatisfy { $0.outcome == .clientClosed })
            #expect(usage(table, rule)?.running == 0)
        }
    }

    @Test func parallelCallsOverTwoLoopsStayWithinTheBudgetAndTheConcurrency() async throws {
        // The input is guessed at more than the answer states, so no reservation is smaller than what its call uses.
        let budget = BudgetLimit(amount: Money(picoUSD: 100_000_000), period: BudgetPeriod(.month))
        let rules = [
            LimitRule(kind: .budget, name: "b", budget: budget),
            LimitRule(kind: .limit, name: "c", concurrency: 20),
        ]
        try await withGateway(rules, loops: 2, script: { _ in [.send(Fixture.completion)] }) {
            gateway, upstream, table in
            let text = String(repeating: "word ", count: 20)
            let chat = #"{"model":"m","max_tokens":5,"messages":[{"role":"user","content":"\#(text)"}]}"#
            let good = await withTaskGroup(of: Bool.self) { group in
                for _ in 0..<200 {
                    group.addTask { (try? await ask(gateway, chat))?.hasPrefix("HTTP/1.1 200 ") ?? false }
                }
                return await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
            }
            _ = await gateway.records.wait(for: 200)
            let states = table.reports(rules, at: .current).map { $0.states[0] }
            #expect(states[0].spent == Money(picoUSD: 5_000_000) * good && states.allSatisfy { $0.running == 0 })
            #expect(states[0].spent <= budget.amount && states[0].reserved == .zero && good > 0)
            #expect(upstream.requests.count == good)
        }
    }
}
