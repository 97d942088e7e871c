import Core
import Foundation
import NIOCore
import Testing

@testable import Wire

@Suite struct ResponsesStreamTests {
    private let responses = """
        event: response.created
        data: {"type":"response.created","sequence_number":0,"response":{"id":"resp_1","model":"gpt-x","created_at":3,"output":[]}}

        data: {"type":"response.in_progress","sequence_number":1,"response":{"id":"resp_1","model":"gpt-x","output":[]}}

        data: {"type":"response.output_item.added","output_index":0,"item":{"id":"rs_1","type":"reasoning","summary":[]}}

        data: {"type":"response.reasoning_summary_part.added","output_index":0,"summary_index":0}

        data: {"type":"response.reasoning_summary_text.delta","output_index":0,"delta":"so \\"far\\""}

        data: {"type":"response.reasoning_summary_part.added","output_index":0,"summary_index":1}

        data: {"type":"response.reasoning_summary_text.delta","output_index":0,"delta":"then"}

        data: {"type":"response.output_item.done","output_index":0,"item":{"type":"reasoning","encrypted_content":"enc"}}

        data: {"type":"keepalive","sequence_number":7}

        data: {"type":"response.output_item.added","output_index":1,"item":{"type":"web_search_call","id":"ws_1"}}

        data: {"type":"response.output_item.done","output_index":1,"item":{"type":"web_search_call","id":"ws_1"}}

        data: {"type":"response.output_item.added","output_index":2,"item":{"type":"message","role":"assistant","content":[]}}

        data: {"type":"response.content_part.added","output_index":2,"content_index":0,"part":{"type":"output_text","text":""}}

        data: {"type":"response.output_text.delta","output_index":2,"content_index":0,"delta":"gr\\u00fc\\n"}

        data: {"type":"response.output_text.delta","output_index":2,"content_index":0,"delta":"\\u00df"}

        data: {"type":"response.content_part.done","output_index":2,"content_index":0}

        data: {"type":"response.output_item.done","output_index":2,"item":{"type":"message","content":[{"type":"output_text","text":"x"}]}}

        data: {"type":"response.output_item.added","output_index":3,"item":{"type":"function_call","call_id":"t1","name":"find","arguments":""}}

        data: {"type":"response.output_item.added","output_index":4,"item":{"type":"function_call","call_id":"t2","name":"find","arguments":""}}

        data: {"type":"response.function_call_arguments.delta","output_index":3,"delta":"{\\"a\\":"}

        data: {"type":"response.function_call_arguments.delta","output_index":4,"delta":"{}"}

        data: {"type":"response.output_item.done","output_index":4,"item":{"type":"function_call","call_id":"t2","name":"find","arguments":"{}"}}

        data: {"type":"response.function_call_arguments.delta","output_index":3,"delta":"1}"}

        data: {"type":"response.output_item.done","output_index":3,"item":{"type":"function_call","call_id":"t1","name":"find","arguments":"{\\"a\\":1}"}}

        data: {"type":"response.completed","response":{"id":"resp_1","model":"gpt-x","status":"completed","usage":{"input_tokens":9,"output_tokens":20,"total_tokens":29}}}


        """

    private let anthropic = """
        data: {"type":"message_start","message":{"id":"msg_1","model":"claude-x","usage":{"input_tokens":9,"output_tokens":1}}}

        data: {"type":"content_block_start","index":0,"content_block":{"type":"thinking","thinking":"","signature":""}}

        data: {"type":"content_block_delta","index":0,"delta":{"type":"thinking_delta","thinking":"hm"}}

        data: {"type":"content_block_delta","index":0,"delta":{"type":"signature_delta","signature":"c2ln"}}

        data: {"type":"content_block_stop","index":0}

        data: {"type":"content_block_start","index":1,"content_block":{"type":"redacted_thinking","data":"sealed"}}

        data: {"type":"content_block_stop","index":1}

        data: {"type":"content_block_start","index":2,"content_block":{"type":"text","text":""}}

        data: {"type":"content_block_delta","index":2,"delta":{"type":"text_delta","text":"gr\\u00fc"}}

        data: {"type":"content_block_stop","index":2}

        data: {"type":"content_block_start","index":3,"content_block":{"type":"tool_use","id":"t1","name":"patch","input":{}}}

        data: {"type":"content_block_delta","index":3,"delta":{"type":"input_json_delta","partial_json":"{\\"input\\":"}}

        data: {"type":"content_block_delta","index":3,"delta":{"type":"input_json_delta","partial_json":"\\"a\\\\nb\\"}"}}

        data: {"type":"content_block_stop","index":3}

        data: {"type":"message_delta","delta":{"stop_reason":"tool_use"},"usage":{"output_tokens":20}}

        data: {"type":"message_stop"}


        """

