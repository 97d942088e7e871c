import Core
import NIOCore

@testable import Observability

/// Calls for the exporters' tests.
enum OTLPSamples {
    /// A streamed call that a first attempt failed for, with every kind of token.
    static var call: ExchangeRecord {
        var record = ExchangeRecord(
            id: ExchangeID(unixMilliseconds: 1_795_428_000_000, random: (1, 2)),
            traceID: TraceID(high: 0x0AF7_6519_16CD_43DD, low: 0x8448_EB21_1C80_319C),
            spanID: SpanID(0xB7AD_6B71_6920_3331), startedAtUnixMicroseconds: 1_795_428_000_000_000)
        record.parentSpanID = SpanID(0x00F0_67AA_0BA9_02B7)
        record.duration = 2_000_000_000
        record.timeToFirstToken = 250_000_000
        record.endpoint = "/v1/chat/completions"
        record.key = "app"
        record.model = "fast"
        record.route = "fast"
        record.servedModel = "gpt-4o-mini-2024-07-18"
        record.status = 200
        record.streamed = true
        record.finishReason = "stop"
        record.fallback = "error"
        record.tags = Tags([
            ("feature", "chat"), ("user", "u-1"), ("session", "s-1"), ("environment", "production"),
            ("prompt", "greeting@3"), ("color", "red"),
        ])
        record.attempts = [failed, answered]
        return record
    }

    private static var failed: AttemptRecord {
        var attempt = AttemptRecord(
            provider: "first", providerKind: "azure", upstreamModel: "gpt-4o", region: "eu", spanID: SpanID(0x11),
            startedAfter: 1_000_000)
        attempt.duration = 100_000_000
        attempt.status = 503
        attempt.errorCode = .upstreamError
        return attempt
    }

    private static var answered: AttemptRecord {
        var attempt = AttemptRecord(
            provider: "second", providerKind: "openai", upstreamModel: "gpt-4o-mini", region: "us",
            spanID: SpanID(0x12), startedAfter: 110_000_000)
        attempt.duration = 1_880_000_000
        attempt.status = 200
        attempt.servedModel = "gpt-4o-mini-2024-07-18"
        attempt.upstreamRequestID = "req-1"
        attempt.usage.inputUncached = 70
        attempt.usage.cacheRead = 20
        attempt.usage.cacheWrite5m = 10
        attempt.usage.output = 30
        attempt.usage.reasoning = 12
        attempt.usageSource = .provider
        attempt.cost = Money(usd: "0.00123")
        return attempt
    }

    /// The call with what was asked and answered.
    static var withBodies: ExchangeRecord {
        var record = call
        record.requestBody = ByteBuffer(
            string: """
                {"model":"fast","temperature":0.5,"max_tokens":64,"messages":[{"role":"system","content":"Be brief."},\
                {"role":"user","content":[{"type":"text","text":"Weather in \\"Oslo\\"?"},\
                {"type":"image_url","image_url":{"url":"https://example.org/a.png"}}]},\
                {"role":"assistant","content":null,"tool_calls":[{"id":"c1","type":"function",\
                "function":{"name":"weather","arguments":"{\\"city\\":\\"Oslo\\"}"}}]},\
                {"role":"tool","tool_call_id":"c1","content":"4 C"}],\
                "tools":[{"type":"function","function":{"name":"weather"}}]}
                """)
        record.responseBody = ByteBuffer(
            string: """
                {"choices":[{"index":0,"message":{"role":"assistant","content":"4 degrees."},"finish_reason":"stop"}]}
                """)
        return record
    }

    static var anthropic: ExchangeRecord {
        var record = call
        record.endpoint = "/v1/messages"
        record.requestBody = ByteBuffer(
            string: """
                {"model":"fast","max_tokens":64,"system":[{"type":"text","text":"Be brief."}],"messages":[\
                {"role":"user","content":"Weather?"},{"role":"assistant","content":[{"type":"tool_use","id":"t1",\
                "name":"weather","input":{"city":"Oslo"}}]},{"role":"user","content":[{"type":"tool_result",\
                "tool_use_id":"t1","content":[{"type":"text","text":"4 C"}]},{"type":"text","text":"Well?"}]}]}
                """)
        record.responseBody = ByteBuffer(
            string: """
                {"role":"assistant","content":[{"type":"thinking","thinking":"Hm."},{"type":"text","text":"Cold."}],\
                "stop_reason":"end_turn"}
                """)
        return record
    }

    /// A span with every kind of value.
    static var odd: OTLPSpan {
        var span = OTLPSpan(
            traceID: TraceID(high: 1, low: 2), spanID: SpanID(3), parentSpanID: nil, name: "odd \u{1F600}",
            startedAt: 1_795_428_000_000_000_001, endedAt: UInt64.max)
        span.kind = .consumer
        span.status = .error
        span.statusMessage = "no"
        span.resource = [OTLPAttribute("service.name", .string("app"))]
        span.attributes = [
            OTLPAttribute("text", .string("")), OTLPAttribute("least", .int(.min)), OTLPAttribute("most", .int(.max)),
            OTLPAttribute("double", .double(-0.25)), OTLPAttribute("yes", .bool(true)),
            OTLPAttribute("no", .bool(false)), OTLPAttribute("texts", .strings(["a", ""])),
            OTLPAttribute(
                "map", .map([OTLPAttribute("list", .array([.int(1), .map([]), .array([.bool(false)])]))])),
            OTLPAttribute("bytes", .bytes([0, 255])), OTLPAttribute("none", .none),
        ]
        return span
    }

    /// Attributes as lines of text, in their order.
    static func lines(_ span: OTLPSpan) -> [String] {
        span.attributes.map { "\($0.key) = \(text($0.value))" }
    }

    private static func text(_ value: OTLPValue) -> String {
        switch value {
        case .string(let text): text
        case .int(let number): "\(number)"
        case .double(let number): "\(number)d"
        case .bool(let flag): "\(flag)"
        case .array(let values): "[" + values.map(text).joined(separator: ", ") + "]"
        case .map, .bytes, .none: "\(value)"
        }
    }
}
