import Core
import Plan
import TestKit
import Testing
import Wire

@testable import Proxy

/// Which of a provider's keys is used, for all loops together.
@Suite struct CredentialHealthTests {
    private let second: Int64 = 1_000_000_000
    private let keys = [
        Provider.Credential(secret: Secret("a"), weight: 3), Provider.Credential(secret: Secret("b"), weight: 1),
    ]

    /// How often each key is chosen in a thousand calls.
    private func counts(_ health: CredentialHealth, at now: Int64) -> [Int] {
        var random = RandomSource(seed: 7)
        var counts = [0, 0]
        for _ in 0..<1000 { counts[health.choose(from: keys, now: now, random: random.next())!] += 1 }
        return counts
    }

    @Test func followsTheWeights() {
        let counts = counts(CredentialHealth(), at: 0)
        #expect(abs(counts[0] - 750) < 50 && counts[0] + counts[1] == 1000)
    }

    @Test func needsNoChoiceForOneKeyOrNone() {
        let health = CredentialHealth()
        #expect(health.choose(from: [], now: 0, random: 1) == nil)
        health.note(keys[0], status: 401, retryAfterSeconds: nil, now: 0)
        #expect(health.choose(from: [keys[0]], now: 0, random: 1) == 0)
    }

    @Test(arguments: [401, 403]) func restsAKeyThatIsRefusedForAMinute(_ status: Int) {
        let health = CredentialHealth()
        health.note(keys[0], status: status, retryAfterSeconds: 2, now: 0)
        #expect(counts(health, at: 59 * second) == [0, 1000])
        #expect(counts(health, at: 60 * second)[0] > 700)
    }

    @Test(arguments: [(nil, 5), (7, 7), (0, 1), (100_000, 300)] as [(Int?, Int64)])
    func restsALimitedKeyForAsLongAsItWasAsked(_ retryAfter: Int?, _ seconds: Int64) {
        let health = CredentialHealth()
        health.note(keys[0], status: 429, retryAfterSeconds: retryAfter, now: 0)
        #expect(counts(health, at: seconds * second - 1) == [0, 1000])
        #expect(counts(health, at: seconds * second)[0] > 700)
    }

    @Test(arguments: [200, 400, 404, 500, 503, 529]) func letsAKeyBeForWhatDoesNotConcernIt(_ status: Int) {
        let health = CredentialHealth()
        health.note(keys[0], status: status, retryAfterSeconds: 60, now: 0)
        #expect(counts(health, at: 0)[0] > 700)
    }

    @Test func triesTheOneThatIsBackFirstWhenAllRest() {
        let health = CredentialHealth()
        health.note(keys[0], status: 429, retryAfterSeconds: 20, now: 0)
        health.note(keys[1], status: 401, retryAfterSeconds: nil, now: 0)
        #expect(counts(health, at: second) == [1000, 0])
    }

    @Test func takesAKeyBackThatAnsweredWell() {
        let health = CredentialHealth()
        health.note(keys[0], status: 429, retryAfterSeconds: 100, now: 0)
        health.note(keys[0], status: 200, retryAfterSeconds: nil, now: second)
        #expect(counts(health, at: 2 * second)[0] > 700)
    }
}

/// The same through a gateway: an upstream that refuses one of two keys.
@Suite struct CredentialRotationTests {
    private func provider(_ port: Int) -> Provider {
        Provider(
            name: "up", kind: .openAI, origin: Origin(isTLS: false, host: "127.0.0.1", port: port), basePath: "/v1",
            credentials: [
                .init(secret: Secret("sk-first"), weight: 1_000_000_000), .init(secret: Secret("sk-second"), weight: 1),
            ])
    }

    /// - Returns: the status of each answer, and the key of each call.
    private func ask(
        _ times: Int, loops: Int = 1, _ script: @escaping @Sendable (Int) -> [ScriptedUpstream.Act]
    ) async throws -> (statuses: [String], keys: [String]) {
        let upstream = try await ScriptedUpstream.start(script: script)
        nonisolated(unsafe) var statuses: [String] = []
        try await Fixture.withGateway(Fixture.snapshot(provider(upstream.port)), loops: loops) { gateway in
            for _ in 0..<times {
                let answer = try await Fixture.ask(gateway)
                statuses.append(String(answer.dropFirst(9).prefix(3)))
            }
        }
        await upstream.stop()
        return (statuses, upstream.requests.map { $0.contains("Bearer sk-first\r\n") ? "first" : "second" })
    }

    @Test(arguments: [
        ("401 Unauthorized", "", "502"), ("403 Forbidden", "", "502"), ("429 Too Many Requests", "", "429"),
        ("429 Too Many Requests", "retry-after: 60\r\n", "429"),
        ("429 Too Many Requests", "retry-after-ms: 60000\r\n", "429"),
    ]) func usesTheOtherKeyWhileOneRests(_ status: String, _ fields: String, _ answer: String) async throws {
        let error = Fixture.answer(#"{"error":{"message":"no"}}"#, status: status, fields: fields)
        // Two loops: what one has found out the other knows.
        let (statuses, keys) = try await ask(6, loops: 2) { [.send($0 == 0 ? error : Fixture.completion)] }
        #expect(statuses == [answer] + Array(repeating: "200", count: 5))
        #expect(keys == ["first"] + Array(repeating: "second", count: 5))
    }

    @Test func stillTriesOneWhenAllRest() async throws {
        let script: @Sendable (Int) -> [ScriptedUpstream.Act] = { number in
            let seconds = number == 0 ? 200 : 100
            let error = Fixture.answer(
                #"{"error":{}}"#, status: "429 Too Many Requests", fields: "retry-after: \(seconds)\r\n")
            return [.send(number < 2 ? error : Fixture.completion)]
        }
        let (statuses, keys) = try await ask(4, script)
        #expect(statuses == ["429", "429", "200", "200"])
        // The one that is back first; it is well again when it has answered.
        #expect(keys == ["first", "second", "second", "second"])
    }
}
