import Core
import NIOCore

/// OpenAI's `response` and the events that build one.
struct ResponsesForm: AnswerForm {
    let generation: Generation
    /// What was asked: parts of it stand in the answer again.
    let body: SimulatorJSON
    private let sequence = SequenceNumber()

    /// What this provider's sealed reasoning begins with.
    static let sealPrefix = "gAAAA"

    init(generation: Generation, body: SimulatorJSON) {
        self.generation = generation
        self.body = body
    }

    private var choice: Generation.Choice { generation.choices[0] }
    private var isCut: Bool { choice.finish == .length }

    func whole() -> SimulatorJSON { response(isCut ? "incomplete" : "completed") }

    func write(_ event: StreamEvent, into buffer: inout ByteBuffer) {
        switch event {
        case .start:
            write("created", ["response": response("in_progress")], into: &buffer)
            write("in_progress", ["response": response("in_progress")], into: &buffer)
        case .blockStart(_, let block): begin(block, into: &buffer)
        case .piece(_, let block, let text):
            writeText(kind(block).delta, [:], ["delta": .string(text)], of: block, into: &buffer)
        case .blockStop(_, let block): end(block, into: &buffer)
        case .finish, .usage: break
        case .done: write(isCut ? "incomplete" : "completed", ["response": whole()], into: &buffer)
        }
    }

    func write(_ error: ProviderError, requestID: String, into buffer: inout ByteBuffer) {
        let failed = response("failed", error: ["code": "server_error", "message": .string(error.message)])
        write("failed", ["response": failed], into: &buffer)
    }

    // MARK: Events

    /// What the events of a block are called, and the members that say where in its item they are.
    private struct Kind {
        let delta: String
        let done: String
        let whole: String
        let part: String?
        let place: KeyValuePairs<String, SimulatorJSON>
        /// Members of the events that have some or all of the block's text.
        var besideText: KeyValuePairs<String, SimulatorJSON> = [:]
        /// Of those that have all of it.
        var besideWhole: KeyValuePairs<String, SimulatorJSON> = [:]
    }

    private func kind(_ block: Int) -> Kind {
        switch choice.blocks[block] {
        case .text:
            Kind(
                delta: "output_text.delta", done: "output_text.done", whole: "text", part: "content_part",
                place: ["content_index": 0], besideText: ["logprobs": []])
        case .reasoning:
            Kind(
                delta: "reasoning_summary_text.delta", done: "reasoning_summary_text.done", whole: "text",
                part: "reasoning_summary_part", place: ["summary_index": 0])
        case .tool(_, let name, _, _):
            Kind(
                delta: "function_call_arguments.delta", done: "function_call_arguments.done", whole: "arguments",
                part: nil, place: [:], besideWhole: ["name": .string(name)])
        }
    }

    private func begin(_ block: Int, into buffer: inout ByteBuffer) {
        let item = item(block, isWhole: false)
        write("output_item.added", ["output_index": .integer(block), "item": item], into: &buffer)
        guard let part = kind(block).part else { return }
        write(part + ".added", ["part": self.part(block, isWhole: false)], of: block, into: &buffer)
    }

    private func end(_ block: Int, into buffer: inout ByteBuffer) {
        let kind = kind(block)
        let text = choice.blocks[block].pieces.joined()
        writeText(kind.done, kind.besideWhole, [kind.whole: .string(text)], of: block, into: &buffer)
        if let part = kind.part {
            write(part + ".done", ["part": self.part(block, isWhole: true)], of: block, into: &buffer)
        }
        let item = item(block, isWhole: true)
        write("output_item.done", ["output_index": .integer(block), "item": item], into: &buffer)
    }

    private func write(
        _ type: String, _ members: KeyValuePairs<String, SimulatorJSON>, of block: Int, into buffer: inout ByteBuffer
    ) {
        write(type, place(of: block).adding(members).members ?? [], into: &buffer)
    }

    private func writeText(
        _ type: String, _ beside: KeyValuePairs<String, SimulatorJSON>,
        _ text: KeyValuePairs<String, SimulatorJSON>, of block: Int, into buffer: inout ByteBuffer
    ) {
        let event = place(of: block).adding(kind(block).besideText).adding(beside).adding(text)
        write(type, event.members ?? [], into: &buffer)
    }

    private func place(of block: Int) -> SimulatorJSON {
        let item: SimulatorJSON = ["item_id": .string(id(block)), "output_index": .integer(block)]
        return item.adding(kind(block).place)
    }

