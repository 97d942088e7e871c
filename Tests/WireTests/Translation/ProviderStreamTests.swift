import Core
import NIOCore
import Testing

@testable import Wire

/// Streams that are framed in other ways than by server-sent events, and Cohere's.
@Suite struct ProviderStreamTests {
    private static let converse: [(name: String, json: String)] = [
        ("messageStart", #"{"role":"assistant"}"#),
        ("contentBlockDelta", #"{"contentBlockIndex":0,"delta":{"reasoningContent":{"text":"hm"}}}"#),
        ("contentBlockDelta", #"{"contentBlockIndex":0,"delta":{"reasoningContent":{"signature":"c2ln"}}}"#),
        ("contentBlockStop", #"{"contentBlockIndex":0}"#),
        ("contentBlockDelta", #"{"contentBlockIndex":1,"delta":{"text":"gr\u00fc"}}"#),
        ("contentBlockDelta", #"{"contentBlockIndex":1,"delta":{"text":"n"}}"#),
        ("contentBlockStop", #"{"contentBlockIndex":1}"#),
        ("contentBlockStart", #"{"contentBlockIndex":2,"start":{"toolUse":{"toolUseId":"t1","name":"find"}}}"#),
        ("contentBlockDelta", #"{"contentBlockIndex":2,"delta":{"toolUse":{"input":"{\"a\":"}}}"#),
        ("contentBlockDelta", #"{"contentBlockIndex":2,"delta":{"toolUse":{"input":"1}"}}}"#),
        ("contentBlockStop", #"{"contentBlockIndex":2}"#),
        ("messageStop", #"{"stopReason":"tool_use"}"#),
        ("metadata", #"{"usage":{"inputTokens":9,"outputTokens":20,"totalTokens":29},"metrics":{"latencyMs":1}}"#),
    ]

    private static func message(_ name: String, _ json: String, type: String = "event") -> [UInt8] {
        let header = type == "event" ? ":event-type" : ":exception-type"
        return EventStreamEncoder.message([(":message-type", type), (header, name)], payload: Array(json.utf8))
    }

    private static let cohere = """
        event: message-start
        data: {"type":"message-start","id":"c1","delta":{"message":{"role":"assistant"}}}

        data: {"type":"tool-plan-delta","delta":{"message":{"tool_plan":"hm"}}}

        data: {"type":"content-start","index":0,"delta":{"message":{"content":{"type":"text","text":""}}}}

        data: {"type":"content-delta","index":0,"delta":{"message":{"content":{"text":"gr\\u00fcn"}}}}

        data: {"type":"content-end","index":0}

        data: {"type":"tool-call-start","index":1,"delta":{"message":{"tool_calls":{"id":"t1","type":"function","function":{"name":"find","arguments":""}}}}}

        data: {"type":"tool-call-delta","index":1,"delta":{"message":{"tool_calls":{"function":{"arguments":"{\\"a\\":1}"}}}}}

        data: {"type":"tool-call-end","index":1}

        data: {"type":"message-end","delta":{"finish_reason":"TOOL_CALL","usage":{"billed_units":{"input_tokens":9,"output_tokens":20}}}}


        """

    private static let ollama = """
        {"model":"m","created_at":"2026-11-24T10:00:00.5Z","message":{"role":"assistant","content":"","thinking":"hm"},"done":false}
        {"model":"m","created_at":"2026-11-24T10:00:00.6Z","message":{"role":"assistant","content":"gr\\u00fcn"},"done":false}
        {"model":"m","created_at":"2026-11-24T10:00:00.7Z","message":{"role":"assistant","content":"","tool_calls":[{"function":{"name":"find","arguments":{"a":1}}}]},"done":false}
        {"model":"m","created_at":"2026-11-24T10:00:00.8Z","message":{"role":"assistant","content":""},"done":true,"done_reason":"stop","prompt_eval_count":9,"eval_count":20}

        """

    private struct Case {
        let format: ChatFormat
        let framing: StreamFraming
        let bytes: [UInt8]
    }

    private static let cases = [
        Case(format: .bedrockConverse, framing: .messages, bytes: converse.flatMap { message($0.name, $0.json) }),
        Case(format: .cohereChat, framing: .events, bytes: Array(cohere.utf8)),
        Case(format: .ollamaChat, framing: .objects, bytes: Array(ollama.utf8)),
    ]

    private func translated(
        _ test: Case, client: ChatFormat = .anthropicMessages, cutAt cut: Int? = nil
    ) throws -> (text: String, observation: AnswerObservation) {
        let translation = ChatTranslation.pair(client, test.format)
        var stage = EventStage(
            format: test.format.answerFormat, stripsUsage: false, framing: test.framing,
            translator: translation.stream(.test))
        var output = StageOutput()
        try stage.push(ByteBuffer(bytes: test.bytes[..<(cut ?? test.bytes.count)]), into: &output)
        if let cut { try stage.push(ByteBuffer(bytes: test.bytes[cut...]), into: &output) }
        try stage.finish(into: &output)
        return (output.buffers.map { String(buffer: $0) }.joined(), stage.observation)
    }

    @Test(arguments: 0..<3) func aStreamBecomesAnthropics(_ place: Int) throws {
        let (text, observation) = try translated(Self.cases[place])
        let events = text.split(separator: "\n").filter { $0.hasPrefix("event: ") }.map { String($0.dropFirst(7)) }
        let block = ["content_block_start", "content_block_delta", "content_block_stop"]
        let isBedrock = place == 0
        var expected = ["message_start"]
        // Bedrock alone signs its thinking, and cuts text and arguments in two here.
        expected += isBedrock ? [block[0], block[1], block[1], block[2]] : block
        expected += isBedrock ? [block[0], block[1], block[1], block[2]] : block
        expected += isBedrock ? [block[0], block[1], block[1], block[2]] : block
        #expect(events == expected + ["message_delta", "message_stop"])
        #expect(text.contains(#""thinking":"hm""#) && text.contains(#"gr\u00fc"#))
        #expect(text.contains(#""name":"find""#) && text.contains(#""stop_reason":"tool_use""#))
        #expect(text.contains(#""input_tokens":9"#) && text.contains(#""output_tokens":20"#))
        #expect(observation.sawTerminal && observation.usage.output == 20 && !observation.endedInsideEvent)
    }

    @Test(arguments: 0..<3) func aStreamBecomesAResponse(_ place: Int) throws {
        let text = try translated(Self.cases[place], client: .responses).text
        let lines = text.split(separator: "\n").filter { $0.hasPrefix("data: ") }
        for (number, line) in lines.enumerated() { #expect(line.contains(#""sequence_number":\#(number)"#)) }
        let last = try #require(lines.last)
        #expect(last.hasPrefix(#"data: {"type":"response.completed""#) && last.contains(#""input_tokens":9"#))
        for part in [#""type":"summary_text","text":"hm""#, #""type":"output_text""#, #"gr\u00fcn"#, #""name":"find""#]
        {
            #expect(last.contains(part), "\(part)")
        }
        #expect(last.contains(#""arguments":"{\"a\":1}""#))
    }

    @Test(arguments: 0..<3) func whereverTheStreamIsCutTheOutputIsTheSame(_ place: Int) throws {
        let test = Self.cases[place]
        for client in [ChatFormat.openAIChat, .anthropicMessages] {
            let whole = try translated(test, client: client).text
            for cut in 0...test.bytes.count {
                #expect(try translated(test, client: client, cutAt: cut).text == whole, "cut at \(cut)")
            }
        }
    }

    @Test func anExceptionInsideAStreamIsAnError() throws {
        let bytes =
            Self.converse.prefix(5).flatMap { Self.message($0.name, $0.json) }
            + Self.message("throttlingException", #"{"message":"slow down"}"#, type: "exception")
        let test = Case(format: .bedrockConverse, framing: .messages, bytes: bytes)
        let (text, observation) = try translated(test)
        #expect(
            text.contains(#""type":"error","error":{"type":"rate_limit_error","message":"slow down"}"#)
                && !text.contains("message_stop"))
        #expect(observation.sawError && !observation.sawTerminal)
    }

    @Test func damageIsToldAndWhatCameBeforeItIsPassedOn() throws {
        var bytes = Self.cases[0].bytes
        bytes[bytes.count - 3] ^= 0x40
        let translation = ChatTranslation.pair(.openAIChat, .bedrockConverse)
        var stage = EventStage(
            format: .bedrockConverse, stripsUsage: false, framing: .messages, translator: translation.stream(.test))
        var output = StageOutput()
        #expect(throws: StreamError.damaged) { try stage.push(ByteBuffer(bytes: bytes), into: &output) }
        #expect(output.buffers.map { String(buffer: $0) }.joined().contains(#""content":"n""#))
    }

    @Test func aStreamThatBreaksOffIsNotEnded() throws {
        for test in Self.cases {
            let cut = Case(format: test.format, framing: test.framing, bytes: Array(test.bytes.dropLast(40)))
            let (text, observation) = try translated(cut)
            #expect(!observation.sawTerminal || test.format == .bedrockConverse, "\(test.format)")
            #expect(observation.endedInsideEvent || test.format == .cohereChat)
            #expect(!text.contains("message_stop") || test.format == .bedrockConverse, "\(test.format)")
        }
    }
}
