import Core
import Foundation
import NIOCore
import Testing

@testable import Wire

@Suite struct StreamTranslationTests {
    private let anthropic = """
        event: message_start
        data: {"type":"message_start","message":{"id":"msg_1","model":"claude-x","usage":{"input_tokens":9,"output_tokens":1}}}

        event: ping
        data: {"type":"ping"}

        data: {"type":"content_block_start","index":0,"content_block":{"type":"thinking","thinking":"","signature":""}}

        data: {"type":"content_block_delta","index":0,"delta":{"type":"thinking_delta","thinking":"so \\"far\\""}}

        data: {"type":"content_block_delta","index":0,"delta":{"type":"signature_delta","signature":"c2ln"}}

        data: {"type":"content_block_stop","index":0}

        data: {"type":"content_block_start","index":1,"content_block":{"type":"text","text":""}}

        data: {"type":"content_block_delta","index":1,"delta":{"type":"text_delta","text":"gr\\u00fc\\n\\u00df"}}

        data: {"type":"content_block_stop","index":1}

        data: {"type":"content_block_start","index":2,"content_block":{"type":"tool_use","id":"t1","name":"find","input":{}}}

        data: {"type":"content_block_delta","index":2,"delta":{"type":"input_json_delta","partial_json":"{\\"a\\":"}}

        data: {"type":"content_block_delta","index":2,"delta":{"type":"input_json_delta","partial_json":"1}"}}

        data: {"type":"content_block_stop","index":2}

        data: {"type":"message_delta","delta":{"stop_reason":"tool_use","stop_sequence":null},"usage":{"output_tokens":20}}

        data: {"type":"message_stop"}


        """

    private let openAI = """
        data: {"id":"c1","model":"gpt-x","choices":[{"index":0,"delta":{"role":"assistant","content":""},"finish_reason":null}]}

        data: {"id":"c1","model":"gpt-x","choices":[{"index":0,"delta":{"reasoning_content":"hm"},"finish_reason":null}]}

        : a comment

        data: {"id":"c1","model":"gpt-x","choices":[{"index":0,"delta":{"content":"gr\\u00fc\\n\\u00df"},"finish_reason":null}]}

        data: {"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"id":"t1","function":{"name":"find","arguments":""}}]}}]}

        data: {"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"function":{"arguments":"{\\"a\\":1}"}}]}}]}

        data: {"choices":[{"index":0,"delta":{"tool_calls":[{"index":1,"id":"t2","function":{"name":"find","arguments":"{}"}}]}}]}

        data: {"choices":[{"index":0,"delta":{},"finish_reason":"tool_calls"}]}

        data: {"choices":[],"usage":{"prompt_tokens":9,"completion_tokens":20,"total_tokens":29}}

        data: [DONE]


        """

    private func translated(
        _ text: String, _ translation: ChatTranslation, wantsUsage: Bool = true, cutAt cut: Int? = nil
    ) throws -> String {
        var stage = EventStage(
            format: translation.provider.answerFormat, stripsUsage: false,
            translator: translation.stream(
                ChatAnswerContext(created: 5, wantsUsage: wantsUsage, id: "call-1", model: "m")))
        var output = StageOutput()
        let bytes = Array(text.utf8)
        try stage.push(ByteBuffer(bytes: bytes[..<(cut ?? bytes.count)]), into: &output)
        if let cut { try stage.push(ByteBuffer(bytes: bytes[cut...]), into: &output) }
        try stage.finish(into: &output)
        return output.buffers.map { String(buffer: $0) }.joined()
    }

    private let toOpenAI = ChatTranslation.pair(.openAIChat, .anthropicMessages)
    private let toAnthropic = ChatTranslation.pair(.anthropicMessages, .openAIChat)

