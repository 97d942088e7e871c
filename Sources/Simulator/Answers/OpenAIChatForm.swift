import Core
import NIOCore

/// `chat.completion` and `chat.completion.chunk`.
struct OpenAIChatForm: AnswerForm {
    let generation: Generation
    let includesUsage: Bool

    func whole() -> SimulatorJSON {
        envelope("chat.completion").adding([
            "choices": .array(
                generation.choices.enumerated().map { index, choice in
                    [
                        "index": .integer(index), "message": message(choice), "logprobs": nil,
                        "finish_reason": .string(Self.reason(choice.finish)),
                    ]
                }),
            "usage": Self.usage(generation.usage),
        ])
    }

    func write(_ event: StreamEvent, into buffer: inout ByteBuffer) {
        switch event {
        case .start(let choice):
            let content: SimulatorJSON = generation.choices[choice].finish == .toolCalls ? nil : ""
            chunk(choice, ["role": "assistant", "content": content, "refusal": nil], into: &buffer)
        case .blockStart(let choice, let block):
            guard case .tool(let id, let name, _, _) = generation.choices[choice].blocks[block] else { return }
            let function: SimulatorJSON = ["name": .string(name), "arguments": ""]
            let call: SimulatorJSON = [
                "index": .integer(toolIndex(choice, block)), "id": .string("call_" + id), "type": "function",
                "function": function,
            ]
            chunk(choice, ["tool_calls": [call]], into: &buffer)
        case .piece(let choice, let block, let text): chunk(choice, delta(choice, block, text), into: &buffer)
        case .blockStop: break
        case .finish(let choice):
            chunk(choice, [:], finish: .string(Self.reason(generation.choices[choice].finish)), into: &buffer)
        case .usage:
            guard includesUsage else { return }
            let chunk = envelope("chat.completion.chunk").adding([
                "choices": [], "usage": Self.usage(generation.usage),
            ])
            ServerSentEvent.write(nil, chunk, into: &buffer)
        case .done: buffer.writeStaticString("data: [DONE]\n\n")
        }
    }

    func write(_ error: ProviderError, requestID: String, into buffer: inout ByteBuffer) {
        ServerSentEvent.write(nil, error.body(.openAI, requestID: requestID), into: &buffer)
    }

    private func envelope(_ object: String) -> SimulatorJSON {
        [
            "id": .string("chatcmpl-" + generation.id), "object": .string(object),
            "created": .integer(generation.created), "model": .string(generation.model), "service_tier": "default",
            "system_fingerprint": .string(generation.fingerprint),
        ]
    }

    private func message(_ choice: Generation.Choice) -> SimulatorJSON {
        var members: SimulatorJSON = ["role": "assistant"]
        var calls: [SimulatorJSON] = []
        var content: SimulatorJSON = nil
        for block in choice.blocks {
            switch block {
            case .text(let pieces): content = .string(pieces.joined())
            case .reasoning(let pieces, _):
                members = members.adding(["reasoning_content": .string(pieces.joined())])
            case .tool(let id, let name, _, let pieces):
                calls.append([
                    "id": .string("call_" + id), "type": "function",
                    "function": ["name": .string(name), "arguments": .string(pieces.joined())],
                ])
            }
        }
        members = members.adding(["content": content, "refusal": nil, "annotations": []])
        return calls.isEmpty ? members : members.adding(["tool_calls": .array(calls)])
    }

    private func delta(_ choice: Int, _ block: Int, _ text: String) -> SimulatorJSON {
        switch generation.choices[choice].blocks[block] {
        case .text: ["content": .string(text)]
        case .reasoning: ["reasoning_content": .string(text)]
        case .tool:
            ["tool_calls": [["index": .integer(toolIndex(choice, block)), "function": ["arguments": .string(text)]]]]
        }
    }

    private func toolIndex(_ choice: Int, _ block: Int) -> Int {
        generation.choices[choice].blocks[..<block].count { $0.isTool }
    }

    private func chunk(
        _ choice: Int, _ delta: SimulatorJSON, finish: SimulatorJSON = nil, into buffer: inout ByteBuffer
    ) {
        let choice: SimulatorJSON = [
            "index": .integer(choice), "delta": delta, "logprobs": nil, "finish_reason": finish,
        ]
        let chunk = envelope("chat.completion.chunk").adding(["choices": [choice]])
        ServerSentEvent.write(nil, includesUsage ? chunk.adding(["usage": nil]) : chunk, into: &buffer)
    }

    static func reason(_ finish: Generation.Finish) -> String {
        switch finish {
        case .stop: "stop"
        case .length: "length"
        case .toolCalls: "tool_calls"
        }
    }

    /// Cached, written and reasoning tokens are parts of the totals here.
    static func usage(_ usage: TokenUsage) -> SimulatorJSON {
        [
            "prompt_tokens": .integer(usage.inputTotal), "completion_tokens": .integer(usage.outputTotal),
            "total_tokens": .integer(usage.inputTotal + usage.outputTotal),
            "prompt_tokens_details": [
                "cached_tokens": .integer(usage.cacheRead),
                "cache_write_tokens": .integer(usage.cacheWrite5m + usage.cacheWrite1h), "audio_tokens": 0,
            ],
            "completion_tokens_details": [
                "reasoning_tokens": .integer(usage.reasoning), "audio_tokens": 0, "accepted_prediction_tokens": 0,
                "rejected_prediction_tokens": 0,
            ],
        ]
    }
}
