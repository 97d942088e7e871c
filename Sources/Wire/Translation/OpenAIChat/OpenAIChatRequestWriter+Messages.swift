import NIOCore

/// Messages, and what they hold.
extension OpenAIChatRequestWriter {
    mutating func writeSystem(_ parts: [ChatPart]) throws(TranslationError) {
        writer.beginObject()
        writer.member("role", "system")
        writer.key("content")
        try writeContent(parts, "system")
        writer.endObject()
    }

    mutating func write(_ message: ChatMessage, _ path: String) throws(TranslationError) {
        switch message.role {
        case .user: try writeUser(message, path)
        case .assistant: try writeAssistant(message, path)
        }
    }

    /// Results of tools are messages of their own here, and stand before what the user says besides.
    private mutating func writeUser(_ message: ChatMessage, _ path: String) throws(TranslationError) {
        var rest: [ChatPart] = []
        for part in message.parts {
            guard case .toolResult(let result) = part.content else {
                rest.append(part)
                continue
            }
            try write(result, path, &rest)
        }
        guard !rest.isEmpty else { return }
        writer.beginObject()
        writer.member("role", "user")
        writer.memberIfPresent("name", message.name)
        writer.key("content")
        try writeContent(rest, path)
        writer.endObject()
    }

    /// A tool's message holds text only: images of a result follow as the user's.
    private mutating func write(
        _ result: ToolResult, _ path: String, _ rest: inout [ChatPart]
    ) throws(TranslationError) {
        var texts: [ChatPart] = []
        for part in result.parts {
            if case .text = part.content { texts.append(part) } else { rest.append(part) }
        }
        writer.beginObject()
        writer.member("role", "tool")
        writer.member("tool_call_id", result.id)
        writer.key("content")
        writer.value(result.marked(Self.joined(texts)))
        writer.endObject()
    }

    private mutating func writeAssistant(_ message: ChatMessage, _ path: String) throws(TranslationError) {
        var texts: [ChatPart] = []
        var calls: [ToolCall] = []
        var thinking: [ChatPart.Content] = []
        var refusal: RawText?
        for part in message.parts {
            switch part.content {
            case .text: texts.append(part)
            case .toolCall(let call): calls.append(call)
            case .thinking, .sealedThinking: thinking.append(part.content)
            case .refusal(let text): refusal = text
            case .other(let type, _): try drop(type, path)
            case .media, .toolResult:
                throw TranslationError(path, "an assistant's message holds neither media nor results of tools")
            }
        }
        writer.beginObject()
        writer.member("role", "assistant")
        writer.memberIfPresent("name", message.name)
        writer.key("content")
        if texts.isEmpty { writer.null() } else { writer.value(Self.joined(texts)) }
        writer.memberIfPresent("refusal", refusal)
        if !thinking.isEmpty { try writeThinking(thinking, path) }
        if !calls.isEmpty {
            writer.key("tool_calls")
            writer.beginArray()
            for call in calls { writer.toolCall(call, index: nil) }
            writer.endArray()
        }
        writer.endObject()
    }

    private mutating func writeThinking(
        _ thinking: [ChatPart.Content], _ path: String
    ) throws(TranslationError) {
        switch target.thoughts {
        case .details: return writer.reasoningDetails(thinking)
        case .content:
            writer.memberIfPresent("reasoning_content", OpenAIChatAnswers.readable(thinking))
            let isSealed = thinking.contains { if case .sealedThinking = $0 { true } else { false } }
            if isSealed { try losses.drop(path + ".reasoning", "the provider takes back no sealed thinking") }
        case .none: try losses.drop(path + ".reasoning", "the provider takes back no thinking")
        }
    }

    private mutating func writeContent(_ parts: [ChatPart], _ path: String) throws(TranslationError) {
        let isPlain = parts.allSatisfy { if case .text = $0.content { true } else { false } }
        if isPlain { return writer.value(Self.joined(parts)) }
        writer.beginArray()
        for part in parts { try write(part, path) }
        writer.endArray()
    }

    private mutating func write(_ part: ChatPart, _ path: String) throws(TranslationError) {
        switch part.content {
        case .text(let text):
            writer.beginObject()
            writer.member("type", "text")
            writer.member("text", text)
            writer.endObject()
        case .media(let media): try write(media, path)
        case .other(let type, _): try drop(type, path)
        case .toolCall, .toolResult, .thinking, .sealedThinking, .refusal:
            throw TranslationError(path, "a user's message holds texts and media only")
        }
    }

    private mutating func write(_ media: ChatMedia, _ path: String) throws(TranslationError) {
        writer.beginObject()
        defer { writer.endObject() }
        switch (media.kind, media.source) {
        case (.image, .url(let url)): writer.image(url, detail: media.detail)
        case (.image, .base64(let type, let data)):
            writer.image(Self.dataURL(type, data), detail: media.detail)
        case (.audio, .base64(let type, let data)):
            writer.inputAudio(type, data)
        case (.document, .base64(let type, let data)):
            writer.file("file_data", Self.dataURL(type, data), name: media.name ?? RawText("document.pdf"))
        case (.document, .text(let text)):
            try losses.dropName(of: media, path, "OpenAI's chat")
            writer.member("type", "text")
            writer.member("text", text)
        case (.document, .file(let id)):
            try losses.dropName(of: media, path, "OpenAI's chat")
            writer.file("file_id", id, name: nil)
        case (.document, .url):
            throw .needsBytes(path, "OpenAI takes documents as data or files only, not by URL")
        case (.audio, .url): throw .needsBytes(path, "OpenAI takes sounds as data only, not by URL")
        case (.image, .file), (.image, .text), (.audio, .file), (.audio, .text):
            throw TranslationError(path, "OpenAI takes images by URL or as data, and sounds as data")
        }
    }

    private mutating func drop(_ type: RawText, _ path: String) throws(TranslationError) {
        try losses.drop("\(path).\(type.string)", "OpenAI's chat has no part '\(type.string)'")
    }

    static func joined(_ parts: [ChatPart]) -> RawText {
        var result = RawText("")
        for (place, part) in parts.enumerated() {
            guard case .text(let text) = part.content else { continue }
            if place > 0 { result.append("\\n") }
            result.append(text)
        }
        return result
    }

    static func dataURL(_ type: RawText, _ data: RawText) -> RawText {
        var url = RawText("data:")
        url.append(type)
        url.append(";base64,")
        url.append(data)
        return url
    }
}