    private func write(
        _ type: String, _ members: KeyValuePairs<String, SimulatorJSON>, into buffer: inout ByteBuffer
    ) {
        write(type, members.map { SimulatorJSON.Member(name: $0.key, value: $0.value) }, into: &buffer)
    }

    private func write(_ type: String, _ members: [SimulatorJSON.Member], into buffer: inout ByteBuffer) {
        let head = [
            SimulatorJSON.Member(name: "type", value: .string("response." + type)),
            SimulatorJSON.Member(name: "sequence_number", value: .integer(sequence.next())),
        ]
        ServerSentEvent.write("response." + type, .object(head + members), into: &buffer)
    }

    // MARK: Objects

    private func id(_ block: Int) -> String {
        let prefix =
            switch choice.blocks[block] {
            case .text: "msg_"
            case .reasoning: "rs_"
            case .tool: "fc_"
            }
        return prefix + generation.id + String(block)
    }

    private func part(_ block: Int, isWhole: Bool) -> SimulatorJSON {
        let text = SimulatorJSON.string(isWhole ? choice.blocks[block].pieces.joined() : "")
        if case .reasoning = choice.blocks[block] { return ["type": "summary_text", "text": text] }
        return ["type": "output_text", "annotations": [], "logprobs": [], "text": text]
    }

    private func item(_ block: Int, isWhole: Bool) -> SimulatorJSON {
        let isLast = block == choice.blocks.count - 1
        let status: SimulatorJSON = .string(!isWhole ? "in_progress" : isCut && isLast ? "incomplete" : "completed")
        let id = SimulatorJSON.string(id(block))
        switch choice.blocks[block] {
        case .text:
            let content: SimulatorJSON = isWhole ? [part(block, isWhole: true)] : []
            return ["id": id, "type": "message", "status": status, "role": "assistant", "content": content]
        case .reasoning(_, let signature):
            let summary: SimulatorJSON = isWhole ? [part(block, isWhole: true)] : []
            let sealed: SimulatorJSON =
                isWhole && includesSeal ? .string(Self.sealPrefix + signature) : nil
            return ["id": id, "type": "reasoning", "summary": summary, "encrypted_content": sealed]
        case .tool(let call, let name, _, let pieces):
            return [
                "id": id, "type": "function_call", "status": status, "call_id": .string("call_" + call),
                "name": .string(name), "arguments": .string(isWhole ? pieces.joined() : ""),
            ]
        }
    }

    private var includesSeal: Bool {
        (body["include"]?.array ?? []).contains { $0.string == "reasoning.encrypted_content" }
    }

    private func response(_ status: String, error: SimulatorJSON = nil) -> SimulatorJSON {
        let isOver = status == "completed" || status == "incomplete"
        let items = isOver ? choice.blocks.indices.map { item($0, isWhole: true) } : []
        return [
            "id": .string("resp_" + generation.id), "object": "response", "created_at": .integer(generation.created),
            "status": .string(status), "background": false, "error": error,
            "incomplete_details": status == "incomplete" ? ["reason": "max_output_tokens"] : nil,
            "instructions": body["instructions"] ?? nil, "max_output_tokens": body["max_output_tokens"] ?? nil,
            "model": .string(generation.model), "output": .array(items),
            "parallel_tool_calls": body["parallel_tool_calls"] ?? true, "previous_response_id": nil,
            "reasoning": body["reasoning"] ?? ["effort": nil, "summary": nil], "service_tier": "default",
            "store": body["store"] ?? true, "temperature": body["temperature"] ?? .number(1),
            "text": body["text"] ?? ["format": ["type": "text"]], "tool_choice": body["tool_choice"] ?? "auto",
            "tools": body["tools"] ?? [], "top_p": body["top_p"] ?? .number(1), "truncation": "disabled",
            "usage": isOver ? Self.usage(generation.usage) : nil, "user": nil, "metadata": body["metadata"] ?? [:],
        ]
    }

    /// Cached, written and reasoning tokens are parts of the totals here.
    private static func usage(_ usage: TokenUsage) -> SimulatorJSON {
        [
            "input_tokens": .integer(usage.inputTotal),
            "input_tokens_details": [
                "cached_tokens": .integer(usage.cacheRead),
                "cache_write_tokens": .integer(usage.cacheWrite5m + usage.cacheWrite1h),
            ],
            "output_tokens": .integer(usage.outputTotal),
            "output_tokens_details": ["reasoning_tokens": .integer(usage.reasoning)],
            "total_tokens": .integer(usage.inputTotal + usage.outputTotal),
        ]
    }
}

/// Counts the events of one stream, which are written in order and once.
private final class SequenceNumber {
    private var number = -1

    func next() -> Int {
        number += 1
        return number
    }
}
