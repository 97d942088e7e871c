import Core
import Plan
import Testing

@testable import Config

/// `limits`, `budgets`, and a key's own limits.
@Suite struct LimitTests {
    private func rule(_ line: String) throws -> LimitRule { try Load.snapshot(line).limits.all[0] }
    private func errors(_ line: String) -> [String] { Load.errors(Small.file + line + "\n") }

    @Test func everyKeyOfALimitIsRead() throws {
        let rule = try rule(
            "limits: [ { name: growth-users, match: { team: growth, model: \"gpt-*\" }, per: [ user, key ], "
                + "requests: [ 100/1m, 5/1s ], tokens_in: 50k/1m, tokens_out: 1M/1h, tokens: 7/1d, cost_usd: 0.5/1d, "
                + "concurrency: 10 } ]")
        #expect(rule.id == "limit/growth-users" && rule.per == [.tag("user"), .key] && rule.concurrency == 10)
        #expect(
            rule.match == [LimitCondition(.tag("team"), "growth"), LimitCondition(.model, "gpt-*")])
        let shown = rule.rates.map { "\($0.id.unit.rawValue) \($0.id.place) \($0.amount) \($0.window / 1_000_000_000)" }
        #expect(
            shown == [
                "requests 0 5 1", "requests 1 100 60", "tokens_in 0 50000 60", "tokens_out 0 1000000 3600",
                "tokens 0 7 86400", "cost_usd 0 500000000000 86400",
            ])
        #expect(!rule.isOfAttempts)
    }

    @Test func everyKeyOfABudgetIsRead() throws {
        let rule = try rule(
            "budgets: [ { name: b, per: [ session ], usd: \"500\", period: month, timezone: Europe/Paris, soft: 80%, "
                + "then: { downgrade: fast } } ]")
        let budget = try #require(rule.budget)
        #expect(rule.id == "budget/b" && budget.amount == Money(usd: "500") && budget.soft == 800_000)
        #expect(budget.downgrade == "fast" && rule.isKept)
        // The summer of 2026 in Paris is two hours before UTC.
        let window = budget.period.window(at: 1_784_000_000_000_000)
        #expect(window.from == 1_782_856_800_000_000)
    }

    @Test(arguments: [("day", BudgetPeriod.Unit.day), ("week", .week), ("rolling 30d", .rolling(2_592_000_000_000))])
    func periods(_ text: String, _ unit: BudgetPeriod.Unit) throws {
        let rule = try rule("budgets: [ { name: b, usd: 1, period: \(text) } ]")
        #expect(rule.budget?.period == BudgetPeriod(unit))
    }

    @Test func aKeyMayHaveItsOwn() throws {
        let key = try Load.key("{ name: a, token: 0123456789abcdef, limits: { requests: 3/1m } }")
        #expect(key.limits?.id == "key/a" && key.limits?.rates.map(\.amount) == [3])
        #expect(
            Load.keyErrors("{ name: a, token: 0123456789abcdef, limits: {} }")
                == ["headgate.yaml:3:53: keys[0].limits: a limit needs an amount, such as 'requests'"])
    }

    @Test func aRuleOfAProviderIsAskedForAttempts() throws {
        let limits = try Load.snapshot(
            "limits: [ { name: a, match: { provider: demo }, concurrency: 1 }, { name: b, per: [ provider ], "
                + "concurrency: 1 }, { name: c, concurrency: 1 } ]"
        ).limits
        #expect(limits.ofAttempts.map(\.name) == ["a", "b"] && limits.ofExchanges.map(\.name) == ["c"])
    }

    @Test(
        arguments: [
            ("{ name: a, requests: 100 }", "3:32: limits[0].requests: expected an amount and a time"),
            ("{ name: a, requests: 0/1m }", "3:32: limits[0].requests: expected an amount and a time"),
            ("{ name: a, requests: 1/1ms }", "3:32: limits[0].requests: expected an amount and a time"),
            ("{ name: a, tokens: 1G/1m }", "3:30: limits[0].tokens: expected an amount and a time"),
            ("{ name: a, requests: [ 1/1m, 2/60s ] }", "3:40: limits[0].requests[1]: two amounts have the same time"),
            ("{ name: a }", "3:11: limits[0]: a limit needs an amount, such as 'requests'"),
            ("{ requests: 1/1m }", "3:11: limits[0]: missing key 'name'"),
            (
                "{ name: a, match: { provider: dmo }, concurrency: 1 }",
                "3:31: limits[0].match.provider: no provider 'dmo' in 'providers'; did you mean 'demo'?"
            ),
            (
                "{ name: a, match: { route: fst }, concurrency: 1 }",
                "3:31: limits[0].match.route: no model 'fst' in 'models'; did you mean 'fast'?"
            ),
            ("{ name: a, per: [ User ], concurrency: 1 }", "3:29: limits[0].per[0]: a tag's name is lower case"),
            ("{ name: a, concurency: 1 }", "3:22: limits[0].concurency: unknown key 'concurency'; did you mean"),
        ]) func mistakesInLimitsAreToldWithTheirPlaces(_ text: String, _ error: String)
    {
        let found = errors("limits: [ \(text) ]")
        #expect(found.contains { $0.hasPrefix("headgate.yaml:" + error) }, "\(found)")
    }

    @Test(
        arguments: [
            ("usd: 0, period: day", "3:28: budgets[0].usd: a budget is more than nothing"),
            ("usd: 1, period: year", "3:39: budgets[0].period: expected day, week, month, or rolling and a duration"),
            ("usd: 1, period: day, timezone: Mars/Base", "3:54: budgets[0].timezone: expected the name of a time zone"),
            (
                "usd: 1, period: day, then: { downgrade: fats }",
                "3:63: budgets[0].then.downgrade: no model 'fats' in 'models'; did you mean 'fast'?"
            ),
            (
                "usd: 1, period: day, per: [ provider ], then: { downgrade: fast }",
                "3:82: budgets[0].then.downgrade: a budget of one provider is asked when"
            ),
        ]) func mistakesInBudgetsAreToldWithTheirPlaces(_ text: String, _ error: String)
    {
        let found = errors("budgets: [ { name: b, \(text) } ]")
        #expect(found.contains { $0.hasPrefix("headgate.yaml:" + error) }, "\(found)")
    }

    @Test func twoOfOneNameAreRefused() {
        #expect(
            errors("limits: [ { name: a, concurrency: 1 }, { name: a, concurrency: 2 } ]")
                == ["headgate.yaml:3:48: limits[1].name: two of 'limits' have the name 'a'"])
    }
}
