import Core
import NIOCore

/// Whole answers of Anthropic's messages.
enum AnthropicAnswers {
    /// - Returns: nil for a body that is no such answer.
    static func read(_ body: ByteBuffer) throws(TranslationError) -> ChatAnswer? {
        let answer = try RawDocument.read(body) { document, view throws(TranslationError) -> ChatAnswer? in
            guard let blocks = document.objects(view, "content") else { return nil }
            var choice = ChatChoice()
            choice.finish = AnthropicStop.reason(view.string("stop_reason"))
            choice.stopSequence = document.text(view, "stop_sequence")
            choice.parts = blocks.compactMap { $0.flatMap { part($0, document) } }
            return ChatAnswer(id: document.text(view, "id"), model: document.text(view, "model"), choices: [choice])
        }
        return answer ?? nil
    }

    /// nil for what only Anthropic's own tools make.
    private static func part(_ block: JSONObjectView, _ document: RawDocument) -> ChatPart? {
        switch block.string("type") {
        case "text": return document.text(block, "text").map { ChatPart(.text($0)) }
        case "thinking":
            return document.text(block, "thinking").map {
                ChatPart(.thinking($0, signature: document.text(block, "signature")))
            }
        case "redacted_thinking": return document.text(block, "data").map { ChatPart(.sealedThinking($0)) }
        case "tool_use":
            guard let id = document.text(block, "id"), let name = document.text(block, "name") else { return nil }
            let input = document.json(block, "input") ?? RawJSON(kind: .object, ByteBuffer(string: "{}"))
            return ChatPart(.toolCall(ToolCall(id: id, name: name, arguments: .object(input))))
        default: return nil
        }
    }

    static func write(_ answer: ChatAnswer, usage: TokenUsage) -> ByteBuffer {
        let choice = answer.choices.first ?? ChatChoice()
        var writer = JSONWriter()
        writer.beginObject()
        writer.member("id", answer.id ?? RawText("msg_0"))
        writer.member("type", "message")
        writer.member("role", "assistant")
        writer.member("model", answer.model ?? RawText(""))
        writer.key("content")
        writer.beginArray()
        for part in choice.partsWithSignaturesApart { write(part, &writer) }
        writer.endArray()
        writer.member("stop_reason", AnthropicStop.word(choice.finish))
        writer.key("stop_sequence")
        if let text = choice.stopSequence { writer.value(text) } else { writer.null() }
        writer.key("usage")
        writer.anthropicUsage(usage)
        writer.endObject()
        return writer.buffer
    }

    private static func write(_ part: ChatPart, _ writer: inout JSONWriter) {
        writer.beginObject()
        switch part.content {
        case .text(let text), .refusal(let text):
            writer.member("type", "text")
            writer.member("text", text)
        case .thinking(let text, let signature):
            writer.member("type", "thinking")
            writer.member("thinking", text)
            writer.member("signature", signature ?? RawText(""))
        case .sealedThinking(let data):
            writer.member("type", "redacted_thinking")
            writer.member("data", data)
        case .toolCall(let call):
            writer.member("type", "tool_use")
            writer.member("id", call.id)
            writer.member("name", call.name)
            writer.member("input", call.input)
        case .media, .toolResult, .other: writer.member("type", "text")
        }
        writer.endObject()
    }
}

extension ToolCall {
    /// The arguments as an object. What a model made that is none is kept under a name of its own.
    var input: RawJSON {
        switch arguments {
        case .object(let object): return object
        case .text(let text):
            if text.isEmpty { return RawJSON(kind: .object, ByteBuffer(string: "{}")) }
            return text.object ?? wrapped(text)
        }
    }

    /// The same, but what is no object is refused in strict mode.
    func checkedInput(_ path: String, _ mode: TranslationLosses.Mode) throws(TranslationError) -> RawJSON {
        if case .text(let text) = arguments, !text.isEmpty, text.object == nil, mode == .strict {
            throw TranslationError(path + ".tool_calls", "the arguments of '\(name.string)' are no JSON object")
        }
        return input
    }

    private func wrapped(_ text: RawText) -> RawJSON {
        var writer = JSONWriter()
        writer.beginObject()
        writer.member("arguments", text)
        writer.endObject()
        return RawJSON(kind: .object, writer.buffer)
    }
}

/// `stop_reason`.
enum AnthropicStop {
    static func word(_ reason: FinishReason) -> String {
        switch reason {
        case .stop: "end_turn"
        case .stopSequence: "stop_sequence"
        case .length: "max_tokens"
        case .toolCalls: "tool_use"
        case .filtered: "refusal"
        case .pause: "pause_turn"
        }
    }

    static func reason(_ word: String?) -> FinishReason {
        switch word {
        case "stop_sequence": .stopSequence
        case "max_tokens", "model_context_window_exceeded": .length
        case "tool_use": .toolCalls
        case "refusal": .filtered
        case "pause_turn": .pause
        default: .stop
        }
    }
}

extension JSONWriter {
    /// `usage` of Anthropic's messages: what was cached is no part of `input_tokens`.
    mutating func anthropicUsage(_ usage: TokenUsage) {
        beginObject()
        member("input_tokens", usage.inputTotal - usage.cacheRead - usage.cacheWrite5m - usage.cacheWrite1h)
        member("cache_creation_input_tokens", usage.cacheWrite5m + usage.cacheWrite1h)
        member("cache_read_input_tokens", usage.cacheRead)
        member("output_tokens", usage.outputTotal)
        endObject()
    }
}
