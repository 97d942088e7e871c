import NIOCore

/// Messages, and what they hold.
extension AnthropicRequestWriter {
    /// Neighbours of one role become one message: all results of an assistant's calls stand in one here.
    mutating func writeMessages(_ messages: [ChatMessage]) throws(TranslationError) {
        var place = 0
        while place < messages.count {
            let first = place
            var parts = messages[place].parts
            place += 1
            while place < messages.count, messages[place].role == messages[first].role {
                parts += messages[place].parts
                place += 1
            }
            for message in messages[first..<place] where message.name != nil {
                try losses.drop(message.path + ".name", "Anthropic's messages have no name")
            }
            writer.beginObject()
            writer.member("role", messages[first].role == .user ? "user" : "assistant")
            writer.key("content")
            try writeBlocks(parts, messages[first].partsPath)
            writer.endObject()
        }
    }

    mutating func writeBlocks(_ parts: [ChatPart], _ path: String) throws(TranslationError) {
        if parts.count == 1, parts[0].cacheControl == nil, case .text(let text) = parts[0].content {
            return writer.value(text)
        }
        writer.beginArray()
        for part in Self.resultsFirst(parts) {
            // An empty text is refused, and says nothing.
            if case .text(let text) = part.content, text.isEmpty { continue }
            try write(part, path)
        }
        writer.endArray()
    }

    /// Results of tools stand before anything else that the user says.
    static func resultsFirst(_ parts: [ChatPart]) -> [ChatPart] {
        func isResult(_ part: ChatPart) -> Bool { if case .toolResult = part.content { true } else { false } }
        guard parts.contains(where: isResult) else { return parts }
        return parts.filter(isResult) + parts.filter { !isResult($0) }
    }

    private mutating func write(_ part: ChatPart, _ path: String) throws(TranslationError) {
        if case .other(let type, _) = part.content {
            return try losses.drop("\(path).\(type.string)", "Anthropic has no block '\(type.string)'")
        }
        if case .thinking(_, let signature) = part.content, signature == nil {
            return try losses.drop("\(path).reasoning", "Anthropic takes back only thinking that it signed")
        }
        writer.beginObject()
        switch part.content {
        case .text(let text), .refusal(let text):
            writer.member("type", "text")
            writer.member("text", text)
        case .media(let media): try write(media, path)
        case .toolCall(let call):
            writer.member("type", "tool_use")
            writer.member("id", call.id)
            writer.member("name", call.name)
            writer.member("input", try call.checkedInput(path, losses.mode))
        case .toolResult(let result):
            writer.member("type", "tool_result")
            writer.member("tool_use_id", result.id)
            writer.key("content")
            try writeBlocks(result.parts, path)
            if result.isError { writer.member("is_error", true) }
        case .thinking(let text, let signature):
            writer.member("type", "thinking")
            writer.member("thinking", text)
            writer.memberIfPresent("signature", signature)
        case .sealedThinking(let data):
            writer.member("type", "redacted_thinking")
            writer.member("data", data)
        case .other: break
        }
        writer.memberIfPresent("cache_control", part.cacheControl)
        writer.endObject()
    }

    private mutating func write(_ media: ChatMedia, _ path: String) throws(TranslationError) {
        switch media.kind {
        case .image: writer.member("type", "image")
        case .document: writer.member("type", "document")
        case .audio: throw TranslationError(path, "Anthropic takes no sounds")
        }
        writer.key("source")
        writer.beginObject()
        switch media.source {
        case .base64(let type, let data):
            writer.member("type", "base64")
            writer.member("media_type", type)
            writer.member("data", data)
        case .url(let url):
            writer.member("type", "url")
            writer.member("url", url)
        case .text(let text):
            writer.member("type", "text")
            writer.member("media_type", "text/plain")
            writer.member("data", text)
        case .file(let id):
            throw TranslationError(path, "the file '\(id.string)' is another provider's; send its bytes")
        }
        writer.endObject()
        if media.kind == .document { writer.memberIfPresent("title", media.name) }
        if media.detail != nil { try losses.drop(path + ".image_url.detail", "Anthropic has no detail of images") }
    }
}
