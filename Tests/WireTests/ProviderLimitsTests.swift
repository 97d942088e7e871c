import Core
import NIOCore
import Testing

@testable import Wire

/// Header fields as providers sent them.
@Suite struct ProviderLimitsTests {
    /// 2026-11-26T12:00:00Z.
    private static let now: Int64 = 1_795_694_400_000_000
    private static let second: Int64 = 1_000_000_000

    private func limits(_ lines: String) throws -> ProviderLimits? {
        let text = "HTTP/1.1 200 OK\r\ncontent-length: 0\r\n" + lines.replacing("\n", with: "\r\n") + "\r\n\r\n"
        let head = try ResponseHead(ByteBuffer(string: text), fieldsMax: 64, answersHEAD: false)
        return ProviderLimits(head.fields, unixMicroseconds: Self.now)
    }

    private func window(_ limit: Int?, _ remaining: Int?, _ resetsIn: Int64?) -> ProviderLimits.Window {
        .init(limit: limit, remaining: remaining, resetsIn: resetsIn)
    }

    @Test func ofOpenAI() throws {
        let limits = try limits(
            """
            x-ratelimit-limit-requests: 5000
            x-ratelimit-limit-tokens: 160000
            x-ratelimit-limit-tokens_usage_based: 160000
            X-RateLimit-Remaining-Requests: 4999
            x-ratelimit-remaining-tokens: 159976
            x-ratelimit-reset-requests: 12ms
            x-ratelimit-reset-tokens: 6m0s
            """)
        #expect(limits?.requests == window(5000, 4999, 12_000_000))
        #expect(limits?.tokens == window(160_000, 159_976, 360 * Self.second))
        #expect(limits?.inputTokens == window(nil, nil, nil))
        #expect(limits?.retryAfter == nil)
    }

    @Test func ofGroq() throws {
        let limits = try limits(
            """
            retry-after: 2
            x-ratelimit-limit-requests: 14400
            x-ratelimit-limit-tokens: 18000
            x-ratelimit-remaining-requests: 14370
            x-ratelimit-remaining-tokens: 0
            x-ratelimit-reset-requests: 2m59.56s
            x-ratelimit-reset-tokens: 7.66s
            """)
        #expect(limits?.requests == window(14_400, 14_370, 179_560_000_000))
        #expect(limits?.retryAfter == 2 * Self.second)
        #expect(limits?.spentLimitsResetIn == 7_660_000_000)
    }

    @Test func ofAnthropic() throws {
        let limits = try limits(
            """
            anthropic-ratelimit-requests-limit: 1000
            anthropic-ratelimit-requests-remaining: 999
            anthropic-ratelimit-requests-reset: 2026-11-26T12:00:01Z
            anthropic-ratelimit-input-tokens-limit: 80000
            anthropic-ratelimit-input-tokens-remaining: 79000
            anthropic-ratelimit-input-tokens-reset: 2026-11-26T12:00:00.750Z
            anthropic-ratelimit-output-tokens-limit: 16000
            anthropic-ratelimit-output-tokens-remaining: 0
            anthropic-ratelimit-output-tokens-reset: 2026-11-26T11:59:00Z
            anthropic-ratelimit-unified-status: allowed
            """)
        #expect(limits?.requests == window(1000, 999, Self.second))
        #expect(limits?.inputTokens == window(80_000, 79_000, 750_000_000))
        #expect(limits?.outputTokens == window(16_000, 0, 0))
        #expect(limits?.tokens == window(nil, nil, nil))
    }

    @Test func whatAzureDoesNotKnowIsUnknown() throws {
        let limits = try limits(
            """
            x-ratelimit-remaining-requests: -1
            x-ratelimit-reset-requests: 0
            x-ratelimit-limit-tokens: 0
            x-ratelimit-remaining-tokens: 0
            """)
        #expect(limits?.requests == window(nil, nil, nil))
        #expect(limits?.tokens == window(nil, nil, nil))
    }

    @Test func ofCerebrasAndMistralTheTighterPeriodCounts() throws {
        let cerebras = try limits(
            """
            x-ratelimit-limit-requests-day: 14400
            x-ratelimit-remaining-requests-day: 14399
            x-ratelimit-reset-requests-day: 33011.5
            x-ratelimit-limit-tokens-minute: 60000
            x-ratelimit-remaining-tokens-minute: 51000
            x-ratelimit-reset-tokens-minute: 11.382867097854614
            x-ratelimit-limit-tokens-day: 1000000
            x-ratelimit-remaining-tokens-day: 4000
            x-ratelimit-reset-tokens-day: 33011.5
            """)
        #expect(cerebras?.requests == window(14_400, 14_399, 33_011_500_000_000))
        #expect(cerebras?.tokens == window(1_000_000, 4000, 33_011_500_000_000))
        let mistral = try limits(
            """
            x-ratelimit-limit-tokens-minute: 5000000
            x-ratelimit-remaining-tokens-minute: 4999911
            x-ratelimit-tokens-query-cost: 52
            x-ratelimit-limit-req-minute: 720
            x-ratelimit-remaining-req-minute: 717
            """)
        #expect(mistral?.requests == window(720, 717, nil))
        #expect(mistral?.tokens == window(5_000_000, 4_999_911, nil))
    }