    @Test func anthropicBecomesOpenAI() throws {
        let head = #"{"id":"msg_1","object":"chat.completion.chunk","created":5,"model":"claude-x","#
        func chunk(_ delta: String, _ finish: String = "null") -> String {
            "data: \(head)\"choices\":[{\"index\":0,\"delta\":\(delta),\"finish_reason\":\(finish)}]}\n\n"
        }
        let expected = [
            chunk(#"{"role":"assistant","content":""}"#), chunk(#"{"reasoning_content":"so \"far\""}"#),
            chunk(#"{"reasoning_details":[{"type":"reasoning.text","signature":"c2ln","index":0}]}"#),
            chunk(#"{"content":"gr\u00fc\n\u00df"}"#),
            chunk(
                #"{"tool_calls":[{"index":0,"id":"t1","type":"function","function":{"name":"find","arguments":""}}]}"#),
            chunk(#"{"tool_calls":[{"index":0,"function":{"arguments":"{\"a\":"}}]}"#),
            chunk(#"{"tool_calls":[{"index":0,"function":{"arguments":"1}"}}]}"#), chunk("{}", #""tool_calls""#),
            "data: \(head)\"choices\":[],\"usage\":{\"prompt_tokens\":9,\"completion_tokens\":20,\"total_tokens\":29,"
                + "\"prompt_tokens_details\":{\"cached_tokens\":0},\"completion_tokens_details\":"
                + "{\"reasoning_tokens\":0}}}\n\n", "data: [DONE]\n\n",
        ]
        #expect(try translated(anthropic, toOpenAI) == expected.joined())
    }

    @Test func openAIBecomesAnthropic() throws {
        let text = try translated(openAI, toAnthropic)
        let types = text.split(separator: "\n").filter { $0.hasPrefix("event: ") }.map { String($0.dropFirst(7)) }
        #expect(
            types == [
                "message_start", "content_block_start", "content_block_delta", "content_block_stop",
                "content_block_start", "content_block_delta", "content_block_stop", "content_block_start",
                "content_block_delta", "content_block_stop", "content_block_start", "content_block_delta",
                "content_block_stop", "message_delta", "message_stop",
            ])
        #expect(text.contains(#""delta":{"type":"text_delta","text":"gr\u00fc\n\u00df"}"#))
        #expect(text.contains(#""index":2,"content_block":{"type":"tool_use","id":"t1","name":"find","input":{}}"#))
        #expect(text.contains(#""index":2,"delta":{"type":"input_json_delta","partial_json":"{\"a\":1}"}"#))
        #expect(text.contains(#""index":3,"content_block":{"type":"tool_use","id":"t2","name":"find","input":{}}"#))
        #expect(text.contains(#""stop_reason":"tool_use","stop_sequence":null},"usage":{"input_tokens":9,"#))
    }

    @Test func whereverTheStreamIsCutTheOutputIsTheSame() throws {
        for (text, translation) in [(anthropic, toOpenAI), (openAI, toAnthropic)] {
            let whole = try translated(text, translation)
            for cut in 0...text.utf8.count {
                #expect(try translated(text, translation, cutAt: cut) == whole, "cut at \(cut)")
            }
        }
    }

    @Test func nothingFollowsAnError() throws {
        let failed = """
            data: {"id":"c1","model":"gpt-x","choices":[{"index":0,"delta":{"content":"hi"},"finish_reason":null}]}

            data: {"error":{"message":"overloaded","type":"server_error"}}

            data: [DONE]


            """
        let text = try translated(failed, toAnthropic)
        #expect(text.contains(#""type":"error""#) && text.contains("overloaded"))
        #expect(!text.contains("message_delta") && !text.contains("message_stop"))
    }

    @Test func aStreamThatBreaksOffIsNotEnded() throws {
        let upTo = anthropic.range(of: "data: {\"type\":\"message_delta\"")
        let broken = String(anthropic[..<(try #require(upTo)).lowerBound])
        let text = try translated(broken, toOpenAI)
        #expect(!text.contains("[DONE]") && !text.contains(#""finish_reason":"tool_calls""#))
        let half = String(
            openAI[..<(try #require(openAI.range(of: "data: {\"choices\":[{\"index\":0,\"delta\":{},"))).lowerBound])
        #expect(!(try translated(half, toAnthropic)).contains("message_stop"))
    }
}
