import Core
import Plan
import Policy
import TestKit
import Testing
import Wire

@testable import Proxy

/// Several keys of one provider, each with its own health.
@Suite struct CredentialTests {
    /// Asks in turn, and tells which key each request was sent with.
    private func keysUsed(
        _ count: Int, script: @escaping @Sendable (Int) -> [ScriptedUpstream.Act]
    ) async throws -> [String] {
        let upstream = try await ScriptedUpstream.start(script: script)
        let provider = Provider(
            name: "up", kind: .openAI, origin: Origin(isTLS: false, host: "127.0.0.1", port: upstream.port),
            basePath: "/v1",
            credentials: (0..<2).map { .init(secret: Secret("sk-\($0)")) })
        let gateway = try await TestGateway.start(
            Snapshot(
                server: Fixture.settings(), access: .anyone, providers: [provider],
                routes: [Route(pattern: "m", targets: [Target(provider: 0, model: nil)])], keys: []))
        for _ in 0..<count {
            _ = try await RawClient.exchange(
                port: gateway.port, Fixture.post(Fixture.chat, fields: "connection: close\r\n"))
        }
        let used = upstream.requests.map { $0.contains("Bearer sk-0") ? "sk-0" : "sk-1" }
        try await gateway.stop()
        await upstream.stop()
        return used
    }

    @Test func aKeyThatIsRefusedRestsAndTheOtherOneServes() async throws {
        for status in ["401 Unauthorized", "403 Forbidden", "429 Too Many Requests"] {
            let body = #"{"error":{"message":"no"}}"#
            let used = try await keysUsed(8) { number in
                number == 0
                    ? [.send(Fixture.answer(body, status: status, fields: "retry-after: 600\r\n"))]
                    : [.send(Fixture.completion)]
            }
            #expect(used.count == 8 && Set(used.dropFirst()).count == 1 && used[1] != used[0], "\(status): \(used)")
        }
    }

    @Test func bothServeWhileBothAreWell() async throws {
        let used = try await keysUsed(40) { _ in [.send(Fixture.completion)] }
        #expect(Set(used).count == 2)
    }

    @Test func whenAllRestTheOneThatIsFreeFirstIsTried() {
        let states = [
            CredentialChoice.State(weight: 1, restsUntil: 900), CredentialChoice.State(weight: 1, restsUntil: 500),
        ]
        #expect(CredentialChoice.index(of: states, now: 100, random: 7) == 1)
        #expect(CredentialChoice.index(of: states, now: 600, random: 7) == 1, "one that has rested is well")
        #expect(CredentialChoice.index(of: [], now: 0, random: 7) == nil)
    }

    @Test func choosesByWeight() {
        let states = [
            CredentialChoice.State(weight: 3, restsUntil: 0), CredentialChoice.State(weight: 1, restsUntil: 0),
        ]
        var random = RandomSource(seed: 1)
        let first = (0..<4000).count { _ in CredentialChoice.index(of: states, now: 1, random: random.next()) == 0 }
        #expect((2800...3200).contains(first))
    }
}
