import Core
import NIOCore
import Testing

@testable import Wire

/// Probabilities of tokens, from every format that has them to every one that does.
@Suite struct LogprobsTests {
    private static let context = ChatAnswerContext(created: 1, wantsUsage: false, id: "id", model: "m")

    private static let asked: [(ChatFormat, String)] = [
        (
            .openAIChat,
            #"{"model":"m","messages":[{"role":"user","content":"hi"}],"logprobs":true,"top_logprobs":2}"#
        ),
        (
            .responses,
            #"{"model":"m","input":"hi","include":["message.output_text.logprobs"],"top_logprobs":2,"store":false}"#
        ),
        (
            .gemini,
            #"{"contents":[{"role":"user","parts":[{"text":"hi"}]}],"generationConfig":{"responseLogprobs":true,"logprobs":2}}"#
        ),
    ]

    private static let passedOn: [(format: ChatFormat, part: String, dropped: [String])] = [
        (.openAIChat, #""logprobs":true,"top_logprobs":2"#, []),
        (.responses, #""include":["message.output_text.logprobs"],"top_logprobs":2"#, []),
        (.gemini, #""responseLogprobs":true,"logprobs":2"#, []),
        (.cohereChat, #""logprobs":true"#, ["top_logprobs"]), (.ollamaChat, #""logprobs":true,"top_logprobs":2"#, []),
        (.anthropicMessages, "", ["logprobs"]), (.bedrockConverse, "", ["logprobs"]),
    ]

    @Test(arguments: [ChatFormat.openAIChat, .responses, .gemini], passedOn.map(\.format))
    func theWishIsPassedOn(_ client: ChatFormat, _ provider: ChatFormat) throws {
        let body = try #require(Self.asked.first { $0.0 == client }).1
        let expected = try #require(Self.passedOn.first { $0.format == provider })
        let request = try #require(ChatTranslation(client: client, provider: provider)).request(
            ByteBuffer(string: body), model: "up", asksForUsage: false, .lenient)
        let text = String(buffer: request.body)
        #expect(request.dropped == expected.dropped)
        #expect(expected.part.isEmpty ? !text.contains("logprobs") : text.contains(expected.part), "\(text)")
    }

    @Test func whoAsksForNoneLosesNothing() throws {
        let body = #"{"model":"m","messages":[{"role":"user","content":"hi"}],"logprobs":false,"top_logprobs":0}"#
        for provider in ChatFormat.allCases {
            let request = try #require(ChatTranslation(client: .openAIChat, provider: provider)).request(
                ByteBuffer(string: body), model: "up", asksForUsage: false, .strict)
            #expect(!String(buffer: request.body).contains("logprobs"))
        }
    }

    // MARK: Answers

    private static let openAIEntry =
        #"[{"token":"\u00fc","logprob":-0.5,"bytes":[195,188],"top_logprobs":[{"token":"a","logprob":-1,"bytes":[97]}]}]"#
    private static let geminiResult =
        #"{"chosenCandidates":[{"token":"\u00fc","logProbability":-0.5}],"topCandidates":[{"candidates":[{"token":"a","logProbability":-1}]}]}"#

    /// Whole answers that say the same.
    private static let answers: [(ChatFormat, String)] = [
        (
            .openAIChat,
            #"{"id":"i","model":"m","choices":[{"index":0,"message":{"content":"\u00fc"},"logprobs":{"content":\#(openAIEntry)},"finish_reason":"stop"}]}"#
        ),
        (
            .responses,
            #"{"id":"i","model":"m","status":"completed","output":[{"type":"message","content":[{"type":"output_text","text":"\u00fc","logprobs":\#(openAIEntry)}]}]}"#
        ),
        (
            .gemini,
            #"{"responseId":"i","modelVersion":"m","candidates":[{"content":{"parts":[{"text":"\u00fc"}]},"finishReason":"STOP","avgLogprobs":-0.5,"logprobsResult":\#(geminiResult)}]}"#
        ),
        (
            .ollamaChat,
            #"{"model":"m","message":{"content":"\u00fc"},"done":true,"done_reason":"stop","logprobs":[{"token":"\u00fc","logprob":-0.5,"top_logprobs":[{"token":"a","logprob":-1}]}]}"#
        ),
    ]

    private static let told: [(ChatFormat, String)] = [
        (.openAIChat, #""logprobs":{"content":\#(openAIEntry),"refusal":null}"#),
        (.responses, #""type":"output_text","annotations":[],"logprobs":\#(openAIEntry),"text":"\u00fc""#),
        (.gemini, #""avgLogprobs":-0.5,"logprobsResult":\#(geminiResult)"#),
    ]

    @Test(arguments: answers.map(\.0), told.map(\.0))
    func wholeAnswersTellThem(_ provider: ChatFormat, _ client: ChatFormat) throws {
        let body = try #require(Self.answers.first { $0.0 == provider }).1
        let answer = try #require(ChatTranslation(client: client, provider: provider)).answer(
            ByteBuffer(string: body), usage: TokenUsage(), Self.context)
        let text = String(buffer: try #require(answer))
        let expected = try #require(Self.told.first { $0.0 == client }).1
        #expect(text.contains(expected), "\(text)")
    }

    @Test func piecesOfCohereAreTokens() throws {
        let body = #"""
            {"id":"i","message":{"content":[{"type":"text","text":"ab"}]},"finish_reason":"COMPLETE",
            "logprobs":[{"token_ids":[1],"text":"a","logprobs":[-0.25]},{"token_ids":[2,3],"text":"b","logprobs":[-0.5,-0.25]}]}
            """#
        let answer = try #require(ChatTranslation(client: .openAIChat, provider: .cohereChat)).answer(
            ByteBuffer(string: body), usage: TokenUsage(), Self.context)
        let text = String(buffer: try #require(answer))
        #expect(
            text.contains(
                #"[{"token":"a","logprob":-0.25,"bytes":[97],"top_logprobs":[]},{"token":"b","logprob":-0.75,"bytes":[98],"top_logprobs":[]}]"#
            ), "\(text)")
    }

    // MARK: Streams

    private static let streams: [(ChatFormat, String)] = [
        (
            .openAIChat,
            #"""
            data: {"id":"i","model":"m","choices":[{"index":0,"delta":{"content":"\u00fc"},"logprobs":{"content":\#(openAIEntry)},"finish_reason":null}]}

            data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}

            data: [DONE]


            """#
        ),
        (
            .responses,
            #"""
            data: {"type":"response.created","response":{"id":"i","model":"m"}}

            data: {"type":"response.output_item.added","output_index":0,"item":{"type":"message"}}

            data: {"type":"response.output_text.delta","output_index":0,"delta":"\u00fc","logprobs":\#(openAIEntry)}

            data: {"type":"response.output_item.done","output_index":0,"item":{"type":"message"}}

            data: {"type":"response.completed","response":{}}


            """#
        ),
        (
            .gemini,
            #"""
            data: {"responseId":"i","modelVersion":"m","candidates":[{"content":{"parts":[{"text":"\u00fc"}]},"logprobsResult":\#(geminiResult)}]}

            data: {"candidates":[{"content":{"parts":[]},"finishReason":"STOP"}]}


            """#
        ),
    ]

    private static let streamed: [(ChatFormat, [String])] = [
        (
            .openAIChat,
            [
                #""delta":{"content":"\u00fc"},"logprobs":{"content":\#(openAIEntry),"refusal":null},"finish_reason":null"#
            ]
        ),
        (
            .responses,
            [
                #""delta":"\u00fc","logprobs":\#(openAIEntry)"#, #""text":"\u00fc","logprobs":\#(openAIEntry)"#,
                #""annotations":[],"logprobs":\#(openAIEntry),"text":"\u00fc""#,
            ]
        ),
        (.gemini, [#""parts":[{"text":"\u00fc"}],"role":"model"},"logprobsResult":\#(geminiResult),"index":0"#]),
        (.anthropicMessages, [#""text":"\u00fc""#]),
    ]

    @Test(arguments: streams.map(\.0), streamed.map(\.0))
    func streamsTellThem(_ provider: ChatFormat, _ client: ChatFormat) throws {
        let body = try #require(Self.streams.first { $0.0 == provider }).1
        let translation = try #require(ChatTranslation(client: client, provider: provider))
        var stage = EventStage(
            format: provider.answerFormat, stripsUsage: false, framing: .events,
            translator: translation.stream(Self.context))
        var output = StageOutput()
        try stage.push(ByteBuffer(string: body), into: &output)
        try stage.finish(into: &output)
        let text = output.buffers.map { String(buffer: $0) }.joined()
        for part in try #require(Self.streamed.first(where: { $0.0 == client })).1 {
            #expect(text.contains(part), "\(text)")
        }
        // Nothing is told twice but what Responses repeat.
        let times = text.split(separator: "\"logprob\":-0.5", omittingEmptySubsequences: false).count - 1
        if client == .openAIChat { #expect(times == 1) }
    }
}
