import Core
import NIOCore
import Testing

@testable import Observability

@Suite struct OTLPProfileTests {
    private func spans(
        _ profile: OTLPSettings.Profile, _ record: ExchangeRecord = OTLPSamples.withBodies, content: Bool = true
    ) -> [OTLPSpan] {
        SpanMaker(profile, version: "1.2").spans(of: record, withContent: content)
    }

    @Test func aCallIsASpanWithOneBelowItForEachAttempt() {
        let spans = spans(.openTelemetry)
        #expect(spans.map(\.name) == ["chat fast", "attempt first/gpt-4o@eu", "attempt second/gpt-4o-mini@us"])
        #expect(spans.allSatisfy { $0.traceID == OTLPSamples.call.traceID && $0.kind == .client })
        #expect(spans[0].parentSpanID == OTLPSamples.call.parentSpanID)
        #expect(spans[1...].allSatisfy { $0.parentSpanID == spans[0].spanID })
        #expect(spans[0].startedAt == 1_795_428_000_000_000_000 && spans[0].endedAt == 1_795_428_002_000_000_000)
        #expect(spans[2].startedAt == 1_795_428_000_110_000_000 && spans[2].endedAt == 1_795_428_001_990_000_000)
        #expect(spans.map(\.status) == [.unset, .error, .unset])
        #expect(spans[0].resource.map(\.key) == ["service.name", "service.version", "deployment.environment.name"])
    }

    @Test func anAttemptTellsNoUsageThatWouldBeAddedUp() {
        for profile in OTLPSettings.Profile.allCases {
            for span in spans(profile)[1...] {
                #expect(!span.attributes.contains { $0.key.hasPrefix("gen_ai.usage") || $0.key.hasPrefix("llm.") })
                #expect(span["langfuse.observation.usage_details"] == nil)
            }
        }
        #expect(
            OTLPSamples.lines(spans(.openTelemetry)[2]) == [
                "headgate.attempt = 2", "headgate.provider = second", "headgate.upstream_model = gpt-4o-mini",
                "headgate.served_model = gpt-4o-mini-2024-07-18", "headgate.region = us",
                "headgate.upstream_request_id = req-1", "headgate.input_tokens = 100", "headgate.output_tokens = 42",
                "headgate.cost = 0.00123d", "http.response.status_code = 200",
            ])
    }

    @Test(arguments: OTLPSettings.Profile.allCases) func contentIsToldOnlyWhereItIsAskedForAndKept(
        _ profile: OTLPSettings.Profile
    ) {
        var metadata = OTLPSamples.withBodies
        metadata.level = .metadata
        for spans in [spans(profile, content: false), spans(profile, metadata)] {
            for text in spans.flatMap(OTLPSamples.lines) {
                #expect(!text.contains("Oslo") && !text.contains("degrees") && !text.contains("brief"), "\(text)")
            }
        }
        let told = spans(profile).flatMap(OTLPSamples.lines).joined(separator: "\n")
        #expect(told.contains("Oslo") && told.contains("4 degrees."))
    }

    @Test(arguments: OTLPSettings.Profile.allCases) func theSampleIsToldAsItsFileSays(
        _ profile: OTLPSettings.Profile
    ) throws {
        let lines = OTLPSamples.lines(spans(profile)[0])
        #expect(try lines == OTLPGolden.lines(profile.rawValue), "\(lines.joined(separator: "\n"))")
    }

    @Test func anthropicsMessagesAreToldInTheSameWords() {
        let span = spans(.openTelemetry, OTLPSamples.anthropic)[0]
        #expect(span["gen_ai.system_instructions"] == .string(#"[{"type":"text","content":"Be brief."}]"#))
        #expect(
            span["gen_ai.input.messages"]
                == .string(
                    #"[{"role":"user","parts":[{"type":"text","content":"Weather?"}]},"#
                        + #"{"role":"assistant","parts":[{"type":"tool_call","id":"t1","name":"weather","#
                        + #""arguments":{"city":"Oslo"}}]},"#
                        + #"{"role":"tool","parts":[{"type":"tool_call_response","id":"t1","response":"4 C"}]},"#
                        + #"{"role":"user","parts":[{"type":"text","content":"Well?"}]}]"#))
        #expect(
            span["gen_ai.output.messages"]
                == .string(
                    #"[{"role":"assistant","parts":[{"type":"reasoning","content":"Hm."},"#
                        + #"{"type":"text","content":"Cold."}],"finish_reason":"stop"}]"#))
    }

    @Test func anUnknownPriceIsNoCost() {
        var record = OTLPSamples.call
        record.attempts[1].cost = nil
        for profile in OTLPSettings.Profile.allCases {
            #expect(!spans(profile, record)[0].attributes.contains { $0.key.contains("cost") })
        }
    }

    @Test func errorsAreToldAndClientsThatLeftAreNone() {
        var record = OTLPSamples.call
        record.outcome = .error
        record.errorCode = .upstreamError
        record.errorMessage = "it broke"
        for profile in OTLPSettings.Profile.allCases {
            let span = spans(profile, record)[0]
            #expect(span.status == .error && span.statusMessage == "it broke")
            #expect(span["error.type"] == .string("upstream_error"))
        }
        record.outcome = .clientClosed
        #expect(spans(.openTelemetry, record)[0].status == .unset)
        #expect(spans(.openTelemetry, record)[0]["error.type"] == nil)
    }

    @Test func bodiesThatAreCutAreToldAsTheyAre() {
        var record = OTLPSamples.withBodies
        record.requestBody = record.requestBody?.getSlice(at: 0, length: 30)
        let span = spans(.openInference, record)[0]
        #expect(span["input.value"] == .string(#"{"model":"fast","temperature":"#))
        #expect(span["input.mime_type"] == .string("text/plain"))
        #expect(span["llm.input_messages.0.message.role"] == nil)
    }

    @Test(arguments: [
        ("openai", "openai"), ("azure", "azure.ai.openai"), ("bedrock", "aws.bedrock"), ("gemini", "gcp.gemini"),
        ("vertex", "gcp.vertex_ai"), ("mistral", "mistral_ai"), ("xai", "x_ai"), ("groq", "groq"),
        ("simulator", "simulator"),
    ]) func providersHaveTheirNamesInOpenTelemetry(_ kind: String, _ name: String) {
        #expect(ProviderNames.name(ofKind: kind) == name)
    }
}
