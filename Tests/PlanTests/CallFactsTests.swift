import Core
import Policy
import Testing
import Wire

@testable import Plan

@Suite struct CallFactsTests {
    /// 2026-11-26T14:30:00Z.
    private static let now: Int64 = 1_795_703_400_000_000

    @Test(arguments: [
        ("key == 'app' && project == 'shop'", true), ("tags.team == 'growth' && user == 'ann'", true),
        ("tags.absent == ''", true), ("model == 'fast' && !stream", true), ("max_tokens == 0", true),
        ("endpoint == '/v1/chat/completions'", true), ("hour == 14", true), ("input_tokens == 1200", true),
        ("has_tools || has_images || has_audio || has_documents || json_schema || reasoning", false),
    ]) func answersWhatConditionsAsk(_ text: String, _ expected: Bool) throws {
        let digest = try #require(TokenDigest(hexadecimal: String(repeating: "ab", count: 32)))
        let key = Key(id: "k", name: "app", project: "shop", digest: digest)
        let facts = CallFacts(
            facts: RequestFacts(model: "fast"), endpoint: "/v1/chat/completions", key: key,
            tags: Tags([("team", "growth"), ("user", "ann")]), unixMicroseconds: Self.now, inputTokens: 1200)
        #expect(try Condition(text).holds(for: facts) == expected)
    }

    @Test func aRouteSaysWhetherItsConditionsReadTheBody() throws {
        func route(_ condition: String) throws -> Route {
            Route(pattern: "m", targets: [Target(provider: 0, model: nil, condition: try Condition(condition))])
        }
        #expect(try route("json_schema || stream").conditionsReadBody)
        #expect(try !route("tags.a == 'b' && hour < 5 && max_tokens > 9").conditionsReadBody)
        #expect(!Route(pattern: "m", targets: []).conditionsReadBody)
    }

    @Test func aDrainedRouteKeepsHowItChooses() throws {
        let target = Target(provider: 0, model: "m", priority: 3, condition: try Condition("stream"))
        let route = Route(pattern: "m", targets: [target], strategy: .leastBusy).replacing(targets: [target])
        #expect(route.strategy == .leastBusy && route.conditionNeeds == [.stream])
        #expect(route.targets[0].priority == 3 && route.targets[0].condition?.text == "stream")
    }
}
