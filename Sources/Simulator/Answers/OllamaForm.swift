import Core
import NIOCore

/// Ollama's own chat, whole or as lines of JSON. Calls have no ids here, as those of its older versions.
struct OllamaForm: AnswerForm {
    let generation: Generation

    private var choice: Generation.Choice { generation.choices[0] }

    func whole() -> SimulatorJSON {
        var message: SimulatorJSON = ["role": "assistant"]
        var content = ""
        var calls: [SimulatorJSON] = []
        for block in choice.blocks {
            switch block {
            case .text(let pieces): content += pieces.joined()
            case .reasoning(let pieces, _): message = message.adding(["thinking": .string(pieces.joined())])
            case .tool(_, let name, let arguments, _): calls.append(Self.call(name, arguments))
            }
        }
        message = message.adding(["content": .string(content)])
        return last(calls.isEmpty ? message : message.adding(["tool_calls": .array(calls)]))
    }

    func write(_ event: StreamEvent, into buffer: inout ByteBuffer) {
        switch event {
        case .start, .blockStart, .usage, .done: break
        case .piece(_, let block, let text):
            switch choice.blocks[block] {
            case .text: write(["role": "assistant", "content": .string(text)], into: &buffer)
            case .reasoning:
                write(["role": "assistant", "content": "", "thinking": .string(text)], into: &buffer)
            // A call comes whole.
            case .tool: break
            }
        case .blockStop(_, let block):
            guard case .tool(_, let name, let arguments, _) = choice.blocks[block] else { return }
            let calls: SimulatorJSON = [Self.call(name, arguments)]
            write(["role": "assistant", "content": "", "tool_calls": calls], into: &buffer)
        case .finish: Self.write(last(["role": "assistant", "content": ""]), into: &buffer)
        }
    }

    func write(_ error: ProviderError, requestID: String, into buffer: inout ByteBuffer) {
        Self.write(error.body(.ollama, requestID: requestID), into: &buffer)
    }

    var contentType: String { "application/x-ndjson" }

    // MARK: Lines

    private func write(_ message: SimulatorJSON, into buffer: inout ByteBuffer) {
        Self.write(envelope.adding(["message": message, "done": false]), into: &buffer)
    }

    private static func write(_ line: SimulatorJSON, into buffer: inout ByteBuffer) {
        line.write(into: &buffer)
        buffer.writeStaticString("\n")
    }

    private var envelope: SimulatorJSON {
        [
            "model": .string(generation.model),
            "created_at": .string(WallClock.rfc3339(unixSeconds: Int64(generation.created))),
        ]
    }

    /// Durations are in nanoseconds.
    private func last(_ message: SimulatorJSON) -> SimulatorJSON {
        envelope.adding([
            "message": message, "done": true, "done_reason": choice.finish == .length ? "length" : "stop",
            "total_duration": 2_000_000, "load_duration": 500_000,
            "prompt_eval_count": .integer(generation.usage.inputTotal), "prompt_eval_duration": 500_000,
            "eval_count": .integer(generation.usage.outputTotal), "eval_duration": 1_000_000,
        ])
    }

    private static func call(_ name: String, _ arguments: SimulatorJSON) -> SimulatorJSON {
        ["function": ["name": .string(name), "arguments": arguments]]
    }
}
