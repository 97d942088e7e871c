import Core
import NIOCore

/// Anthropic's `message` and the events that build one.
struct AnthropicForm: AnswerForm {
    let generation: Generation

    private var choice: Generation.Choice { generation.choices[0] }

    func whole() -> SimulatorJSON {
        message(
            content: .array(choice.blocks.map { Self.content($0, isWhole: true) }),
            stopReason: .string(Self.reason(choice.finish)),
            outputTokens: generation.usage.outputTotal
        )
    }

    func write(_ event: StreamEvent, into buffer: inout ByteBuffer) {
        switch event {
        case .start:
            let message = message(content: [], stopReason: nil, outputTokens: 1)
            write("message_start", ["message": message], into: &buffer)
            write("ping", [:], into: &buffer)
        case .blockStart(_, let block):
            let content = Self.content(choice.blocks[block], isWhole: false)
            write("content_block_start", ["index": .integer(block), "content_block": content], into: &buffer)
        case .piece(_, let block, let text):
            delta(block, Self.delta(choice.blocks[block], text), into: &buffer)
        case .blockStop(_, let block):
            if case .reasoning(_, let signature) = choice.blocks[block] {
                delta(block, ["type": "signature_delta", "signature": .string(signature)], into: &buffer)
            }
            write("content_block_stop", ["index": .integer(block)], into: &buffer)
        case .finish:
            let delta: SimulatorJSON = ["stop_reason": .string(Self.reason(choice.finish)), "stop_sequence": nil]
            write("message_delta", ["delta": delta, "usage": usage(generation.usage.outputTotal)], into: &buffer)
        case .usage: break
        case .done: write("message_stop", [:], into: &buffer)
        }
    }

    func write(_ error: ProviderError, requestID: String, into buffer: inout ByteBuffer) {
        ServerSentEvent.write("error", error.body(.anthropic, requestID: requestID), into: &buffer)
    }

    private func write(
        _ type: String, _ members: KeyValuePairs<String, SimulatorJSON>, into buffer: inout ByteBuffer
    ) {
        let event: SimulatorJSON = ["type": .string(type)]
        ServerSentEvent.write(type, event.adding(members), into: &buffer)
    }

    private func delta(_ block: Int, _ delta: SimulatorJSON, into buffer: inout ByteBuffer) {
        write("content_block_delta", ["index": .integer(block), "delta": delta], into: &buffer)
    }

    private func message(content: SimulatorJSON, stopReason: SimulatorJSON, outputTokens: Int) -> SimulatorJSON {
        [
            "id": .string("msg_01" + generation.id.prefix(22)), "type": "message", "role": "assistant",
            "model": .string(generation.model), "content": content, "stop_reason": stopReason, "stop_sequence": nil,
            "usage": usage(outputTokens),
        ]
    }

    /// The input does not contain what the cache read or wrote; thinking is part of the output.
    private func usage(_ outputTokens: Int) -> SimulatorJSON {
        let usage = generation.usage
        return [
            "input_tokens": .integer(usage.inputUncached),
            "cache_creation_input_tokens": .integer(usage.cacheWrite5m + usage.cacheWrite1h),
            "cache_read_input_tokens": .integer(usage.cacheRead),
            "cache_creation": [
                "ephemeral_5m_input_tokens": .integer(usage.cacheWrite5m),
                "ephemeral_1h_input_tokens": .integer(usage.cacheWrite1h),
            ],
            "output_tokens": .integer(outputTokens), "service_tier": "standard",
        ]
    }

    private static func content(_ block: Generation.Block, isWhole: Bool) -> SimulatorJSON {
        let text = isWhole ? block.pieces.joined() : ""
        switch block {
        case .text: return ["type": "text", "text": .string(text)]
        case .reasoning(_, let signature):
            return ["type": "thinking", "thinking": .string(text), "signature": .string(isWhole ? signature : "")]
        case .tool(let id, let name, let arguments, _):
            return [
                "type": "tool_use", "id": .string("toolu_01" + id.prefix(22)), "name": .string(name),
                "input": isWhole ? arguments : [:],
            ]
        }
    }

    private static func delta(_ block: Generation.Block, _ text: String) -> SimulatorJSON {
        switch block {
        case .text: ["type": "text_delta", "text": .string(text)]
        case .reasoning: ["type": "thinking_delta", "thinking": .string(text)]
        case .tool: ["type": "input_json_delta", "partial_json": .string(text)]
        }
    }

    private static func reason(_ finish: Generation.Finish) -> String {
        switch finish {
        case .stop: "end_turn"
        case .length: "max_tokens"
        case .toolCalls: "tool_use"
        }
    }
}
