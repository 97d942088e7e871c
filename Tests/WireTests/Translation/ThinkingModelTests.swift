import NIOCore
import Testing

@testable import Wire

/// What becomes of wishes to think, model by model.
@Suite struct ThinkingModelTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let model: String
        let asked: String
        let provider: ChatFormat
        let sent: [String]
        var notSent: [String] = []
        var dropped: [String] = []
        var testDescription: String { "\(asked) of \(model)" }

        init(
            _ asked: String, _ model: String, _ provider: ChatFormat, _ sent: String..., not notSent: [String] = [],
            dropped: [String] = []
        ) {
            (self.asked, self.model, self.provider, self.sent) = (asked, model, provider, sent)
            (self.notSent, self.dropped) = (notSent, dropped)
        }
    }

    private func check(_ one: Case, from client: ChatFormat, _ body: String) throws {
        let translation = try #require(ChatTranslation(client: client, provider: one.provider))
        let request = try translation.request(
            ByteBuffer(string: body), model: ServedModel(one.model), asksForUsage: false, .lenient)
        let text = String(buffer: request.body)
        for part in one.sent { #expect(text.contains(part), "\(text)") }
        for part in one.notSent { #expect(!text.contains(part), "\(text)") }
        #expect(request.dropped == one.dropped)
    }

    @Test(arguments: [
        "acme/distill-gpt-5", "acme.distill.gpt-5", "acme/gpt-5", "openai/acme.gpt-5",
        "accounts/acme/models/distill-gpt-5",
        "projects/p/locations/l/models/acme.gpt-5", "models/gpt-5/models/acme", "us.distill.gpt-5",
        "my-claude-opus-4-6", "gpt-", String(repeating: "o1-", count: 30_000), String(repeating: "us.", count: 80),
    ])
    func otherNamesAreNotTakenForModels(_ name: String) {
        #expect(ThinkingModels.model(named: name) == nil)
    }

    @Test(arguments: [
        "gpt-5", "openai/gpt-5", "us/gpt-5-codex", "openai.gpt-5", "ft:gpt-5:acme::id",
        "accounts/fireworks/models/gpt-oss-120b", "@cf/openai/gpt-oss-20b", "x-ai/grok-3-mini",
        "projects/p/locations/us-central1/publishers/google/models/gemini-2.5-pro", "azure/gpt-5",
        "accounts/my-team/models/gpt-oss-120b", "vertex_ai/gemini-2.5-pro", "vertex_ai/claude-opus-4-6@20260205",
        "models/gemini-2.5-pro", "publishers/anthropic/models/claude-opus-4-6", "claude-opus-4-1@20250805",
        "us-gov.anthropic.claude-3-7-sonnet-20250219-v1:0", "global.anthropic.claude-opus-4-6-v1",
        "arn:aws:bedrock:eu-west-1:123456789012:inference-profile/eu.anthropic.claude-sonnet-4-5-20250929-v1:0",
    ])
    func aModelIsKnownWhereverItIsServed(_ name: String) {
        #expect(ThinkingModels.model(named: name)?.thinks == true)
    }

    @Test(arguments: [
        // Claude.
        Case(
            "high", "claude-sonnet-4-5-20250929", .anthropicMessages,
            #""thinking":{"type":"enabled","budget_tokens":24576}"#, not: ["effort"]),
        Case(
            "minimal", "claude-haiku-4-5", .anthropicMessages,
            #""thinking":{"type":"enabled","budget_tokens":1024}"#, not: ["effort"]),
        Case(
            "xhigh", "claude-opus-4-5", .anthropicMessages,
            #""thinking":{"type":"enabled","budget_tokens":32768}"#, #""effort":"high""#),
        Case("xhigh", "claude-opus-4-6", .anthropicMessages, #"{"type":"adaptive"}"#, #""effort":"high""#),
        Case("max", "claude-sonnet-4-6", .anthropicMessages, #""effort":"max""#),
        Case("xhigh", "claude-opus-4-8", .anthropicMessages, #""effort":"xhigh""#),
        Case("none", "claude-opus-4-8", .anthropicMessages, not: ["thinking", "effort"]),
        Case("none", "claude-opus-5", .anthropicMessages, #""thinking":{"type":"disabled"}"#, not: ["effort"]),
        Case(
            "none", "claude-fable-5-1", .anthropicMessages, #""thinking":{"type":"adaptive"}"#, #""effort":"low""#,
            dropped: ["reasoning_effort"]),
        Case(
            "low", "claude-3-5-haiku-20241022", .anthropicMessages, not: ["thinking", "effort"],
            dropped: ["reasoning_effort"]),
        Case("none", "claude-3-5-haiku-20241022", .anthropicMessages, not: ["thinking"]),
        Case(
            "low", "us.anthropic.claude-sonnet-4-5-20250929-v1:0", .bedrockConverse,
            #"{"thinking":{"type":"enabled","budget_tokens":1024}}"#, not: ["outputConfig"]),
        Case("low", "claude-opus-4-9", .anthropicMessages, #"{"type":"adaptive"}"#, #""effort":"low""#),
        // Gemini.
        Case("high", "gemini-2.5-pro", .gemini, #""thinkingBudget":24576,"includeThoughts":true"#),
        Case(
            "none", "gemini-2.5-pro", .gemini, #""thinkingBudget":128,"includeThoughts":false"#,
            dropped: ["reasoning_effort"]),
        Case("none", "gemini-2.5-flash", .gemini, #""thinkingBudget":0,"includeThoughts":false"#),
        Case("minimal", "gemini-2.5-flash", .gemini, #""thinkingBudget":1024"#),
        Case("minimal", "gemini-2.5-pro", .gemini, #""thinkingBudget":1024"#),
        Case("minimal", "gemini-2-unknown", .gemini, #""thinkingBudget":1024"#),
        Case("xhigh", "gemini-2-unknown", .gemini, #""thinkingBudget":24576"#),
        Case("none", "gemini-2-unknown", .gemini, #""thinkingBudget":0"#),
        Case("medium", "gemini-3-pro-preview", .gemini, #""thinkingLevel":"low""#),
        Case("medium", "gemini-3.1-pro-preview", .gemini, #""thinkingLevel":"medium""#),
        Case("minimal", "gemini-3-flash-preview", .gemini, #""thinkingLevel":"minimal""#),
        Case("minimal", "gemini-3.8-flash", .gemini, #""thinkingLevel":"low""#),
        Case(
            "none", "gemini-3.8-flash", .gemini, #""thinkingLevel":"low","includeThoughts":false"#,
            dropped: ["reasoning_effort"]),
        Case("low", "gemini-2.0-flash", .gemini, not: ["thinkingConfig"], dropped: ["reasoning_effort"]),
        // OpenAI and those who speak like it.
        Case("xhigh", "gpt-5-mini", .responses, #""effort":"high""#),
        Case("none", "gpt-5", .responses, #""effort":"minimal""#, dropped: ["reasoning_effort"]),
        Case("none", "gpt-5.1", .responses, #""effort":"none""#),
        Case("minimal", "gpt-5.1-2025-11-13", .responses, #""effort":"low""#),
        Case("low", "gpt-5-pro", .responses, #""effort":"high""#),
        Case("max", "gpt-5.2", .responses, #""effort":"xhigh""#),
        Case("max", "gpt-5.6-luna", .responses, #""effort":"max""#),
        Case("max", "gpt-7", .responses, #""effort":"xhigh""#),
        Case("low", "gpt-4o-2024-11-20", .responses, not: ["effort"], dropped: ["reasoning_effort"]),
        Case("high", "openai/gpt-oss:120b", .ollamaChat, #""think":"high""#),
    ]) func effortsBecomeWhatTheModelTakes(_ one: Case) throws {
        let body = #"{"model":"m","messages":[{"role":"user","content":"hi"}],"reasoning_effort":"\#(one.asked)"}"#
        try check(one, from: .openAIChat, body)
    }

    @Test(arguments: [
        Case(
            #"{"type":"enabled","budget_tokens":9000}"#, "gpt-5.1", .openAIChat, #""reasoning_effort":"high""#),
        Case(#"{"type":"adaptive"}"#, "gpt-5-pro", .openAIChat, #""reasoning_effort":"high""#),
        Case(#"{"type":"adaptive"}"#, "grok-3-mini", .openAIChat, #""reasoning_effort":"low""#),
        Case(#"{"type":"adaptive"}"#, "grok-4-0709", .openAIChat, not: ["effort"], dropped: ["reasoning_effort"]),
        Case(#"{"type":"disabled"}"#, "gpt-4.1", .openAIChat, not: ["effort"]),
        Case(
            #"{"type":"enabled","budget_tokens":50}"#, "gemini-2.5-pro", .gemini, #""thinkingBudget":128"#),
        Case(
            #"{"type":"enabled","budget_tokens":60000}"#, "gemini-2.5-flash", .gemini, #""thinkingBudget":24576"#),
        Case(#"{"type":"adaptive"}"#, "gemini-2.5-flash", .gemini, #""thinkingBudget":-1"#),
        Case(
            #"{"type":"enabled","budget_tokens":4000}"#, "gemini-3.1-pro", .gemini, #""thinkingLevel":"medium""#,
            not: ["thinkingBudget"]),
        Case(
            #"{"type":"enabled","budget_tokens":4000}"#, "eu.anthropic.claude-opus-4-7", .bedrockConverse,
            #"{"thinking":{"type":"adaptive"}}"#, #""effort":"medium""#),
        Case(
            #"{"type":"adaptive"}"#, "anthropic.claude-haiku-4-5-20251001-v1:0", .bedrockConverse,
            #"{"thinking":{"type":"enabled","budget_tokens":8192}}"#),
    ]) func boundsBecomeWhatTheModelTakes(_ one: Case) throws {
        let body =
            #"{"model":"m","max_tokens":50000,"messages":[{"role":"user","content":"hi"}],"thinking":\#(one.asked)}"#
        try check(one, from: .anthropicMessages, body)
    }

    @Test(arguments: [
        (30_000, #""budget_tokens":15000"#, [String]()), (3000, #""budget_tokens":1500"#, []),
        (2000, #""type":"disabled""#, ["reasoning_effort"]),
    ]) func halfOfTheAnswerIsLeft(_ tokens: Int, _ sent: String, _ dropped: [String]) throws {
        let body =
            #"{"model":"m","messages":[{"role":"user","content":"hi"}],"reasoning_effort":"high","#
            + #""max_tokens":\#(tokens)}"#
        try check(
            Case("high", "claude-sonnet-4-5", .anthropicMessages, sent, dropped: dropped), from: .openAIChat, body)
    }

    @Test(arguments: [
        "claude-opus-4-9", "claude-sonnet-4-1", "gpt-5.9", "grok-4-1-fast-reasoning", "gpt-4.5-preview", "m", "",
        "my-claude", "gemini-4-argon", "--", "o12",
    ]) func otherModelsAreNotKnown(_ name: String) { #expect(ThinkingModels.model(named: name)?.off == nil) }

    /// On Azure a model is called by the name of a deployment.
    @Test func theProvidersOwnNameIsSentAndTheKnownOneCounts() throws {
        let translation = try #require(ChatTranslation(client: .openAIChat, provider: .anthropicMessages))
        let body = #"{"model":"m","messages":[{"role":"user","content":"hi"}],"reasoning_effort":"high"}"#
        let model = ServedModel("gpt-4o", knownAs: "claude-opus-4-5")
        let request = try translation.request(ByteBuffer(string: body), model: model, asksForUsage: false, .strict)
        let text = String(buffer: request.body)
        #expect(text.contains(#""model":"gpt-4o""#) && text.contains(#""effort":"high""#), "\(text)")
    }

    @Test func strictModeRefusesWhatTheModelCannot() throws {
        let translation = try #require(ChatTranslation(client: .openAIChat, provider: .gemini))
        let body = #"{"model":"m","messages":[{"role":"user","content":"hi"}],"reasoning_effort":"none"}"#
        let error = #expect(throws: TranslationError.self) {
            try translation.request(
                ByteBuffer(string: body), model: "gemini-2.5-pro", asksForUsage: false, .strict)
        }
        #expect(error?.member == "reasoning_effort" && error?.message.contains("always thinks") == true)
    }
}
