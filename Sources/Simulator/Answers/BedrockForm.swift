import Core
import NIOCore
import Wire

/// Bedrock's answer of Converse, whole or as messages of an AWS event stream.
struct BedrockForm: AnswerForm {
    let generation: Generation

    private var choice: Generation.Choice { generation.choices[0] }

    func whole() -> SimulatorJSON {
        [
            "output": ["message": ["role": "assistant", "content": .array(choice.blocks.map(Self.content))]],
            "stopReason": .string(Self.reason(choice.finish)), "usage": usage, "metrics": ["latencyMs": 1],
        ]
    }

    func write(_ event: StreamEvent, into buffer: inout ByteBuffer) {
        switch event {
        case .start: write("messageStart", ["role": "assistant"], into: &buffer)
        case .blockStart(_, let block):
            // Only calls announce themselves.
            guard case .tool(let id, let name, _, _) = choice.blocks[block] else { return }
            let call: SimulatorJSON = ["toolUseId": .string(Self.id(id)), "name": .string(name)]
            write("contentBlockStart", ["start": ["toolUse": call]], of: block, into: &buffer)
        case .piece(_, let block, let text):
            let delta: SimulatorJSON =
                switch choice.blocks[block] {
                case .text: ["text": .string(text)]
                case .reasoning: ["reasoningContent": ["text": .string(text)]]
                case .tool: ["toolUse": ["input": .string(text)]]
                }
            write("contentBlockDelta", ["delta": delta], of: block, into: &buffer)
        case .blockStop(_, let block):
            if case .reasoning(_, let signature) = choice.blocks[block] {
                let delta: SimulatorJSON = ["reasoningContent": ["signature": .string(signature)]]
                write("contentBlockDelta", ["delta": delta], of: block, into: &buffer)
            }
            write("contentBlockStop", [:], of: block, into: &buffer)
        case .finish: write("messageStop", ["stopReason": .string(Self.reason(choice.finish))], into: &buffer)
        case .usage: write("metadata", ["usage": usage, "metrics": ["latencyMs": 1]], into: &buffer)
        case .done: break
        }
    }

    func write(_ error: ProviderError, requestID: String, into buffer: inout ByteBuffer) {
        // Inside a stream the name begins with a small letter.
        let name = error.bedrockType.prefix(1).lowercased() + error.bedrockType.dropFirst()
        let headers = [
            (":exception-type", name), (":content-type", "application/json"), (":message-type", "exception"),
        ]
        write(headers, error.body(.bedrock, requestID: requestID), into: &buffer)
    }

    var contentType: String { "application/vnd.amazon.eventstream" }

    // MARK: Messages

    private func write(
        _ name: String, _ payload: SimulatorJSON, of block: Int? = nil, into buffer: inout ByteBuffer
    ) {
        let headers = [(":event-type", name), (":content-type", "application/json"), (":message-type", "event")]
        let place = block.map { payload.adding(["contentBlockIndex": .integer($0)]) }
        write(headers, place ?? payload, into: &buffer)
    }

    private func write(
        _ headers: [(name: String, value: String)], _ payload: SimulatorJSON, into buffer: inout ByteBuffer
    ) {
        buffer.writeBytes(EventStreamEncoder.message(headers, payload: Array(payload.written().readableBytesView)))
    }

    /// The input does not contain what the cache read or wrote; thinking is part of the output.
    private var usage: SimulatorJSON {
        let usage = generation.usage
        return [
            "inputTokens": .integer(usage.inputUncached), "outputTokens": .integer(usage.outputTotal),
            "totalTokens": .integer(usage.inputTotal + usage.outputTotal),
            "cacheReadInputTokens": .integer(usage.cacheRead),
            "cacheWriteInputTokens": .integer(usage.cacheWrite5m + usage.cacheWrite1h),
            "cacheDetails": [
                ["ttl": "5m", "inputTokens": .integer(usage.cacheWrite5m)],
                ["ttl": "1h", "inputTokens": .integer(usage.cacheWrite1h)],
            ],
        ]
    }

    private static func content(_ block: Generation.Block) -> SimulatorJSON {
        switch block {
        case .text(let pieces): return ["text": .string(pieces.joined())]
        case .reasoning(let pieces, let signature):
            let text: SimulatorJSON = ["text": .string(pieces.joined()), "signature": .string(signature)]
            return ["reasoningContent": ["reasoningText": text]]
        case .tool(let id, let name, let arguments, _):
            return ["toolUse": ["toolUseId": .string(self.id(id)), "name": .string(name), "input": arguments]]
        }
    }

    private static func id(_ id: String) -> String { "tooluse_" + id.prefix(22) }

    private static func reason(_ finish: Generation.Finish) -> String {
        switch finish {
        case .stop: "end_turn"
        case .length: "max_tokens"
        case .toolCalls: "tool_use"
        }
    }
}
