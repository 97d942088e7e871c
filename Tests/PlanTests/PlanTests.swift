import Core
import Testing
import Wire

@testable import Plan

@Suite struct RouteTableTests {
    private let table = RouteTable([
        Route(pattern: "*", targets: []), Route(pattern: "openai/*", targets: []),
        Route(pattern: "openai/gpt-*", targets: []),
        Route(pattern: "openai/gpt-4o", targets: []),
    ])

    @Test(arguments: [
        ("openai/gpt-4o", "openai/gpt-4o", ""), ("openai/gpt-5", "openai/gpt-*", "5"), ("openai/o3", "openai/*", "o3"),
        ("anything", "*", "anything"),
    ]) func takesTheWholeNameThenTheLongestPrefix(_ model: String, _ pattern: String, _ star: String) {
        let match = table.match(model)
        #expect(match?.route.pattern == pattern && match.map { String($0.star) } == star)
    }

    @Test func putsWhatTheStarMatchedIntoTheUpstreamsName() {
        #expect(Target(provider: 0, model: "*").upstreamModel(requested: "openai/o3", star: "o3") == "o3")
        #expect(Target(provider: 0, model: "x-*-y").upstreamModel(requested: "a/b", star: "b") == "x-b-y")
        #expect(Target(provider: 0, model: nil).upstreamModel(requested: "a/b", star: "b") == "a/b")
    }
}

@Suite struct KeyTests {
    @Test func allowsWholeNamesAndPrefixes() {
        let patterns = ModelPatterns(["fast", "openai/*"])
        #expect(
            patterns.allows("fast") && patterns.allows("openai/gpt") && !patterns.allows("faster")
                && !patterns.allows("x"))
        #expect(!ModelPatterns([]).allows("fast"))
    }

    @Test func keepsItsOwnTagsFromTheClient() throws {
        let digest = try #require(TokenDigest(hexadecimal: String(repeating: "ab", count: 32)))
        let key = Key(
            id: "k", name: "k", digest: digest, tags: Tags([("team", "growth")]), clientTags: .only(["user", "team"]))
        #expect(key.acceptsClientTag("user") && !key.acceptsClientTag("team") && !key.acceptsClientTag("feature"))
    }

    @Test func readsAndWritesDigests() throws {
        let text = "00ff" + String(repeating: "1a", count: 30)
        #expect(try #require(TokenDigest(hexadecimal: text)).hexadecimal == text)
        #expect(
            TokenDigest(hexadecimal: "00") == nil && TokenDigest(hexadecimal: String(repeating: "g", count: 64)) == nil)
    }
}

@Suite struct DecisionTests {
    private let provider = Provider(
        name: "p", kind: .openAI, origin: Origin(isTLS: true, host: "h", port: 443), basePath: "/v1")

    private func snapshot() -> Snapshot {
        Snapshot(
            providers: [provider], routes: [Route(pattern: "fast", targets: [Target(provider: 0, model: nil)])],
            keys: [])
    }

    @Test func refusesUnknownModelsAndNamesThoseThereAre() {
        let error = #expect(throws: GatewayError.self) {
            try snapshot().decide(model: "slow", endpoint: .chatCompletions, key: nil)
        }
        #expect(error?.code == .modelNotFound && error?.message.contains("fast") == true)
    }

    @Test func refusesAnEndpointThatNoTargetSpeaks() {
        let error = #expect(throws: GatewayError.self) {
            try snapshot().decide(model: "fast", endpoint: .rerank, key: nil)
        }
        #expect(error?.code == .invalidRequest)
    }

    @Test(arguments: [EndpointKind.countTokens, .countContentTokens])
    func estimatesWhereNoTargetCounts(_ endpoint: EndpointKind) throws {
        #expect(try snapshot().decide(model: "fast", endpoint: endpoint, key: nil).isEstimated)
        #expect(try !snapshot().decide(model: "fast", endpoint: .messages, key: nil).isEstimated)
    }

    @Test func showsWhatAStarsProviderIsKnownToHaveAndTheKeyMayUse() throws {
        let simulator = Provider(
            name: "demo", kind: .simulator, origin: Origin(isTLS: false, host: "h", port: 1), basePath: "")
        let digest = try #require(TokenDigest(hexadecimal: String(repeating: "ab", count: 32)))
        let key = Key(id: "k", name: "k", digest: digest, models: ModelPatterns(["demo/e*", "fast"]))
        let snapshot = Snapshot(
            providers: [simulator, provider],
            routes: [
                Route(pattern: "fast", targets: [Target(provider: 1, model: nil)]),
                Route(pattern: "demo/*", targets: [Target(provider: 0, model: "*")]),
                Route(pattern: "p/*", targets: [Target(provider: 1, model: "*")]),
            ], keys: [key])
        #expect(snapshot.visibleModels(to: nil).starts(with: ["fast", "demo/echo", "demo/lorem"]))
        #expect(snapshot.visibleModels(to: key) == ["fast", "demo/echo"])
    }

    @Test func letsAClientOnlyShorten() {
        var own = TimeoutOverrides()
        own.total = 30
        let route = Route(pattern: "m", targets: [], timeouts: own)
        #expect(snapshot().timeouts(provider: provider, route: route, key: nil, clientTotal: 10).total == 10)
        #expect(snapshot().timeouts(provider: provider, route: route, key: nil, clientTotal: 99).total == 30)
    }
}
