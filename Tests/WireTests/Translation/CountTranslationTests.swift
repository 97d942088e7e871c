import Core
import NIOCore
import Testing

@testable import Wire

@Suite struct CountTranslationTests {
    private func translation(_ client: EndpointKind, _ kind: ProviderKind) throws -> CountTranslation {
        try #require(CountTranslation.between(client, kind, model: "m"))
    }

    private func request(
        _ body: String, _ translation: CountTranslation, _ mode: TranslationLosses.Mode = .lenient
    ) throws -> (body: String, dropped: [String]) {
        let (body, dropped) = try translation.request(ByteBuffer(string: body), model: "up", mode)
        return (String(buffer: body), dropped)
    }

    @Test func anthropicAsksGemini() throws {
        let translation = try translation(.countTokens, .gemini)
        let written = try request(
            #"{"model":"m","system":"be short","messages":[{"role":"user","content":"hi"}]}"#, translation)
        #expect(
            written.body == #"{"generateContentRequest":{"model":"models/up","#
                + #""systemInstruction":{"parts":[{"text":"be short"}]},"#
                + #""contents":[{"role":"user","parts":[{"text":"hi"}]}]}}"#)
        #expect(written.dropped == [])
        let answer = translation.answer(ByteBuffer(string: #"{"totalTokens":31,"cachedContentTokenCount":1}"#))
        #expect(answer.map { String(buffer: $0) } == #"{"input_tokens":31}"#)
        #expect(translation.answer(ByteBuffer(string: #"{"totalTokens":"31"}"#)) == nil)
        #expect(translation.answer(ByteBuffer(string: "<html>")) == nil)
    }

    @Test func anthropicAsksVertex() throws {
        let translation = try #require(CountTranslation.between(.countTokens, .vertex, model: "gemini-3"))
        let written = try request(
            #"{"model":"m","messages":[{"role":"user","content":"hi"}],"thinking":{"type":"disabled"}}"#, translation)
        #expect(written.body == #"{"contents":[{"role":"user","parts":[{"text":"hi"}]}]}"#)
    }

    @Test(arguments: [
        #"{"contents":[{"parts":[{"text":"hi"}]}]}"#,
        #"{"generateContentRequest":{"model":"models/m","contents":[{"parts":[{"text":"hi"}]}]}}"#,
        #"{"generate_content_request":{"contents":[{"parts":[{"text":"hi"}]}],"generation_config":{"temperature":1}}}"#,
    ])
    func geminiAsksAnthropic(_ body: String) throws {
        let translation = try translation(.countContentTokens, .anthropic)
        #expect(
            try request(body, translation).body == #"{"model":"up","messages":[{"role":"user","content":"hi"}]}"#)
        let answer = translation.answer(ByteBuffer(string: #"{"input_tokens":9}"#))
        #expect(answer.map { String(buffer: $0) } == #"{"totalTokens":9}"#)
    }

    /// On Azure a model is called by the name of a deployment, which tells nothing of what it takes.
    @Test func whatAModelTakesIsKnownByItsOwnName() throws {
        let translation = try translation(.countContentTokens, .anthropic)
        let body =
            #"{"contents":[{"parts":[{"text":"hi"}]}],"generationConfig":{"thinkingConfig":{"thinkingBudget":2000}}}"#
        let model = ServedModel("my-deployment", knownAs: "claude-opus-4-8")
        let written = String(buffer: try translation.request(ByteBuffer(string: body), model: model, .lenient).body)
        #expect(written.contains(#""model":"my-deployment""#) && written.contains(#""thinking":{"type":"adaptive"}"#))
    }

    @Test func whatCannotBeSaidIsToldOrRefused() throws {
        let translation = try translation(.countContentTokens, .anthropic)
        let body = #"{"contents":[{"parts":[{"text":"hi"}]}],"safetySettings":[{"category":"X"}]}"#
        #expect(try request(body, translation).dropped == ["safetySettings"])
        #expect(throws: TranslationError.self) { try request(body, translation, .strict) }
        #expect(throws: TranslationError.self) { try request(#"{"contents":5}"#, translation) }
    }

    /// Nothing is fetched for a count, so that nobody is sent to look for a setting that changes nothing.
    @Test func aURLThatNeedsItsBytesIsRefused() throws {
        let translation = try #require(CountTranslation.between(.countContentTokens, .vertex, model: "claude-x"))
        let body = ByteBuffer(
            string: #"{"contents":[{"parts":[{"fileData":{"mimeType":"image/png","#
                + #""fileUri":"https://a.example/a.png"}}]}]}"#)
        let error = try #require(throws: TranslationError.self) {
            try translation.request(body, model: ServedModel("claude-x", mediaAsBytes: [.image]), .lenient)
        }
        #expect(error.member == "contents[0].parts" && error.message.hasSuffix("; send the content as base64"))
    }

    @Test func onlyTheOtherOneIsAsked() {
        #expect(CountTranslation.between(.countTokens, .anthropic, model: "m") == nil)
        #expect(CountTranslation.between(.countTokens, .openAI, model: "m") == nil)
        #expect(CountTranslation.between(.messages, .gemini, model: "m") == nil)
        #expect(CountTranslation.between(.countContentTokens, .vertex, model: "claude-x") != nil)
    }
}

@Suite struct CountEstimateTests {
    private func count(_ body: String, _ endpoint: EndpointKind) throws -> String {
        String(buffer: try CountEstimate.answer(ByteBuffer(string: body), endpoint))
    }

    @Test func aTokenIsFourCharacters() throws {
        let messages = #"{"model":"a-long-name","messages":[{"role":"user","content":"12345678"}]}"#
        #expect(try count(messages, .countTokens) == #"{"input_tokens":2}"#)
        let contents = #"{"contents":[{"role":"user","parts":[{"text":"123456789"}]}]}"#
        #expect(try count(contents, .countContentTokens) == #"{"totalTokens":3}"#)
        let whole = #"{"generateContentRequest":\#(contents)}"#
        #expect(try count(whole, .countContentTokens) == #"{"totalTokens":3}"#)
    }

    @Test(arguments: [
        (#"{"model":"m"}"#, EndpointKind.countTokens, "messages"),
        (#"{"messages":[{"role":"alien","content":""}]}"#, .countTokens, "messages[0].role"),
        (#"{"contents":"x"}"#, .countContentTokens, "contents"),
    ])
    func whatIsNoRequestIsRefused(_ body: String, _ endpoint: EndpointKind, _ member: String) throws {
        let error = try #require(throws: GatewayError.self) {
            try CountEstimate.answer(ByteBuffer(string: body), endpoint)
        }
        #expect(error.code == .invalidRequest && error.parameter == member)
    }
}

@Suite struct AnthropicVersionTests {
    @Test(arguments: ["temperature", "top_p", "top_k"])
    func samplingIsRefusedFromItsVersionOn(_ name: String) throws {
        let body = ByteBuffer(string: #"{"model":"m","\#(name)":1}"#)
        for version in ["2026-10-21", "2027-01-01"] {
            let error = try #require(throws: GatewayError.self) {
                try AnthropicVersion.check(body, version: version)
            }
            #expect(error.parameter == name && error.code == .invalidRequest)
        }
        for version in [nil, "2023-06-01"] { try AnthropicVersion.check(body, version: version) }
    }

    @Test func nullIsNothing() throws {
        try AnthropicVersion.check(ByteBuffer(string: #"{"temperature":null,"a":{"top_k":1}}"#), version: "2026-10-21")
    }
}