    @Test func ofFireworksAndOpenRouter() throws {
        let fireworks = try limits(
            """
            x-ratelimit-limit-requests: 6000
            x-ratelimit-remaining-requests: 5999
            x-ratelimit-limit-tokens-prompt: 7200000
            x-ratelimit-remaining-tokens-prompt: 7193993
            x-ratelimit-limit-tokens-generated: 72000
            x-ratelimit-remaining-tokens-generated: 69338
            x-ratelimit-over-limit: no
            """)
        #expect(fireworks?.inputTokens == window(7_200_000, 7_193_993, nil))
        #expect(fireworks?.outputTokens == window(72_000, 69_338, nil))
        let openRouter = try limits(
            "x-ratelimit-limit: 50\nx-ratelimit-remaining: 0\nx-ratelimit-reset: 1795737600000")
        #expect(openRouter?.requests == window(50, 0, 12 * 3600 * Self.second))
    }

    @Test func whatSaysNothingIsNothing() throws {
        #expect(try limits("x-request-id: 1") == nil)
        #expect(try limits("x-ratelimit-whatever: 1\nanthropic-ratelimit-unified-5h-status: allowed") == nil)
        let broken = try limits(
            "x-ratelimit-remaining-tokens: many\nx-ratelimit-reset-tokens: soon\nretry-after: later")
        #expect(broken == ProviderLimits())
    }

    @Test(
        arguments: [
            ("retry-after: 7", 7_000_000_000), ("retry-after: 0.25", 250_000_000),
            ("retry-after-ms: 1500", 1_500_000_000),
            ("retry-after: 60\nretry-after-ms: 12", 12_000_000),
            ("retry-after: Thu, 26 Nov 2026 12:00:37 GMT", 37_000_000_000),
            ("retry-after: Thu, 26 Nov 2026 11:00:00 GMT", 0), ("retry-after: -1", nil),
            ("retry-after: Thu, 26 Nov", nil),
            ("retry-after: Fri, 31 Dec 9999 23:59:59 GMT", 1_000_000_000_000_000_000),
            ("retry-after: Thu, 26 Foo 2026 12:00:37 GMT", nil), ("retry-after: nan", nil), ("retry-after: 1e99", nil),
        ] as [(String, Int64?)]) func readsEveryFormOfRetryAfter(_ lines: String, _ expected: Int64?) throws
    {
        #expect(try limits(lines)?.retryAfter == expected)
    }

    @Test(
        arguments: [
            ("1s", 1_000_000_000), ("6m0s", 360_000_000_000), ("12ms", 12_000_000), ("1h2m3s", 3_723_000_000_000),
            ("2d", 172_800_000_000_000), ("0s", 0), ("500us", 500_000), ("", nil), ("s", nil), ("1", nil), ("1x", nil),
            ("1..2s", nil), ("-1s", nil), ("99999999999999999d", nil),
        ] as [(String, Int64?)]) func readsDurations(_ text: String, _ expected: Int64?)
    {
        #expect(ResetTime.duration(text) == expected)
    }

    @Test(arguments: [
        "9999-12-31T23:59:59Z", "99999999999999", "999999999999999", "0001-01-01T00:00:00Z", "1e15", "-5",
    ])
    func survivesAnyTime(_ text: String) throws {
        let told = try limits("x-ratelimit-remaining-tokens: 1\nx-ratelimit-reset-tokens: \(text)")
        #expect((0...1_000_000_000_000_000_000).contains(told?.tokens.resetsIn ?? 0))
    }

    @Test func readsWhatGeminiWantsToBeWaited() {
        let body = """
            {"error":{"code":429,"status":"RESOURCE_EXHAUSTED","details":[{"@type":"type.googleapis.com/google.rpc.Help"},
            {"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":"37s"}]}}
            """
        #expect(GeminiError.retryDelay(ByteBuffer(string: body)) == 37 * Self.second)
        #expect(GeminiError.retryDelay(ByteBuffer(string: #"{"error":{"details":{}}}"#)) == nil)
    }
}
