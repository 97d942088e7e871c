import Core
import NIOCore
import Testing

@testable import Wire

@Suite struct UsageEstimateTests {
    private static let request = ByteBuffer(
        string: #"{"model":"gpt","messages":[{"role":"user","content":"12345678"},{"role":"user","content":"#
            + #"[{"type":"image_url","image_url":{"url":"data:image/png;base64,AAAAAAAAAAAAAAAAAAAA"}}]}]}"#)

    private func observed(_ text: String, _ format: AnswerFormat = .openAIChat, type: String = "text/event-stream")
        -> AnswerObservation
    {
        var meter = UsageMeter(format: format, contentType: type)
        meter.push(ByteBuffer(string: text))
        return meter.finish()
    }

    private func complete(_ seen: AnswerObservation, max: Int? = nil) -> AnswerObservation {
        UsageEstimate.complete(seen, request: Self.request, maxOutputTokens: max)
    }

    @Test func fourPlainCharactersAreATokenAndOneAndAHalfOthers() {
        func tokens(_ text: String) -> Int {
            var weight = ContentWeight()
            Array(text.utf8).withUnsafeBytes { weight.add(inside: $0) }
            return weight.tokens
        }
        #expect(tokens("") == 0 && tokens("a") == 1 && tokens("abcd") == 1 && tokens("abcde") == 2)
        #expect(tokens("日本語") == 2 && tokens("日") == 1 && tokens("é日") == 2)
        #expect(tokens(#"\u65e5\u672c\u8a9e"#) == tokens("日本語"))
        #expect(tokens(#"\ud83d\ude00"#) == tokens("😀"))
        #expect(tokens(#"\u0041\n\"x"#) == 1)
    }

    @Test func aStreamThatWasCutIsEstimatedFromItsTexts() {
        let chunk = #"data: {"choices":[{"index":0,"delta":{"content":"12345678"}}]}"# + "\n\n"
        let result = complete(observed(chunk + chunk))
        #expect(result.usageSource == .estimated)
        #expect(result.usage.named == ["input_uncached": 2, "output": 4])
        #expect(complete(observed(chunk + chunk), max: 3).usage.output == 3)
    }

    @Test func whatTheProviderSaidIsKept() {
        let chunk = #"data: {"choices":[{"delta":{"content":"12345678"}}],"usage":{"prompt_tokens":0,"#
        let seen = observed(chunk + #""completion_tokens":0}}"# + "\n\n")
        #expect(complete(seen) == seen && seen.usageSource == .provider)
    }

    @Test func anErrorWithoutOutputIsNotEstimated() {
        for text in ["data: {\"error\":{\"message\":\"a long text that is no output\"}}\n\n", ": nothing\n\n", ""] {
            let result = complete(observed(text))
            #expect(result.usageSource == .none && result.usage == TokenUsage())
        }
        let error = observed(
            #"{"error":{"message":"a long text that is no output"}}"#, type: "application/json")
        #expect(complete(error) == error)
        let counted = observed(#"{"input_tokens":5}"#, .anthropicMessages, type: "application/json")
        #expect(complete(counted) == counted)
    }

    @Test func aMessageThatWasCutKeepsItsInputAndGetsTheOutputThatWasSeen() {
        let start =
            #"data: {"type":"message_start","message":{"usage":{"input_tokens":9,"output_tokens":2}}}"# + "\n\n"
        let delta = #"data: {"type":"content_block_delta","delta":{"type":"text_delta","text":"12345678"}}"# + "\n\n"
        #expect(complete(observed(start, .anthropicMessages)).usageSource == .provider)
        // No more was seen than was stated.
        #expect(complete(observed(start + delta, .anthropicMessages)).usageSource == .provider)
        let result = complete(observed(start + delta + delta, .anthropicMessages))
        #expect(result.usageSource == .estimated)
        #expect(result.usage.named == ["input_uncached": 9, "output": 4])
        #expect(complete(observed(start + delta + delta, .anthropicMessages), max: 3).usage.output == 3)
        let whole = observed(
            start + delta + delta + #"data: {"type":"message_delta","usage":{"output_tokens":3}}"# + "\n\n",
            .anthropicMessages)
        #expect(complete(whole) == whole)
    }

    @Test func aRequestsFilesAndWordsOfTheProtocolAreNoText() {
        #expect(UsageEstimate.inputTokens(of: Self.request) == 2)
        #expect(UsageEstimate.inputTokens(of: ByteBuffer(string: "not json")) == 0)
        #expect(UsageEstimate.inputTokens(of: ByteBuffer(string: #"{"input":["1234","5678"]}"#)) == 2)
        let tool = ByteBuffer(string: #"{"tools":[{"name":"abcd","parameters":{"type":"object"}}]}"#)
        #expect(UsageEstimate.inputTokens(of: tool) == 6)
    }

    @Test func everyCutOfAStreamIsEstimatedWithinWhatItHolds() throws {
        for fixture in try UsageFixture.all() where !fixture.file.hasSuffix(".json") {
            for place in stride(from: 0, to: fixture.bytes.count, by: 1 + fixture.bytes.count / 40) {
                let seen = fixture.meter([Array(fixture.bytes[..<place])])
                let result = UsageEstimate.complete(seen, request: Self.request, maxOutputTokens: 3)
                if result.usageSource == .estimated {
                    #expect(result.usage.output <= max(3, seen.usage.output), "\(fixture.file), cut at \(place)")
                }
                #expect(result.usage.inputTotal >= seen.usage.inputTotal, "\(fixture.file), cut at \(place)")
            }
        }
    }
}
