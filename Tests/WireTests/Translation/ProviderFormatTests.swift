import Core
import NIOCore
import Testing

@testable import Wire

/// The formats that only providers are asked in: Bedrock's, Cohere's and Ollama's.
@Suite struct ProviderFormatTests {
    static let request = #"""
        {"model":"m","messages":[{"role":"system","content":"Be \"brief\"."},
        {"role":"user","content":[{"type":"text","text":"What is in\nthis?"},
        {"type":"image_url","image_url":{"url":"data:image/png;base64,aGk="}}]},
        {"role":"assistant","content":null,"tool_calls":[{"id":"call_1","type":"function",
        "function":{"name":"find","arguments":"{\"a\":1}"}}]},
        {"role":"tool","tool_call_id":"call_1","content":"found"},
        {"role":"user","content":"And now?"}],
        "tools":[{"type":"function","function":{"name":"find","description":"Finds.","parameters":{"type":"object"}}}],
        "tool_choice":"required","max_completion_tokens":50,"temperature":0.5,"top_p":0.9,"stop":["END"],
        "response_format":{"type":"json_schema","json_schema":{"name":"n","schema":{"type":"object"}}},
        "reasoning_effort":"low","stream":true}
        """#

    static let expected: [(ChatFormat, String)] = [
        (
            .bedrockConverse,
            #"""
            {"system":[{"text":"Be \"brief\"."}],"messages":[{"role":"user","content":[{"text":"What is in\nthis?"},
            {"image":{"format":"png","source":{"bytes":"aGk="}}}]},{"role":"assistant","content":[{"toolUse":
            {"toolUseId":"call_1","name":"find","input":{"a":1}}}]},{"role":"user","content":[{"toolResult":
            {"toolUseId":"call_1","content":[{"text":"found"}]}},{"text":"And now?"}]}],"toolConfig":{"tools":[
            {"toolSpec":{"name":"find","description":"Finds.","inputSchema":{"json":{"type":"object"}}}}],
            "toolChoice":{"any":{}}},"inferenceConfig":{"maxTokens":50,"temperature":0.5,"topP":0.9,
            "stopSequences":["END"]},"outputConfig":{"effort":"low","textFormat":{"type":"json_schema","structure":
            {"jsonSchema":{"schema":"{\"type\":\"object\"}","name":"n"}}}}}
            """#
        ),
        (
            .cohereChat,
            #"""
            {"model":"up","messages":[{"role":"system","content":[{"type":"text","text":"Be \"brief\"."}]},
            {"role":"user","content":[{"type":"text","text":"What is in\nthis?"},{"type":"image_url","image_url":
            {"url":"data:image/png;base64,aGk="}}]},{"role":"assistant","tool_calls":[{"id":"call_1",
            "type":"function","function":{"name":"find","arguments":"{\"a\":1}"}}]},{"role":"tool",
            "tool_call_id":"call_1","content":"found"},{"role":"user","content":[{"type":"text","text":"And now?"}]}],
            "tools":[{"type":"function","function":{"name":"find","description":"Finds.","parameters":
            {"type":"object"}}}],"tool_choice":"REQUIRED","max_tokens":50,"temperature":0.5,"p":0.9,
            "stop_sequences":["END"],"response_format":{"type":"json_object","json_schema":{"type":"object"}},
            "thinking":{"type":"enabled"},"stream":true}
            """#
        ),
        (
            .ollamaChat,
            #"""
            {"model":"up","messages":[{"role":"system","content":"Be \"brief\"."},{"role":"user",
            "content":"What is in\nthis?","images":["aGk="]},{"role":"assistant","content":"","tool_calls":[{"function":
            {"name":"find","arguments":{"a":1}}}]},{"role":"tool","content":"found","tool_name":"find"},
            {"role":"user","content":"And now?"}],"tools":[{"type":"function","function":{"name":"find",
            "description":"Finds.","parameters":{"type":"object"}}}],"format":{"type":"object"},"think":"low",
            "stream":true,"options":{"num_predict":50,"temperature":0.5,"top_p":0.9,"stop":["END"]}}
            """#
        ),
    ]

    @Test(arguments: 0..<3) func aRequestIsWrittenAsTheProviderTakesIt(_ place: Int) throws {
        let (format, expected) = Self.expected[place]
        let translation = ChatTranslation.pair(.openAIChat, format)
        let made = try translation.request(
            ByteBuffer(string: Self.request), model: "up", asksForUsage: true, .lenient)
        #expect(String(buffer: made.body) == expected.replacing("\n", with: ""))
        #expect(made.dropped == (format == .ollamaChat ? ["tool_choice"] : []))
    }

    // MARK: Answers

    static let answers: [(ChatFormat, String)] = [
        (
            .bedrockConverse,
            #"""
            {"output":{"message":{"role":"assistant","content":[{"reasoningContent":{"reasoningText":{"text":"hm",
            "signature":"c2ln"}}},{"text":"Hi."},{"toolUse":{"toolUseId":"t1","name":"find","input":{"a":1}}}]}},
            "stopReason":"tool_use","usage":{"inputTokens":3,"outputTokens":5,"totalTokens":8},"metrics":{}}
            """#
        ),
        (
            .cohereChat,
            #"""
            {"id":"c1","finish_reason":"TOOL_CALL","message":{"role":"assistant","tool_plan":"hm","content":[
            {"type":"text","text":"Hi."}],"tool_calls":[{"id":"t1","type":"function","function":{"name":"find",
            "arguments":"{\"a\":1}"}}]},"usage":{"billed_units":{"input_tokens":3,"output_tokens":5}}}
            """#
        ),
        (
            .ollamaChat,
            #"""
            {"model":"llama","created_at":"2026-11-24T10:00:00Z","message":{"role":"assistant","thinking":"hm",
            "content":"Hi.","tool_calls":[{"id":"t1","function":{"name":"find","arguments":{"a":1}}}]},
            "done":true,"done_reason":"stop","prompt_eval_count":3,"eval_count":5}
            """#
        ),
    ]

    @Test(arguments: 0..<3) func anAnswerIsReadWhole(_ place: Int) throws {
        let (format, text) = Self.answers[place]
        var usage = TokenUsage()
        (usage.inputUncached, usage.output) = (3, 5)
        let translation = ChatTranslation.pair(.openAIChat, format)
        let body = try #require(translation.answer(ByteBuffer(string: text), usage: usage, .test))
        let made = String(buffer: body)
        let id = format == .cohereChat ? "c1" : "call-1"
        let model = format == .ollamaChat ? "llama" : "m"
        #expect(made.hasPrefix(#"{"id":"\#(id)","object":"chat.completion","created":5,"model":"\#(model)","#))
        #expect(made.contains(#""content":"Hi.""#) && made.contains(#""reasoning_content":"hm""#))
        #expect(made.contains(#""tool_calls":[{"id":"t1","type":"function","function":{"name":"find","#))
        #expect(made.contains(#""arguments":"{\"a\":1}""#) && made.contains(#""finish_reason":"tool_calls""#))
        #expect(made.contains(#""prompt_tokens":3,"completion_tokens":5"#))
    }

    @Test func errorsAreRead() {
        let bodies: [(ChatFormat, String)] = [
            (.bedrockConverse, #"{"message":"slow down"}"#), (.bedrockConverse, #"{"Message":"slow down"}"#),
            (.cohereChat, #"{"id":"x","message":"slow down"}"#), (.ollamaChat, #"{"error":"slow down"}"#),
        ]
        for (format, body) in bodies {
            #expect(
                ChatTranslation.pair(.openAIChat, format).errorMessage(ByteBuffer(string: body)) == "slow down",
                "\(format)")
        }
    }

    @Test(arguments: ["a name with spaces", String(repeating: "n", count: 65), ""])
    func namesThatBedrockRefusesAreToldAtOnce(_ name: String) {
        let body = ByteBuffer(
            string: #"{"model":"m","messages":[{"role":"user","content":"hi"}],"tools":[{"type":"function","function":"#
                + #"{"name":"\#(name)"}}]}"#)
        #expect(throws: TranslationError.self) {
            try ChatTranslation.pair(.openAIChat, .bedrockConverse).request(
                body, model: "m", asksForUsage: false, .lenient)
        }
    }

    @Test func thinkingOfClaudeGoesThroughBedrock() throws {
        let body = ByteBuffer(
            string: #"{"model":"m","max_tokens":2000,"thinking":{"type":"enabled","budget_tokens":1024},"#
                + #""messages":[{"role":"user","content":"hi"},{"role":"assistant","content":[{"type":"thinking","#
                + #""thinking":"hm","signature":"c2ln"},{"type":"redacted_thinking","data":"eHg="},"#
                + #"{"type":"text","text":"Hi.","cache_control":{"type":"ephemeral","ttl":"1h"}}]},"#
                + #"{"role":"user","content":"on"}]}"#)
        let made = try ChatTranslation.pair(.anthropicMessages, .bedrockConverse).request(
            body, model: "eu.anthropic.claude-x", asksForUsage: false, .strict)
        let text = String(buffer: made.body)
        #expect(text.contains(#"{"reasoningContent":{"reasoningText":{"text":"hm","signature":"c2ln"}}}"#))
        #expect(text.contains(#"{"reasoningContent":{"redactedContent":"eHg="}}"#))
        #expect(text.contains(#"{"text":"Hi."},{"cachePoint":{"type":"default","ttl":"1h"}}"#))
        #expect(
            text.contains(
                #""additionalModelRequestFields":{"thinking":{"type":"enabled","budget_tokens":1024}}"#))
    }
}
