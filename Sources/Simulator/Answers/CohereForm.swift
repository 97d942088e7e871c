import Core
import NIOCore

/// Cohere's chat, version 2, whole or as the events that build it.
struct CohereForm: AnswerForm {
    let generation: Generation

    private var choice: Generation.Choice { generation.choices[0] }

    func whole() -> SimulatorJSON {
        var content: [SimulatorJSON] = []
        var calls: [SimulatorJSON] = []
        for block in choice.blocks {
            let text = block.pieces.joined()
            switch block {
            case .text: content.append(["type": "text", "text": .string(text)])
            case .reasoning: content.append(["type": "thinking", "thinking": .string(text)])
            case .tool(let id, let name, _, _): calls.append(Self.call(id, name, arguments: text))
            }
        }
        var message: SimulatorJSON = ["role": "assistant"]
        if !content.isEmpty { message = message.adding(["content": .array(content)]) }
        if !calls.isEmpty { message = message.adding(["tool_calls": .array(calls)]) }
        return [
            "id": .string(generation.id), "finish_reason": .string(Self.reason(choice.finish)), "message": message,
            "usage": usage,
        ]
    }

    func write(_ event: StreamEvent, into buffer: inout ByteBuffer) {
        switch event {
        case .start:
            let message: SimulatorJSON = [
                "role": "assistant", "content": [], "tool_plan": "", "tool_calls": [], "citations": [],
            ]
            write("message-start", ["id": .string(generation.id), "delta": ["message": message]], into: &buffer)
        case .blockStart(_, let block): begin(block, into: &buffer)
        case .piece(_, let block, let text):
            switch choice.blocks[block] {
            case .text: write("content-delta", of: block, ["content": ["text": .string(text)]], into: &buffer)
            case .reasoning: write("content-delta", of: block, ["content": ["thinking": .string(text)]], into: &buffer)
            case .tool:
                let function: SimulatorJSON = ["arguments": .string(text)]
                write("tool-call-delta", of: block, ["tool_calls": ["function": function]], into: &buffer)
            }
        case .blockStop(_, let block):
            write(choice.blocks[block].isTool ? "tool-call-end" : "content-end", of: block, nil, into: &buffer)
        case .finish: break
        case .usage:
            let delta: SimulatorJSON = ["finish_reason": .string(Self.reason(choice.finish)), "usage": usage]
            write("message-end", ["delta": delta], into: &buffer)
        case .done: break
        }
    }

    /// A stream has no event of its own for errors: its last one says that the model failed.
    func write(_ error: ProviderError, requestID: String, into buffer: inout ByteBuffer) {
        let delta: SimulatorJSON = ["finish_reason": "ERROR", "error": .string(error.message)]
        write("message-end", ["delta": delta], into: &buffer)
    }

    // MARK: Events

    private func begin(_ block: Int, into buffer: inout ByteBuffer) {
        switch choice.blocks[block] {
        case .text: write("content-start", of: block, ["content": ["type": "text", "text": ""]], into: &buffer)
        case .reasoning:
            write("content-start", of: block, ["content": ["type": "thinking", "thinking": ""]], into: &buffer)
        case .tool(let id, let name, _, _):
            write("tool-call-start", of: block, ["tool_calls": Self.call(id, name, arguments: "")], into: &buffer)
        }
    }

    /// - Parameter message: nil for events that only say where they are.
    private func write(_ type: String, of block: Int, _ message: SimulatorJSON?, into buffer: inout ByteBuffer) {
        let isTool = choice.blocks[block].isTool
        // Calls are counted by themselves.
        let index = choice.blocks[..<block].count { $0.isTool == isTool }
        var members: SimulatorJSON = ["index": .integer(index)]
        if let message { members = members.adding(["delta": ["message": message]]) }
        write(type, members, into: &buffer)
    }

    private func write(_ type: String, _ members: SimulatorJSON, into buffer: inout ByteBuffer) {
        let named: SimulatorJSON = ["type": .string(type)]
        ServerSentEvent.write(type, .object((named.members ?? []) + (members.members ?? [])), into: &buffer)
    }

    private static func call(_ id: String, _ name: String, arguments: String) -> SimulatorJSON {
        [
            "id": .string(name + "_" + id.prefix(12)), "type": "function",
            "function": ["name": .string(name), "arguments": .string(arguments)],
        ]
    }

    /// Cohere puts a text of its own around the prompt, which is not billed.
    private var usage: SimulatorJSON {
        let (input, output) = (generation.usage.inputTotal, generation.usage.outputTotal)
        return [
            "billed_units": ["input_tokens": .integer(input), "output_tokens": .integer(output)],
            "tokens": [
                "input_tokens": .integer(input + Self.preambleTokens), "output_tokens": .integer(output),
            ],
        ]
    }

    private static let preambleTokens = 66

    private static func reason(_ finish: Generation.Finish) -> String {
        switch finish {
        case .stop: "COMPLETE"
        case .length: "MAX_TOKENS"
        case .toolCalls: "TOOL_CALL"
        }
    }
}
