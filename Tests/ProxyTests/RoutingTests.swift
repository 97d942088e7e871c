import Core
import NIOCore
import Plan
import Policy
import TestKit
import Testing
import Wire

@testable import Proxy

/// Which of two targets gets a call.
@Suite struct RoutingTests {
    /// - Parameter script: of the first upstream; the second one serves.
    private func run(
        _ targets: [Target], strategy: RoutingStrategy = .weighted, kinds: [ProviderKind] = [.openAI, .openAI],
        script: @escaping @Sendable (Int) -> [ScriptedUpstream.Act] = { _ in [.send(Fixture.completion)] },
        _ check: (TestGateway, ScriptedUpstream, ScriptedUpstream) async throws -> Void
    ) async throws {
        let upstreams = (
            try await ScriptedUpstream.start(script: script),
            try await ScriptedUpstream.start { _ in [.send(Fixture.completion)] }
        )
        let providers = [upstreams.0, upstreams.1].enumerated().map { place, upstream in
            Provider(
                name: "up\(place)", kind: kinds[place],
                origin: Origin(isTLS: false, host: "127.0.0.1", port: upstream.port), basePath: "/v1",
                credentials: [.init(secret: Secret("key-\(place)"))])
        }
        let snapshot = Snapshot(
            server: Fixture.settings(), access: .anyone, retries: Fixture.once, providers: providers,
            routes: [Route(pattern: "m", targets: targets, strategy: strategy)], keys: [])
        try await Fixture.withGateway(snapshot) { try await check($0, upstreams.0, upstreams.1) }
        await upstreams.0.stop()
        await upstreams.1.stop()
    }

    private func ask(_ gateway: TestGateway, _ body: String = Fixture.chat, tag: String = "a") async throws -> String {
        try await RawClient.exchange(
            port: gateway.port, Fixture.post(body, fields: "connection: close\r\nx-headgate-tag-team: \(tag)\r\n"))
    }

    @Test func aTargetGetsOnlyTheCallsThatItsConditionIsTrueOf() async throws {
        let growth = try Condition(#"tags.team == "growth" || has_tools"#)
        let targets = [
            Target(provider: 0, model: "a", weight: 1_000_000, condition: growth), Target(provider: 1, model: "b"),
        ]
        try await run(targets) { gateway, first, second in
            _ = try await ask(gateway, tag: "growth")
            #expect(first.requests.count == 1)
            _ = try await ask(gateway, tag: "other")
            #expect(second.requests.count == 1)
            _ = try await ask(gateway, #"{"model":"m","messages":[],"tools":[{"type":"function"}]}"#)
            #expect(first.requests.count == 2 && second.requests.count == 1)
        }
    }

    @Test func aCallThatNoConditionIsTrueOfIsToldSo() async throws {
        let never = try Condition("stream")
        try await run([Target(provider: 0, model: "a", condition: never)]) { gateway, first, _ in
            let answer = try await ask(gateway)
            #expect(answer.hasPrefix("HTTP/1.1 400 ") && answer.contains("'when'"), "\(answer)")
            #expect(first.requests.isEmpty)
        }
    }

    @Test func aLowerPriorityNumberComesFirst() async throws {
        let targets = [
            Target(provider: 0, model: "a", weight: 1_000_000, priority: 1), Target(provider: 1, model: "b"),
        ]
        try await run(targets, strategy: .priority) { gateway, first, second in
            for _ in 0..<5 { _ = try await ask(gateway) }
            #expect(first.requests.isEmpty && second.requests.count == 5)
        }
    }

    @Test func theCheaperModelIsAsked() async throws {
        let targets = [Target(provider: 0, model: "gpt-4o"), Target(provider: 1, model: "gpt-4o-mini")]
        try await run(targets, strategy: .lowestPrice) { gateway, first, second in
            for _ in 0..<5 { _ = try await ask(gateway) }
            #expect(first.requests.isEmpty && second.requests.count == 5)
        }
    }

    @Test func anAccountWhoseProviderSaysThatItIsSpentGetsNoCalls() async throws {
        let targets = [Target(provider: 0, model: "a", weight: 1_000_000), Target(provider: 1, model: "b", weight: 1)]
        let spent = Fixture.answer(
            #"{"id":"1","model":"a","choices":[{"index":0,"message":{"content":"hi"},"finish_reason":"stop"}]}"#,
            fields: "x-ratelimit-limit-requests: 10\r\nx-ratelimit-remaining-requests: 0\r\n"
                + "x-ratelimit-reset-requests: 10m0s\r\n")
        try await run(targets, script: { _ in [.send(spent)] }) { gateway, first, second in
            for _ in 0..<4 { _ = try await ask(gateway) }
            #expect(first.requests.count == 1 && second.requests.count == 3)
        }
    }

    @Test func theOnlyAccountIsAskedAllTheSameWhenItsWaitWouldBeLong() async throws {
        let spent = Fixture.answer(
            #"{"id":"1","model":"a","choices":[{"index":0,"message":{"content":"hi"},"finish_reason":"stop"}]}"#,
            fields: "x-ratelimit-limit-requests: 60\r\nx-ratelimit-remaining-requests: 0\r\n"
                + "x-ratelimit-reset-requests: 10m0s\r\n")
        try await run([Target(provider: 0, model: "a")], script: { _ in [.send(spent)] }) { gateway, first, _ in
            for _ in 0..<2 {
                let answer = try await ask(gateway)
                #expect(answer.hasPrefix("HTTP/1.1 200 "))
            }
            #expect(first.requests.count == 2)
        }
    }
}
