import Core
import NIOCore
import Testing

@testable import Wire

@Suite struct GeminiAnswerTests {
    private func told(_ answer: String, _ client: ChatFormat, _ provider: ChatFormat) throws -> String {
        var usage = TokenUsage()
        usage.inputUncached = 6
        usage.cacheRead = 3
        usage.output = 15
        usage.reasoning = 5
        let answer = ChatTranslation.pair(client, provider).answer(ByteBuffer(string: answer), usage: usage, .test)
        return String(buffer: try #require(answer))
    }

    private static let gemini = """
        {"candidates":[{"content":{"parts":[{"text":"hm","thought":true},{"text":"gr\\u00fc"},
        {"functionCall":{"name":"f","args":{"a":"\\u00fc"}},"thoughtSignature":"c2ln"},
        {"functionCall":{"id":"g7","name":"g"}}],"role":"model"},"finishReason":"STOP","index":0}],
        "usageMetadata":{"promptTokenCount":9},"modelVersion":"gemini-x","responseId":"r1"}
        """

    @Test func geminiBecomesOpenAI() throws {
        #expect(
            try told(Self.gemini, .openAIChat, .gemini)
                == [
                    #"{"id":"r1","object":"chat.completion","created":5,"model":"gemini-x","choices":[{"index":0,"#,
                    #""message":{"role":"assistant","content":"gr\u00fc","refusal":null,"reasoning_content":"hm","#,
                    #""reasoning_details":[{"type":"reasoning.text","text":"hm","index":0}],"tool_calls":[{"id":"#,
                    #""call_r1_0","type":"function","function":{"name":"f","arguments":"{\"a\":\"\\u00fc\"}"},"#,
                    #""extra_content":{"google":{"thought_signature":"c2ln"}}},{"id":"g7","type":"function","function":"#,
                    #"{"name":"g","arguments":"{}"}}]},"logprobs":null,"finish_reason":"tool_calls"}],"usage":"#,
                    #"{"prompt_tokens":9,"completion_tokens":20,"total_tokens":29,"prompt_tokens_details":"#,
                    #"{"cached_tokens":3},"completion_tokens_details":{"reasoning_tokens":5}}}"#,
                ].joined())
    }

    @Test func geminiBecomesAnthropic() throws {
        #expect(
            try told(Self.gemini, .anthropicMessages, .gemini)
                == [
                    #"{"id":"r1","type":"message","role":"assistant","model":"gemini-x","content":[{"type":"thinking","#,
                    #""thinking":"hm","signature":""},{"type":"text","text":"gr\u00fc"},{"type":"tool_use","id":"#,
                    #""call_r1_0","name":"f","input":{"a":"\u00fc"}},{"type":"thinking","thinking":"","signature":"#,
                    #""c2ln"},{"type":"tool_use","id":"g7","name":"g","input":{}}],"stop_reason":"tool_use","#,
                    #""stop_sequence":null,"usage":{"input_tokens":6,"cache_creation_input_tokens":0,"#,
                    #""cache_read_input_tokens":3,"output_tokens":20}}"#,
                ].joined())
    }

    @Test func openAIBecomesGemini() throws {
        let answer = """
            {"id":"c1","model":"gpt-x","choices":[{"index":0,"message":{"content":"gr\\u00fc","tool_calls":[{"id":"t1",
            "function":{"name":"f","arguments":"{\\"a\\": 1}"}}]},"finish_reason":"tool_calls"}]}
            """
        #expect(
            try told(answer, .gemini, .openAIChat)
                == #"{"candidates":[{"content":{"parts":[{"text":"gr\u00fc"},{"functionCall":{"id":"t1","name":"f","#
                + #""args":{"a": 1}}}],"role":"model"},"finishReason":"STOP","index":0}],"usageMetadata":"#
                + #"{"promptTokenCount":9,"candidatesTokenCount":15,"totalTokenCount":29,"cachedContentTokenCount":3,"#
                + #""thoughtsTokenCount":5},"modelVersion":"gpt-x","responseId":"c1"}"#)
    }

    @Test(arguments: [
        ("STOP", "stop"), ("MAX_TOKENS", "length"), ("SAFETY", "content_filter"), ("RECITATION", "content_filter"),
        ("PROHIBITED_CONTENT", "content_filter"), ("MALFORMED_FUNCTION_CALL", "stop"), ("NEW_WORD", "stop"),
    ])
    func reasons(word: String, reason: String) throws {
        let answer = #"{"candidates":[{"content":{"parts":[{"text":"x"}]},"finishReason":"\#(word)"}]}"#
        #expect(try told(answer, .openAIChat, .gemini).contains(#""finish_reason":"\#(reason)""#))
    }

    @Test func aPromptThatWasBlockedIsAFilteredAnswer() throws {
        let answer = #"{"promptFeedback":{"blockReason":"SAFETY"},"usageMetadata":{"promptTokenCount":9}}"#
        #expect(
            try told(answer, .openAIChat, .gemini).contains(
                #""content":null,"refusal":null},"logprobs":null,"finish_reason":"content_filter""#))
        #expect(try told(answer, .anthropicMessages, .gemini).contains(#""content":[],"stop_reason":"refusal""#))
    }

    @Test func whatIsNoAnswerIsNone() {
        for body in ["{}", "[]", #"{"candidates":[]}"#, #"{"choices":[]}"#] {
            let translation = ChatTranslation.pair(.openAIChat, .gemini)
            #expect(translation.answer(ByteBuffer(string: body), usage: TokenUsage(), .test) == nil)
        }
    }
}
