import Core
import Foundation
import NIOCore
import Testing

@testable import Wire

@Suite struct GeminiStreamTests {
    private static let pieces = [
        #"{"candidates":[{"content":{"parts":[{"text":"so far","thought":true}],"role":"model"},"index":0}],"#
            + #""usageMetadata":{"promptTokenCount":9},"modelVersion":"gemini-x","responseId":"r1"}"#,
        #"{"candidates":[{"content":{"parts":[{"text":"gr\u00fc"}],"role":"model"},"index":0}]}"#,
        #"{"candidates":[{"content":{"parts":[{"text":"\n\u00df"},{"functionCall":{"name":"f","args":{"a":"\u00fc"}},"#
            + #""thoughtSignature":"c2ln"},{"functionCall":{"name":"g"}}],"role":"model"},"index":0}]}"#,
        #"{"candidates":[{"content":{"parts":[{"text":"","thoughtSignature":"ZW5k"}]},"finishReason":"STOP","index":0}],"#
            + #""usageMetadata":{"promptTokenCount":9,"candidatesTokenCount":15,"thoughtsTokenCount":5}}"#,
    ]
    private static let events = pieces.map { "data: \($0)\r\n\r\n" }.joined()
    private static let list = "[" + pieces.joined(separator: ",\r\n") + "]"

    private static let openAI = """
        data: {"id":"c1","model":"gpt-x","choices":[{"index":0,"delta":{"role":"assistant","content":""},"finish_reason":null}]}

        data: {"choices":[{"index":0,"delta":{"reasoning_content":"hm"},"finish_reason":null}]}

        data: {"choices":[{"index":0,"delta":{"content":"gr\\u00fc\\n"},"finish_reason":null}]}

        data: {"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"id":"t1","function":{"name":"f","arguments":""}}]}}]}

        data: {"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"function":{"arguments":"{\\"a\\":"}}]}}]}

        data: {"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"function":{"arguments":"\\"\\\\u00fc\\"}"}}]}}]}

        data: {"choices":[{"index":0,"delta":{"tool_calls":[{"index":1,"id":"t2","function":{"name":"g","arguments":"no"}}]}}]}

        data: {"choices":[{"index":0,"delta":{},"finish_reason":"tool_calls"}]}

        data: {"choices":[],"usage":{"prompt_tokens":9,"completion_tokens":20,"total_tokens":29}}

        data: [DONE]


        """

    private static let anthropic = """
        data: {"type":"message_start","message":{"id":"msg_1","model":"claude-x","usage":{"input_tokens":9,"output_tokens":1}}}

        data: {"type":"content_block_start","index":0,"content_block":{"type":"thinking","thinking":"","signature":""}}

        data: {"type":"content_block_delta","index":0,"delta":{"type":"thinking_delta","thinking":"hm"}}

        data: {"type":"content_block_delta","index":0,"delta":{"type":"signature_delta","signature":"c2ln"}}

        data: {"type":"content_block_stop","index":0}

        data: {"type":"content_block_start","index":1,"content_block":{"type":"redacted_thinking","data":"x"}}

        data: {"type":"content_block_stop","index":1}

        data: {"type":"message_delta","delta":{"stop_reason":"max_tokens"},"usage":{"output_tokens":20}}

        data: {"type":"message_stop"}


        """

    private static func translated(
        _ text: String, _ translation: ChatTranslation, framing: StreamFraming = .events, cutAt cut: Int? = nil
    ) throws -> String {
        var stage = EventStage(
            format: translation.provider.answerFormat, stripsUsage: false, framing: framing,
            translator: translation.stream(.test))
        var output = StageOutput()
        let bytes = Array(text.utf8)
        try stage.push(ByteBuffer(bytes: bytes[..<(cut ?? bytes.count)]), into: &output)
        if let cut { try stage.push(ByteBuffer(bytes: bytes[cut...]), into: &output) }
        try stage.finish(into: &output)
        return output.buffers.map { String(buffer: $0) }.joined()
    }

