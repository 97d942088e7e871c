import Core
import Ledger
import Testing

/// Costs worked out by hand from the published lists.
@Suite struct PriceBookTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var kind: String
        var model: String
        var usage: TokenUsage
        var tier: String?
        var cost: String?

        init(_ kind: String, _ model: String, tier: String? = nil, cost: String?, _ fill: (inout TokenUsage) -> Void) {
            self.kind = kind
            self.model = model
            self.tier = tier
            self.cost = cost
            usage = TokenUsage()
            fill(&usage)
        }

        var testDescription: String { "\(kind)/\(model) \(tier ?? "")" }
    }

    /// 2026-11-24T00:00:00Z
    private static let day: Int64 = 1_795_478_400_000_000

    private static func thousand(_ usage: inout TokenUsage) {
        usage.inputUncached = 1000
        usage.output = 1000
    }

    static let cases: [Case] = [
        Case("openai", "gpt-4o-mini", cost: "0.00075", thousand),
        Case("openai", "gpt-5", cost: "0.01125", thousand),
        Case("openai", "gpt-5", tier: "flex", cost: "0.005625", thousand),
        Case("openai", "gpt-5", tier: "priority", cost: "0.0225", thousand),
        Case("openai", "gpt-5", cost: "0.0000125") { $0.cacheRead = 100 },
        Case("openai", "gpt-5", cost: "0.01") { $0.reasoning = 1000 },
        Case("anthropic", "claude-sonnet-4-5", cost: "0.0003") { $0.cacheRead = 1000 },
        Case("anthropic", "claude-sonnet-4-5", cost: "0.00375") { $0.cacheWrite5m = 1000 },
        Case("anthropic", "claude-sonnet-4-5", cost: "0.006") { $0.cacheWrite1h = 1000 },
        Case("anthropic", "claude-sonnet-4-5-20250929", cost: "0.018", thousand),
        // The long-context tier is of Vertex, not of Anthropic's own API.
        Case("anthropic", "claude-sonnet-4-5", cost: "0.9") { $0.inputUncached = 300_000 },
        Case("vertex", "claude-sonnet-4-5", cost: "1.8") { $0.inputUncached = 300_000 },
        Case("anthropic", "claude-haiku-5-5", cost: "0.1") { $0.inputUncached = 200_000 },
        Case("simulator", "echo", cost: "0.00075", thousand),
        Case("simulator", "anything", cost: "0.00075", thousand),
        Case("openai-compatible", "gpt-4o-mini", cost: nil, thousand),
        Case("openai", "no-such-model", cost: nil, thousand),
        Case("openai", "no-such-model", cost: "0") { _ in },
    ]

    @Test(arguments: cases) func costsWhatTheListSays(_ example: Case) {
        let cost = PriceBook.embedded.cost(
            of: example.usage, kind: example.kind, provider: "p", servedModel: example.model,
            upstreamModel: example.model, serviceTier: example.tier, region: "default", at: Self.day)
        #expect(cost?.usdText == example.cost)
    }

    @Test func theConfigurationsPricesCountFirstAndFromTheirDayOn() {
        let entry = PriceEntry(
            owner: "mine", model: "x*", from: Self.day, rates: Rates([.input: 5, .output: 7]))
        let book = PriceBook(overrides: [entry])
        var usage = TokenUsage()
        usage.inputUncached = 10
        usage.output = 10
        func cost(_ model: String, at time: Int64) -> Money? {
            book.cost(
                of: usage, kind: "openai-compatible", provider: "mine", servedModel: nil, upstreamModel: model,
                serviceTier: nil, region: "default", at: time)
        }
        #expect(cost("x1", at: Self.day)?.picoUSD == 120)
        #expect(cost("x1", at: Self.day - 1) == nil)
        #expect(cost("y", at: Self.day) == nil)
    }
}
