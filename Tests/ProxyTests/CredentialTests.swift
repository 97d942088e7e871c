import Core
import Plan
import TestKit
import Testing
import Wire

@testable import Proxy

/// Which of a provider's keys is used, for all loops together.
@Suite struct CredentialHealthTests {
    private let second: Int64 = 1_000_000_000
    private func provider(_ name: String = "up", keys: [Int] = [3, 1]) -> Provider {
        Provider(
            name: name, kind: .openAI, origin: Origin(isTLS: false, host: "127.0.0.1", port: 1), basePath: "",
            credentials: keys.enumerated().map { .init(secret: Secret("key-\($0)"), weight: $1) })
    }

    /// How often each key is chosen in a thousand calls.
    private func counts(_ health: CredentialHealth, at now: Int64, model: String = "m", of name: String = "up") -> [Int]
    {
        var random = RandomSource(seed: 7)
        var counts = [0, 0]
        for _ in 0..<1000 {
            counts[health.choose(from: provider(name), model: model, now: now, random: random.next())!] += 1
        }
        return counts
    }

    private func fail(
        _ health: CredentialHealth, _ place: Int, _ reason: FailureReason, seconds: Int64? = nil
    ) {
        health.failed(
            place, of: provider(), model: "m", reason: reason, retryAfter: seconds.map { $0 * second }, now: 0)
    }

    @Test func followsTheWeights() {
        let counts = counts(CredentialHealth(), at: 0)
        #expect(abs(counts[0] - 750) < 50 && counts[0] + counts[1] == 1000)
    }

    @Test func needsNoChoiceForOneKeyOrNone() {
        let health = CredentialHealth()
        #expect(health.choose(from: provider(keys: []), model: "m", now: 0, random: 1) == nil)
        fail(health, 0, .credential)
        #expect(health.choose(from: provider(keys: [1]), model: "m", now: 0, random: 1) == 0)
    }

    @Test(arguments: [FailureReason.credential, .quotaExhausted])
    func restsAKeyThatIsRefusedForAMinuteAndForAllModels(_ reason: FailureReason) {
        let health = CredentialHealth()
        fail(health, 0, reason, seconds: 2)
        #expect(counts(health, at: 59 * second, model: "another") == [0, 1000])
        #expect(counts(health, at: 60 * second)[0] > 700)
        // Another account whose key has the same text is another account.
        #expect(counts(health, at: 0, of: "another")[0] > 700)
    }

    @Test(arguments: [(nil, 5), (7, 7), (100_000, 300)] as [(Int64?, Int64)])
    func restsALimitedKeyForAsLongAsItWasAskedAndForThatModel(_ retryAfter: Int64?, _ seconds: Int64) {
        let health = CredentialHealth()
        fail(health, 0, .rateLimited, seconds: retryAfter)
        #expect(counts(health, at: seconds * second - 1) == [0, 1000])
        #expect(counts(health, at: seconds * second)[0] > 700)
        #expect(counts(health, at: 0, model: "another")[0] > 700)
    }

    @Test(arguments: [FailureReason.unavailable, .timeout, .invalidRequest])
    func letsAKeyBeForWhatDoesNotConcernIt(_ reason: FailureReason) {
        let health = CredentialHealth()
        fail(health, 0, reason, seconds: 60)
        #expect(counts(health, at: 0)[0] > 700)
    }

    @Test func triesTheOneThatIsBackFirstWhenAllRest() {
        let health = CredentialHealth()
        fail(health, 0, .rateLimited, seconds: 20)
        fail(health, 1, .credential)
        #expect(counts(health, at: second) == [1000, 0])
    }

    @Test func takesAKeyBackThatAnsweredWell() {
        let health = CredentialHealth()
        fail(health, 0, .rateLimited, seconds: 100)
        health.succeeded(0, of: provider(), model: "m")
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
        try await Fixture.withGateway(
            Fixture.snapshot(provider(upstream.port), retries: Fixture.retries(attempts: 2)), loops: loops
        ) { gateway in
            for _ in 0..<times {
                let answer = try await Fixture.ask(gateway)
                statuses.append(String(answer.dropFirst(9).prefix(3)))
            }
        }
        await upstream.stop()
        return (statuses, upstream.requests.map { $0.contains("Bearer sk-first\r\n") ? "first" : "second" })
    }

    @Test(arguments: [
        ("401 Unauthorized", ""), ("403 Forbidden", ""), ("429 Too Many Requests", ""),
        ("429 Too Many Requests", "retry-after: 60\r\n"), ("429 Too Many Requests", "retry-after-ms: 60000\r\n"),
    ]) func usesTheOtherKeyAtOnceAndWhileOneRests(_ status: String, _ fields: String) async throws {
        let error = Fixture.answer(#"{"error":{"message":"no"}}"#, status: status, fields: fields)
        // Two loops: what one has found out the other knows.
        let (statuses, keys) = try await ask(5, loops: 2) { [.send($0 == 0 ? error : Fixture.completion)] }
        #expect(statuses == Array(repeating: "200", count: 5))
        #expect(keys == ["first"] + Array(repeating: "second", count: 5))
    }

    @Test(arguments: [
        "retry-after: 100\r\n",
        "x-ratelimit-remaining-requests: 0\r\nx-ratelimit-reset-requests: 1m40s\r\n",
    ]) func refusesAtOnceWhileAllKeysRestForAKnownTime(_ fields: String) async throws {
        let (statuses, keys) = try await ask(3) { number in
            let error = Fixture.answer(
                #"{"error":{}}"#, status: "429 Too Many Requests", fields: fields)
            return [.send(number < 2 ? error : Fixture.completion)]
        }
        #expect(statuses == ["429", "429", "429"])
        #expect(keys == ["first", "second"])
    }

    @Test func stillTriesOneWhenNobodySaidForHowLong() async throws {
        let (statuses, keys) = try await ask(3) { number in
            let error = Fixture.answer(#"{"error":{}}"#, status: "429 Too Many Requests", fields: "")
            return [.send(number < 2 ? error : Fixture.completion)]
        }
        #expect(statuses == ["429", "200", "200"])
        // The one that is back first; it is well again when it has answered.
        #expect(keys == ["first", "second", "first", "first"])
    }
}
