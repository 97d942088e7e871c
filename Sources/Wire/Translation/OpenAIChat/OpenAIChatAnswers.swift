import Core
import NIOCore

/// Whole answers of OpenAI's chat.
enum OpenAIChatAnswers {
    /// - Returns: nil for a body that is no such answer.
    static func read(_ body: ByteBuffer) throws(TranslationError) -> ChatAnswer? {
        let answer = try RawDocument.read(body) { document, view throws(TranslationError) -> ChatAnswer? in
            guard let choices = document.objects(view, "choices") else { return nil }
            var answer = ChatAnswer()
            answer.id = document.text(view, "id")
            answer.model = document.text(view, "model")
            answer.choices = choices.compactMap { $0.flatMap { choice($0, document) } }
            return answer
        }
        return answer ?? nil
    }

    private static func choice(_ view: JSONObjectView, _ document: RawDocument) -> ChatChoice? {
        guard let message = view.object("message") else { return nil }
        var choice = ChatChoice()
        choice.finish = OpenAIFinish.reason(view.string("finish_reason"))
        if let thinking = document.text(message, "reasoning_content") ?? document.text(message, "reasoning"),
            !thinking.isEmpty
        {
            choice.parts.append(ChatPart(.thinking(thinking, signature: nil)))
        }
        if let text = document.text(message, "content"), !text.isEmpty { choice.parts.append(ChatPart(.text(text))) }
        if let refusal = document.text(message, "refusal"), !refusal.isEmpty {
            choice.parts.append(ChatPart(.refusal(refusal)))
            choice.finish = .filtered
        }
        choice.parts += document.functionCalls(message)
        choice.logprobs = TokenLogprob.read(view.object("logprobs"), "content")
        return choice
    }

    /// - Parameter created: seconds since 1970.
    static func write(_ answer: ChatAnswer, usage: TokenUsage, created: Int) -> ByteBuffer {
        var writer = JSONWriter()
        writer.beginObject()
        writer.member("id", answer.id ?? RawText("chatcmpl-0"))
        writer.member("object", "chat.completion")
        writer.member("created", created)
        writer.member("model", answer.model ?? RawText(""))
        writer.key("choices")
        writer.beginArray()
        for (place, choice) in answer.choices.enumerated() { write(choice, place, &writer) }
        writer.endArray()
        writer.key("usage")
        writer.openAIUsage(usage)
        writer.endObject()
        return writer.buffer
    }

    private static func write(_ choice: ChatChoice, _ place: Int, _ writer: inout JSONWriter) {
        var texts: [ChatPart] = []
        var thinking: [ChatPart.Content] = []
        var calls: [ToolCall] = []
        var refusal: RawText?
        for part in choice.parts {
            switch part.content {
            case .text: texts.append(part)
            case .thinking, .sealedThinking: thinking.append(part.content)
            case .toolCall(let call): calls.append(call)
            case .refusal(let text): refusal = text
            case .media, .toolResult, .other: break
            }
        }
        writer.beginObject()
        writer.member("index", place)
        writer.key("message")
        writer.beginObject()
        writer.member("role", "assistant")
        writer.key("content")
        if texts.isEmpty { writer.null() } else { writer.value(concatenated(texts)) }
        writer.key("refusal")
        if let refusal { writer.value(refusal) } else { writer.null() }
        if !thinking.isEmpty {
            writer.memberIfPresent("reasoning_content", readable(thinking))
            writer.reasoningDetails(thinking)
        }
        if !calls.isEmpty {
            writer.key("tool_calls")
            writer.beginArray()
            for call in calls { writer.toolCall(call, index: nil) }
            writer.endArray()
        }
        writer.endObject()
        writer.key("logprobs")
        if choice.logprobs.isEmpty {
            writer.null()
        } else {
            writer.beginObject()
            writer.key("content")
            writer.logprobs(choice.logprobs)
            writer.key("refusal")
            writer.null()
            writer.endObject()
        }
        writer.member("finish_reason", OpenAIFinish.word(choice.finish))
        writer.endObject()
    }

    /// Blocks of one answer follow each other without a break: a stream of them reads the same.
    private static func concatenated(_ parts: [ChatPart]) -> RawText {
        parts.reduce(into: RawText("")) { text, part in
            if case .text(let more) = part.content { text.append(more) }
        }
    }

    static func readable(_ thinking: [ChatPart.Content]) -> RawText? {
        let text = thinking.reduce(into: RawText("")) { text, content in
            if case .thinking(let more, _) = content { text.append(more) }
        }
        return text.isEmpty ? nil : text
    }
}

/// `finish_reason`.
enum OpenAIFinish {
    static func word(_ reason: FinishReason) -> String {
        switch reason {
        case .stop, .stopSequence, .pause: "stop"
        case .length: "length"
        case .toolCalls: "tool_calls"
        case .filtered: "content_filter"
        }
    }

    static func reason(_ word: String?) -> FinishReason {
        switch word {
        case "length", "model_length": .length
        case "tool_calls", "function_call": .toolCalls
        case "content_filter": .filtered
        default: .stop
        }
    }
}

extension JSONWriter {
    /// `usage` of OpenAI's chat: what was cached is part of the prompt, what was thought part of the completion.
    mutating func openAIUsage(_ usage: TokenUsage) {
        beginObject()
        member("prompt_tokens", usage.inputTotal)
        member("completion_tokens", usage.outputTotal)
        member("total_tokens", usage.inputTotal + usage.outputTotal)
        key("prompt_tokens_details")
        beginObject()
        member("cached_tokens", usage.cacheRead)
        let written = usage.cacheWrite5m + usage.cacheWrite1h
        if written > 0 { member("cache_write_tokens", written) }
        endObject()
        key("completion_tokens_details")
        beginObject()
        member("reasoning_tokens", usage.reasoning)
        endObject()
        endObject()
    }
}

extension RawDocument {
    /// Gemini's signature of a call, where Google's own OpenAI-compatible API has it.
    func callSignature(_ call: JSONObjectView) -> RawText? {
        call.object("extra_content")?.object("google").flatMap { text($0, "thought_signature") }
    }

    /// A message's `tool_calls`.
    func functionCalls(_ message: JSONObjectView) -> [ChatPart] {
        var calls: [ChatPart] = []
        for call in objects(message, "tool_calls") ?? [] {
            guard let call, let function = call.object("function"), let name = text(function, "name") else { continue }
            let id = text(call, "id") ?? RawText("call_\(calls.count)")
            let arguments = text(function, "arguments") ?? RawText("{}")
            let read = ToolCall(id: id, name: name, arguments: .text(arguments), signature: callSignature(call))
            calls.append(ChatPart(.toolCall(read)))
        }
        return calls
    }
}