    @Test(arguments: [(events, StreamFraming.events), (list, .objects)])
    func geminiBecomesOpenAI(text: String, framing: StreamFraming) throws {
        let head = #"{"id":"r1","object":"chat.completion.chunk","created":5,"model":"gemini-x","#
        func chunk(_ delta: String, _ finish: String = "null") -> String {
            "data: \(head)\"choices\":[{\"index\":0,\"delta\":\(delta),\"finish_reason\":\(finish)}]}\n\n"
        }
        let expected = [
            chunk(#"{"role":"assistant","content":""}"#), chunk(#"{"reasoning_content":"so far"}"#),
            chunk(#"{"content":"gr\u00fc"}"#), chunk(#"{"content":"\n\u00df"}"#),
            chunk(
                #"{"tool_calls":[{"index":0,"id":"call_r1_0","type":"function","function":{"name":"f","arguments":""}}]}"#
            ),
            chunk(
                #"{"tool_calls":[{"index":0,"function":{"arguments":""},"extra_content":{"google":{"thought_signature":"c2ln"}}}]}"#
            ),
            chunk(#"{"tool_calls":[{"index":0,"function":{"arguments":"{\"a\":\"\\u00fc\"}"}}]}"#),
            chunk(
                #"{"tool_calls":[{"index":1,"id":"call_r1_1","type":"function","function":{"name":"g","arguments":""}}]}"#
            ),
            chunk(#"{"tool_calls":[{"index":1,"function":{"arguments":"{}"}}]}"#),
            chunk(#"{"reasoning_details":[{"type":"reasoning.text","signature":"ZW5k","index":1}]}"#),
            chunk("{}", #""tool_calls""#),
            "data: \(head)\"choices\":[],\"usage\":{\"prompt_tokens\":9,\"completion_tokens\":20,\"total_tokens\":29,"
                + "\"prompt_tokens_details\":{\"cached_tokens\":0},\"completion_tokens_details\":"
                + "{\"reasoning_tokens\":5}}}\n\n", "data: [DONE]\n\n",
        ]
        #expect(try Self.translated(text, .pair(.openAIChat, .gemini), framing: framing) == expected.joined())
    }

    @Test func geminiBecomesAnthropic() throws {
        let text = try Self.translated(Self.events, .pair(.anthropicMessages, .gemini))
        let blocks = text.split(separator: "\n").filter { $0.contains("content_block_start\",") }.map {
            String($0.split(separator: #""content_block":"#).last ?? "")
        }
        let thinking = #"{"type":"thinking","thinking":"","signature":""}}"#
        #expect(
            blocks == [
                thinking, #"{"type":"text","text":""}}"#,
                #"{"type":"tool_use","id":"call_r1_0","name":"f","input":{}}}"#, thinking,
                #"{"type":"tool_use","id":"call_r1_1","name":"g","input":{}}}"#, thinking,
            ])
        #expect(text.contains(#""index":3,"delta":{"type":"signature_delta","signature":"c2ln"}"#))
        #expect(text.contains(#""index":5,"delta":{"type":"signature_delta","signature":"ZW5k"}"#))
        #expect(text.contains(#""stop_reason":"tool_use""#))
        let starts = text.split(separator: "event: content_block_start").count
        #expect(starts == text.split(separator: "event: content_block_stop").count)
    }

    @Test func openAIBecomesGemini() throws {
        func piece(_ part: String) -> String {
            "data: {\"candidates\":[{\"content\":{\"parts\":[\(part)],\"role\":\"model\"},\"index\":0}],"
                + "\"modelVersion\":\"gpt-x\",\"responseId\":\"c1\"}\r\n\r\n"
        }
        let expected = [
            piece(#"{"text":"hm","thought":true}"#), piece(#"{"text":"gr\u00fc\n"}"#),
            piece(#"{"functionCall":{"id":"t1","name":"f","args":{"a":"\u00fc"}}}"#),
            piece(#"{"functionCall":{"id":"t2","name":"g","args":{"arguments":"no"}}}"#),
            "data: {\"candidates\":[{\"content\":{\"parts\":[{\"text\":\"\"}],\"role\":\"model\"},"
                + "\"finishReason\":\"STOP\",\"index\":0}],\"usageMetadata\":{\"promptTokenCount\":9,"
                + "\"candidatesTokenCount\":20,\"totalTokenCount\":29},\"modelVersion\":\"gpt-x\","
                + "\"responseId\":\"c1\"}\r\n\r\n",
        ]
        #expect(try Self.translated(Self.openAI, .pair(.gemini, .openAIChat)) == expected.joined())
    }

    @Test func anthropicBecomesGemini() throws {
        let text = try Self.translated(Self.anthropic, .pair(.gemini, .anthropicMessages))
        let signature = String(buffer: GeminiSignature.wrapped(RawText("c2ln"), .proof).escaped)
        let sealed = String(buffer: GeminiSignature.wrapped(RawText("x"), .sealed).escaped)
        #expect(text.contains(#"{"text":"","thought":true,"thoughtSignature":"\#(signature)"}"#))
        #expect(text.contains(#"{"text":"","thought":true,"thoughtSignature":"\#(sealed)"}"#))
        #expect(text.contains(#""finishReason":"MAX_TOKENS""#))
    }

    @Test func whereverTheStreamIsCutTheOutputIsTheSame() throws {
        for (text, translation, framing) in [
            (Self.events, ChatTranslation.pair(.openAIChat, .gemini), StreamFraming.events),
            (Self.list, .pair(.anthropicMessages, .gemini), .objects),
            (Self.events, .pair(.responses, .gemini), .events),
            (Self.openAI, .pair(.gemini, .openAIChat), .events),
            (Self.anthropic, .pair(.gemini, .anthropicMessages), .events),
        ] {
            let whole = try Self.translated(text, translation, framing: framing)
            for cut in 0...text.utf8.count {
                #expect(try Self.translated(text, translation, framing: framing, cutAt: cut) == whole, "cut at \(cut)")
            }
        }
    }

    @Test func aStreamThatBreaksOffIsNotEnded() throws {
        let half = Self.pieces[..<3].map { "data: \($0)\r\n\r\n" }.joined()
        #expect(!(try Self.translated(half, .pair(.openAIChat, .gemini))).contains("[DONE]"))
        let broken = try #require(Self.openAI.range(of: "data: {\"choices\":[{\"index\":0,\"delta\":{},"))
        let text = String(Self.openAI[..<broken.lowerBound])
        #expect(!(try Self.translated(text, .pair(.gemini, .openAIChat))).contains("finishReason"))
    }

    @Test func errorsAreToldInTheWordsOfTheClient() throws {
        let bare =
            "{\n \"error\": {\n  \"code\": 503,\n  \"message\": \"busy\",\n  \"status\": \"UNAVAILABLE\"\n }\n}\n\n"
        for error in [bare, "data: " + bare.replacing("\n", with: "") + "\r\n\r\n"] {
            let text = try Self.translated(
                "data: \(Self.pieces[0])\r\n\r\n" + error, .pair(.anthropicMessages, .gemini))
            #expect(text.contains(#"{"type":"error","error":{"type":"overloaded_error","message":"busy"}}"#))
        }
        let openAI = #"data: {"error":{"message":"slow","type":"rate_limit_error"}}"# + "\n\n"
        #expect(
            try Self.translated(openAI, .pair(.gemini, .openAIChat))
                == "data: {\"error\":{\"code\":429,\"message\":\"slow\",\"status\":\"RESOURCE_EXHAUSTED\"}}\r\n\r\n")
    }

    @Test func aBlockedPromptIsAFilteredAnswer() throws {
        let text = try Self.translated(
            #"data: {"promptFeedback":{"blockReason":"SAFETY"},"responseId":"r"}"# + "\r\n\r\n",
            .pair(.openAIChat, .gemini))
        #expect(text.contains(#""finish_reason":"content_filter""#) && text.contains("[DONE]"))
    }
}