    private let chat = """
        data: {"id":"c1","model":"gpt-x","choices":[{"index":0,"delta":{"role":"assistant","content":""}}]}

        data: {"choices":[{"index":0,"delta":{"reasoning_content":"hm"}}]}

        data: {"choices":[{"index":0,"delta":{"content":"a"}}]}

        data: {"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"id":"t1","function":{"name":"mcp__docs__find","arguments":""}}]}}]}

        data: {"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"function":{"arguments":"{}"}}]}}]}

        data: {"choices":[{"index":0,"delta":{},"finish_reason":"length"}]}

        data: {"choices":[],"usage":{"prompt_tokens":9,"completion_tokens":20,"total_tokens":29}}

        data: [DONE]


        """

    private let fromResponses = ChatTranslation.pair(.anthropicMessages, .responses)
    private let fromResponsesToChat = ChatTranslation.pair(.openAIChat, .responses)
    private let fromAnthropic = ChatTranslation.pair(.responses, .anthropicMessages)
    private let fromChat = ChatTranslation.pair(.responses, .openAIChat)

    private let echo = ChatRequestEcho(
        members: ByteBuffer(string: #","tools":[]"#),
        aliases: [
            ToolAlias(name: RawText("patch"), namespace: nil, isCustom: true),
            ToolAlias(name: RawText("find"), namespace: RawText("mcp__docs"), isCustom: false),
        ])

    private var context: ChatAnswerContext {
        var context = ChatAnswerContext.test
        context.echo = echo
        return context
    }

    private func stage(_ translation: ChatTranslation) -> EventStage {
        EventStage(
            format: translation.provider.answerFormat, stripsUsage: false,
            translator: translation.stream(context))
    }

    private func translated(_ text: String, _ translation: ChatTranslation, pieces: [Int] = []) throws -> String {
        var stage = stage(translation)
        var output = StageOutput()
        let bytes = Array(text.utf8)
        var start = 0
        for end in pieces + [bytes.count] {
            try stage.push(ByteBuffer(bytes: bytes[start..<end]), into: &output)
            start = end
        }
        try stage.finish(into: &output)
        return output.buffers.map { String(buffer: $0) }.joined()
    }

    /// Each event's data but its number, which is checked.
    private func data(_ text: String) -> [String] {
        let lines = text.split(separator: "\n").filter { $0.hasPrefix("data: ") }.map { String($0.dropFirst(6)) }
        return lines.enumerated().map { place, line in
            let number = ",\"sequence_number\":\(place)"
            #expect(line.contains(number), "\(line)")
            return line.replacing(number, with: "")
        }
    }

    @Test func anthropicBecomesResponses() throws {
        let head =
            #"{"id":"resp_msg_1","object":"response","created_at":5,"model":"claude-x","tools":[],"#
            + #""service_tier":"default","store":false,"status":"#
        let empty = head + #""in_progress","error":null,"incomplete_details":null,"output":[],"usage":null}"#
        let thought =
            #"{"id":"rs_msg_1_0","type":"reasoning","summary":[{"type":"summary_text","text":"hm"}],"#
            + #""encrypted_content":"headgate.signature.c2ln"}"#
        let sealed = #"{"id":"rs_msg_1_1","type":"reasoning","summary":[],"encrypted_content":"headgate.data.sealed"}"#
        let part = #"{"type":"output_text","annotations":[],"logprobs":[],"text":"gr\u00fc"}"#
        let message =
            #"{"id":"msg_msg_1_2","type":"message","status":"completed","role":"assistant","content":["# + part + "]}"
        let call =
            #"{"id":"ctc_msg_1_3","type":"custom_tool_call","status":"completed","call_id":"t1","name":"patch","#
            + #""input":"a\nb"}"#
        let summary = #""item_id":"rs_msg_1_0","output_index":0,"summary_index":0,"#
        let text = #""item_id":"msg_msg_1_2","output_index":2,"content_index":0,"#
        let expected = [
            #"{"type":"response.created","response":\#(empty)}"#,
            #"{"type":"response.in_progress","response":\#(empty)}"#,
            #"{"type":"response.output_item.added","output_index":0,"item":{"id":"rs_msg_1_0","type":"reasoning","#
                + #""summary":[],"encrypted_content":null}}"#,
            #"{"type":"response.reasoning_summary_part.added",\#(summary)"part":{"type":"summary_text","text":""}}"#,
            #"{"type":"response.reasoning_summary_text.delta",\#(summary)"delta":"hm"}"#,
            #"{"type":"response.reasoning_summary_text.done",\#(summary)"text":"hm"}"#,
            #"{"type":"response.reasoning_summary_part.done",\#(summary)"part":{"type":"summary_text","text":"hm"}}"#,
            #"{"type":"response.output_item.done","output_index":0,"item":\#(thought)}"#,
            #"{"type":"response.output_item.added","output_index":1,"item":{"id":"rs_msg_1_1","type":"reasoning","#
                + #""summary":[],"encrypted_content":null}}"#,
            #"{"type":"response.output_item.done","output_index":1,"item":\#(sealed)}"#,
            #"{"type":"response.output_item.added","output_index":2,"item":{"id":"msg_msg_1_2","type":"message","#
                + #""status":"in_progress","role":"assistant","content":[]}}"#,
            #"{"type":"response.content_part.added",\#(text)"part":{"type":"output_text","annotations":[],"logprobs":[],"#
                + #""text":""}}"#,
            #"{"type":"response.output_text.delta",\#(text)"delta":"gr\u00fc","logprobs":[]}"#,
            #"{"type":"response.output_text.done",\#(text)"text":"gr\u00fc","logprobs":[]}"#,
            #"{"type":"response.content_part.done",\#(text)"part":\#(part)}"#,
            #"{"type":"response.output_item.done","output_index":2,"item":\#(message)}"#,
            #"{"type":"response.output_item.added","output_index":3,"item":{"id":"ctc_msg_1_3","type":"custom_tool_call","#
                + #""status":"in_progress","call_id":"t1","name":"patch","input":""}}"#,
            #"{"type":"response.custom_tool_call_input.delta","item_id":"ctc_msg_1_3","output_index":3,"delta":"a\nb"}"#,
            #"{"type":"response.custom_tool_call_input.done","item_id":"ctc_msg_1_3","output_index":3,"input":"a\nb"}"#,
            #"{"type":"response.output_item.done","output_index":3,"item":\#(call)}"#,
            #"{"type":"response.completed","response":\#(head)"completed","error":null,"incomplete_details":null,"output":["#
                + #"\#(thought),\#(sealed),\#(message),\#(call)],"usage":{"input_tokens":9,"input_tokens_details":"#
                + #"{"cached_tokens":0,"cache_write_tokens":0},"output_tokens":20,"output_tokens_details":"#
                + #"{"reasoning_tokens":0},"total_tokens":29}}}"#,
        ]
        #expect(data(try translated(anthropic, fromAnthropic)) == expected)
    }

    @Test(arguments: [
        (
            #"{"input": "line one\nsaid \"two\" \u00e9\ud83d\ude00 end"}"#,
            #"line one\nsaid \"two\" \u00e9\ud83d\ude00 end"#
        ),
        (#" { "input" : "" } "#, ""), (#"{"input":"x","more":1}"#, "x"),
    ])
    func freeTextPassesWhileItComes(_ arguments: String, _ text: String) {
        let bytes = Array(arguments.utf8)
        for size in 1...bytes.count {
            var stream = CustomInputStream()
            var output = ""
            for start in stride(from: 0, to: bytes.count, by: size) {
                let piece = String(decoding: bytes[start..<min(start + size, bytes.count)], as: UTF8.self)
                let more = RawText(piece).escaped.withUnsafeReadableBytes { stream.push($0) }
                if more.readableBytes > 0 {
                    // Each piece is the inside of a string by itself.
                    let isWhole = ByteBuffer(string: "{\"a\":\"\(String(buffer: more))\"}").withUnsafeReadableBytes {
                        (try? JSONScanner.validate($0)) != nil
                    }
                    #expect(isWhole, "\(String(buffer: more))")
                }
                output += String(buffer: more)
            }
            #expect(output == text, "in pieces of \(size)")
        }
    }

    @Test(arguments: ["", "plain", #"{"other":"x"}"#, #"["input"]"#, #"{"input":5}"#, #"{"input":"\q"}"#])
    func argumentsOfAnotherShapeWait(_ arguments: String) {
        var stream = CustomInputStream()
        let output = RawText(arguments).escaped.withUnsafeReadableBytes { stream.push($0) }
        #expect(output.readableBytes == 0 && !stream.hasPassed)
    }

    @Test func aChatThatIsCutIsIncompleteInItsLastItem() throws {
        let events = data(try translated(chat, fromChat))
        let call =
            #"{"id":"fc_c1_2","type":"function_call","status":"incomplete","call_id":"t1","name":"find","#
            + #""namespace":"mcp__docs","arguments":"{}"}"#
        #expect(events[events.count - 2] == #"{"type":"response.output_item.done","output_index":2,"item":\#(call)}"#)
        let last = try #require(events.last)
        #expect(
            last.contains(#""status":"incomplete","error":null,"incomplete_details":{"reason":"max_output_tokens"}"#))
        #expect(last.contains(call + "]") && last.hasPrefix(#"{"type":"response.incomplete""#))
    }

    @Test func responsesBecomeAnthropic() throws {
        let text = try translated(responses, fromResponses)
        let expected = [
            #"{"type":"content_block_start","index":0,"content_block":{"type":"thinking","thinking":"","signature":""}}"#,
            #"{"type":"content_block_delta","index":0,"delta":{"type":"thinking_delta","thinking":"so \"far\""}}"#,
            #"{"type":"content_block_delta","index":0,"delta":{"type":"thinking_delta","thinking":"\n\n"}}"#,
            #"{"type":"content_block_delta","index":0,"delta":{"type":"thinking_delta","thinking":"then"}}"#,
            #"{"type":"content_block_delta","index":0,"delta":{"type":"signature_delta","signature":"openai.enc"}}"#,
            #"{"type":"content_block_stop","index":0}"#,
            #"{"type":"content_block_start","index":1,"content_block":{"type":"text","text":""}}"#,
            #"{"type":"content_block_delta","index":1,"delta":{"type":"text_delta","text":"gr\u00fc\n"}}"#,
            #"{"type":"content_block_delta","index":1,"delta":{"type":"text_delta","text":"\u00df"}}"#,
            #"{"type":"content_block_stop","index":1}"#,
            #"{"type":"content_block_start","index":2,"content_block":{"type":"tool_use","id":"t1","name":"find","input":{}}}"#,
            #"{"type":"content_block_delta","index":2,"delta":{"type":"input_json_delta","partial_json":"{\"a\":"}}"#,
            #"{"type":"content_block_delta","index":2,"delta":{"type":"input_json_delta","partial_json":"1}"}}"#,
            #"{"type":"content_block_stop","index":2}"#,
            #"{"type":"content_block_start","index":3,"content_block":{"type":"tool_use","id":"t2","name":"find","input":{}}}"#,
            #"{"type":"content_block_delta","index":3,"delta":{"type":"input_json_delta","partial_json":"{}"}}"#,
            #"{"type":"content_block_stop","index":3}"#,
        ]
        let lines = text.split(separator: "\n").filter { $0.hasPrefix("data: ") }.map { String($0.dropFirst(6)) }
        #expect(Array(lines.dropFirst().dropLast(2)) == expected)
        #expect(lines.first?.contains(#""id":"resp_1""#) == true)
        #expect(lines[lines.count - 2].contains(#""stop_reason":"tool_use""#))
        #expect(lines[lines.count - 2].contains(#""input_tokens":9"#) && lines.last == #"{"type":"message_stop"}"#)
    }

    @Test func itemsWithoutPiecesCountAllTheSame() throws {
        let text = try translated(
            """
            data: {"type":"response.created","response":{"id":"r","model":"m"}}

            data: {"type":"response.output_item.done","output_index":0,"item":{"type":"message","content":[{"type":"output_text","text":"whole"}]}}

            data: {"type":"response.output_item.added","output_index":1,"item":{"type":"function_call","call_id":"t","name":"f"}}

            data: {"type":"response.output_item.done","output_index":1,"item":{"type":"function_call","call_id":"t","name":"f","arguments":"{}"}}

            data: {"type":"response.incomplete","response":{"id":"r","incomplete_details":{"reason":"content_filter"}}}


            """, fromResponsesToChat)
        #expect(text.contains(#"{"content":"whole"}"#) && text.contains(#"{"arguments":"{}"}"#))
        #expect(text.contains(#""finish_reason":"content_filter""#) && text.hasSuffix("data: [DONE]\n\n"))
    }

    @Test func whereverTheStreamIsCutTheOutputIsTheSame() throws {
        for (text, translation) in [
            (responses, fromResponses), (responses, fromResponsesToChat), (anthropic, fromAnthropic), (chat, fromChat),
        ] {
            let whole = try translated(text, translation)
            #expect(try translated(text, translation, pieces: Array(0...text.utf8.count)) == whole)
            for cut in stride(from: 0, through: text.utf8.count, by: 13) {
                #expect(try translated(text, translation, pieces: [cut]) == whole, "cut at \(cut)")
            }
        }
    }

    @Test func aStreamThatBreaksOffIsNotEnded() throws {
        for (text, mark, translation) in [
            (responses, "data: {\"type\":\"response.completed\"", fromResponses),
            (anthropic, "data: {\"type\":\"message_delta\"", fromAnthropic),
        ] {
            let broken = String(text[..<(try #require(text.range(of: mark))).lowerBound])
            let result = try translated(broken, translation)
            #expect(!result.contains("response.completed") && !result.contains("message_stop"))
        }
    }

    @Test func aFailedResponseIsAnErrorElsewhere() throws {
        let text = """
            data: {"type":"response.created","response":{"id":"r","model":"m"}}

            data: {"type":"response.failed","response":{"id":"r","error":{"code":"server_error","message":"n\\u00f6"}}}


            """
        #expect(
            try translated(text, fromResponsesToChat).hasSuffix(
                #"data: {"error":{"message":"n\u00f6","type":"server_error","param":null,"code":null}}"# + "\n\n"))
        let other = try translated(text, fromResponses)
        #expect(other.hasSuffix(#""error":{"type":"api_error","message":"n\u00f6"}}"# + "\n\n"))
    }

    @Test func anAnswerThatIsTooLargeForItsLastEventFails() throws {
        let text = String(repeating: "x", count: 1024 * 1024)
        let delta = "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"\(text)\"}}]}\n\n"
        var stage = stage(fromChat)
        var output = StageOutput()
        for _ in 0...10 { try stage.push(ByteBuffer(string: delta), into: &output) }
        try stage.push(ByteBuffer(string: "data: [DONE]\n\n"), into: &output)
        let last = try #require(output.buffers.last { $0.readableBytes > 0 })
        #expect(String(buffer: last).contains("event: response.failed") && !String(buffer: last).contains("completed"))
    }

    // MARK: What the gateway itself says in a stream

    private let error = GatewayError(.streamInterrupted, "'up' broke \"off\".")

    /// Everything until now, then a sign of life, then the failure.
    private func interrupted(_ text: String, _ stage: EventStage) throws -> (alive: String, failure: String, after: Int)
    {
        var stage = stage
        var output = StageOutput()
        try stage.push(ByteBuffer(string: text), into: &output)
        let alive = stage.keepAlive(.openAI)
        let failure = stage.failure(error, .openAI, requestID: "r")
        return (
            String(buffer: alive), String(buffer: failure), stage.failure(error, .openAI, requestID: "r").readableBytes
        )
    }

    @Test func aTranslatedStreamIsKeptAliveAndFailsInItsOwnEvents() throws {
        let upTo = try #require(anthropic.range(of: "data: {\"type\":\"content_block_start\",\"index\":3"))
        let (alive, failure, after) = try interrupted(String(anthropic[..<upTo.lowerBound]), stage(fromAnthropic))
        #expect(alive == "event: keepalive\ndata: {\"type\":\"keepalive\",\"sequence_number\":13}\n\n")
        let events = failure.split(separator: "\n").filter { $0.hasPrefix("data: ") }
        #expect(events.count == 4)
        #expect(events[2].contains(#""item":{"id":"msg_msg_1_2","type":"message","status":"incomplete""#))
        #expect(
            events[3].hasPrefix(#"data: {"type":"response.failed","sequence_number":17,"response":{"id":"resp_msg_1""#))
        #expect(events[3].contains(#""error":{"code":"server_error","message":"'up' broke \"off\"."}"#))
        #expect(after == 0)
    }

    @Test func aStreamThatPassesIsKeptAliveAndFailsAsTheSameResponse() throws {
        let own = EventStage(format: .openAIResponses, stripsUsage: false)
        let (alive, failure, after) = try interrupted(String(responses.prefix(600)), own)
        #expect(alive == "event: keepalive\ndata: {\"type\":\"keepalive\",\"sequence_number\":1}\n\n")
        #expect(
            failure.hasPrefix(
                "event: response.failed\ndata: {\"type\":\"response.failed\",\"sequence_number\":2,\"response\":{\"id\":\"resp_1\""
            ))
        #expect(failure.contains(#""created_at":3,"model":"gpt-x""#) && after > 0)
        // A response that has ended does not fail.
        #expect(try interrupted(responses, own).failure.isEmpty)
        // Before the first event, clients would take anything but a comment for the response's beginning.
        #expect(try interrupted("", own).alive == ": keep-alive\n\n")
        #expect(
            try interrupted("", own).failure.hasPrefix(
                "event: error\ndata: {\"type\":\"error\",\"code\":\"server_error\""))
        #expect(try interrupted("", stage(fromAnthropic)).alive == ": keep-alive\n\n")
    }
}
