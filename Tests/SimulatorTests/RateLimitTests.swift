import NIOCore
import Testing

@testable import Simulator

@Suite("The simulator's rate limits")
struct RateLimitTests {
    private static let second: Int64 = 1_000_000_000

    @Test("a bucket gives its limit at once and fills evenly")
    func bucket() {
        var bucket = TokenBucket(limit: 60, now: 0)
        bucket.take(60)
        #expect(bucket.wait(for: 1) == Self.second)
        #expect(bucket.state.remaining == 0)
        bucket.refill(now: Self.second)
        #expect(bucket.wait(for: 1) == 0)
        bucket.refill(now: 1000 * Self.second)
        #expect(bucket.state.remaining == 60)
        #expect(bucket.state.resetNanoseconds == 0)
    }

    @Test("a refused request takes nothing")
    func allOrNothing() {
        var limiter = RateLimiter(requestsPerMinute: 2, tokensPerMinute: 100, now: 0)
        #expect(limiter.admit(tokens: 80, now: 0) == nil)
        #expect(limiter.admit(tokens: 80, now: 0)?.isRequests == false)
        #expect(limiter.admit(tokens: 20, now: 0) == nil)
        #expect(limiter.admit(tokens: 0, now: 0)?.isRequests == true)
    }

    @Test("requests past the limit get 429, with headers that count down")
    func requests() async throws {
        var settings = SimulatorSettings.instant
        settings.requestsPerMinute = 2
        try await withServer(settings) { server in
            let first = try await server.chat("echo")
            #expect(first.headers["x-ratelimit-limit-requests"] == "2")
            #expect(first.headers["x-ratelimit-remaining-requests"] == "1")
            let second = try await server.message("echo")
            #expect(second.headers["anthropic-ratelimit-requests-remaining"] == "0")
            let refused = try await server.chat("echo")
            #expect(refused.status == 429)
            // The exact wait is the limiter's test, in virtual time; here the clock has run on since the first request.
            #expect((1...31).contains(refused.headers["retry-after"].flatMap { Int($0) } ?? 0))
            #expect(try refused.json()["error"]?["code"]?.string == "rate_limit_exceeded")
            #expect(try refused.json()["error"]?["type"]?.string == "requests")
            #expect(try await server.message("echo").json()["error"]?["type"]?.string == "rate_limit_error")
        }
    }

    @Test("tokens past the limit get 429")
    func tokens() async throws {
        var settings = SimulatorSettings.instant
        settings.tokensPerMinute = 100
        try await withServer(settings) { server in
            #expect(try await server.chat("lorem", simulate: #"{"tokens":90}"#).status == 200)
            let refused = try await server.chat("lorem", simulate: #"{"tokens":90}"#)
            #expect(refused.status == 429)
            #expect(try refused.json()["error"]?["type"]?.string == "tokens")
        }
    }

    @Test("without a limit the headers tell a large one")
    func unlimited() async throws {
        var settings = SimulatorSettings.instant
        settings.unixMilliseconds = { 784_111_777_000 }
        try await withServer(settings) { server in
            let openAI = try await server.chat("echo")
            #expect(openAI.headers["x-ratelimit-remaining-requests"] == "999999")
            #expect(openAI.headers["x-ratelimit-reset-tokens"] == "1ms")
            let anthropic = try await server.message("echo")
            #expect(anthropic.headers["anthropic-ratelimit-tokens-reset"] == "1994-11-06T08:49:38Z")
            #expect(anthropic.headers["anthropic-ratelimit-input-tokens-limit"] == "1000000000")
        }
    }

    @Test(
        "durations are spelled as OpenAI spells them",
        arguments: [
            (0, "0ms"), (6, "6ms"), (1000, "1s"), (1500, "1.5s"), (1050, "1.05s"), (60_000, "1m0s"),
            (754_000, "12m34s"),
        ])
    func durations(milliseconds: Int64, text: String) {
        #expect(AnswerHeaders.duration(nanoseconds: milliseconds * 1_000_000) == text)
    }

    @Test(
        "dates are right around leap days",
        arguments: [
            (0, "1970-01-01T00:00:00Z"), (951_782_400, "2000-02-29T00:00:00Z"), (951_868_799, "2000-02-29T23:59:59Z"),
            (1_709_251_200, "2024-03-01T00:00:00Z"), (4_102_444_799, "2099-12-31T23:59:59Z"),
        ])
    func dates(seconds: Int64, text: String) {
        #expect(WallClock.rfc3339(unixSeconds: seconds) == text)
    }
}
