import Core
import Ledger
import Plan
import Policy

/// Limits, budgets, prices and classes of one simulation: tight enough that some calls find no room.
struct SimulatedLimits {
    let rules: LimitRules
    let prices: PriceBook
    let priority: PrioritySettings
    let memoryBytesMax: Int

    static let users = ["ann", "bob", "cleo"]
    /// Counts every call that is admitted, and all money.
    static let total = "total"
    /// Nanoseconds, far longer than a run.
    private static let longWindow: Int64 = 24 * 3600 * 1_000_000_000
    private static let tokenPrice: Int64 = 1_000_000

    init(_ random: SimulationRandom) {
        var rules: [LimitRule] = []
        if random.chance(40) { rules.append(Self.callsByUser(random)) }
        if random.chance(30) { rules.append(Self.tokens(random)) }
        if random.chance(30) { rules.append(Self.callsOfOneProvider(random)) }
        if random.chance(30) { rules.append(Self.budgetByUser(random)) }
        if random.chance(30) { rules.append(Self.byModel(random)) }
        rules.append(Self.totalBudget(isTight: random.chance(20), random))
        self.rules = LimitRules(rules)
        let rates = Rates([.input: Self.tokenPrice, .output: 5 * Self.tokenPrice])
        prices = PriceBook(
            overrides: ["openai", "anthropic"].map { PriceEntry(owner: $0, model: "served", rates: rates) }
                + [("openai", "a"), ("openai", "b"), ("anthropic", "c")].map { owner, model in
                    PriceEntry(owner: owner, model: model, rates: rates)
                })
        var priority = PrioritySettings()
        priority.queueMax = random.one(of: [1, 3, 1000])
        priority.waitMax = Int64(random.one(of: [50, 1000, 10_000])) * 1_000_000
        self.priority = priority
        memoryBytesMax = random.chance(10) ? random.one(of: [2000, 20_000]) : .max
    }

    private static func callsByUser(_ random: SimulationRandom) -> LimitRule {
        let calls = RateLimit(
            id: RateLimit.ID(unit: .requests, place: 0), amount: Int64(random.int(1...5)), window: longWindow)
        let isOfCalls = random.chance(50)
        return LimitRule(
            kind: .limit, name: "calls", per: [.tag("user")], rates: isOfCalls ? [calls] : [],
            concurrency: isOfCalls && random.chance(50) ? nil : random.int(1...2))
    }

    private static func tokens(_ random: SimulationRandom) -> LimitRule {
        let unit = random.one(of: [LimitedUnit.inputTokens, .outputTokens, .tokens])
        let rate = RateLimit(
            id: RateLimit.ID(unit: unit, place: 0), amount: Int64(random.one(of: [5, 100, 5000])),
            window: Int64(random.one(of: [500, 5000])) * 1_000_000)
        return LimitRule(kind: .limit, name: "tokens", rates: [rate])
    }

    private static func callsOfOneProvider(_ random: SimulationRandom) -> LimitRule {
        LimitRule(
            kind: .limit, name: "provider", match: [LimitCondition(.provider, "p0")],
            rates: [
                RateLimit(
                    id: RateLimit.ID(unit: .requests, place: 0), amount: Int64(random.int(1...4)),
                    window: Int64(random.one(of: [500, 5000])) * 1_000_000)
            ], concurrency: random.chance(50) ? random.int(1...3) : nil)
    }

    private static func byModel(_ random: SimulationRandom) -> LimitRule {
        let unit = random.one(of: [LimitedUnit.requests, .tokens])
        return LimitRule(
            kind: .limit, name: "model", per: [.model],
            rates: [
                RateLimit(
                    id: RateLimit.ID(unit: unit, place: 0), amount: unit == .requests ? 2 : 300, window: longWindow)
            ])
    }

    private static func budgetByUser(_ random: SimulationRandom) -> LimitRule {
        LimitRule(
            kind: .budget, name: "user", per: [.tag("user")],
            budget: BudgetLimit(
                amount: Money(picoUSD: Int128(tokenPrice) * Int128(random.one(of: [20, 200, 2000]))),
                period: BudgetPeriod(random.chance(50) ? .day : .rolling(60_000_000)), soft: 500_000,
                downgrade: random.one(of: [nil, "claude", "pair"])))
    }

    /// Its period does not end within a run, so that what it has spent is the cost of the whole run.
    private static func totalBudget(isTight: Bool, _ random: SimulationRandom) -> LimitRule {
        LimitRule(
            kind: .budget, name: total,
            budget: BudgetLimit(
                amount: Money(picoUSD: Int128(tokenPrice) * Int128(isTight ? 300 : 1_000_000_000)),
                period: BudgetPeriod(.month), soft: 800_000))
    }
}
