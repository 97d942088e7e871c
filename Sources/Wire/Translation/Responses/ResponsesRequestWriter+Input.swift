import NIOCore

/// What was said before: items, and what they hold.
extension ResponsesRequestWriter {
    mutating func write(_ message: ChatMessage, _ path: String) throws(TranslationError) {
        if message.name != nil { try losses.drop(path + ".name", "messages of Responses have no name") }
        var texts: [ChatPart] = []
        for part in message.parts {
            switch part.content {
            case .toolCall, .toolResult, .thinking, .sealedThinking:
                try writeMessage(message.role, &texts, path)
                try writeItem(part.content, path)
            case .other(let type, _):
                try losses.drop("\(path).\(type.string)", "Responses have no part '\(type.string)'")
            case .text, .refusal, .media: texts.append(part)
            }
        }
        try writeMessage(message.role, &texts, path)
    }

    /// - Parameter parts: of one message; none are left.
    private mutating func writeMessage(
        _ role: ChatMessage.Role, _ parts: inout [ChatPart], _ path: String
    ) throws(TranslationError) {
        guard !parts.isEmpty else { return }
        writer.beginObject()
        writer.member("type", "message")
        writer.member("role", role == .user ? "user" : "assistant")
        writer.key("content")
        writer.beginArray()
        for part in parts { try writePart(part, role, path) }
        writer.endArray()
        writer.endObject()
        parts = []
    }

    private mutating func writePart(
        _ part: ChatPart, _ role: ChatMessage.Role, _ path: String
    ) throws(TranslationError) {
        writer.beginObject()
        defer { writer.endObject() }
        switch part.content {
        case .text(let text):
            writer.member("type", role == .user ? "input_text" : "output_text")
            writer.member("text", text)
        case .refusal(let text):
            writer.member("type", "refusal")
            writer.member("refusal", text)
        case .media(let media):
            guard role == .user else {
                throw TranslationError(path, "an assistant's message holds no media")
            }
            try write(media, path)
        default: break
        }
    }

    private mutating func write(_ media: ChatMedia, _ path: String) throws(TranslationError) {
        switch (media.kind, media.source) {
        case (.image, .url(let url)): writer.inputImage("image_url", url, detail: media.detail)
        case (.image, .base64(let type, let data)):
            writer.inputImage("image_url", OpenAIChatRequestWriter.dataURL(type, data), detail: media.detail)
        case (.image, .file(let id)): writer.inputImage("file_id", id, detail: media.detail)
        case (.document, .url(let url)):
            try losses.dropName(of: media, path, "a file that Responses take by URL")
            writer.inputFile("file_url", url, name: nil)
        case (.document, .base64(let type, let data)):
            writer.inputFile(
                "file_data", OpenAIChatRequestWriter.dataURL(type, data), name: media.name ?? RawText("document.pdf"))
        case (.document, .file(let id)):
            try losses.dropName(of: media, path, "a stored file of OpenAI's")
            writer.inputFile("file_id", id, name: nil)
        case (.document, .text(let text)):
            try losses.dropName(of: media, path, "a text of Responses")
            writer.member("type", "input_text")
            writer.member("text", text)
        case (.audio, .base64(let type, let data)):
            writer.inputAudio(type, data)
        case (.audio, .url): throw .needsBytes(path, "Responses take sounds as data only, not by URL")
        case (.image, .text), (.audio, .file), (.audio, .text):
            throw TranslationError(path, "Responses take images by URL, as data or files, and sounds as data")
        }
    }

    private mutating func writeItem(_ content: ChatPart.Content, _ path: String) throws(TranslationError) {
        switch content {
        case .toolCall(let call):
            writer.beginObject()
            writer.member("type", "function_call")
            writer.member("call_id", call.id)
            writer.member("name", call.name)
            switch call.arguments {
            case .text(let text): writer.member("arguments", text)
            case .object(let object): writer.member("arguments", String(buffer: object.buffer))
            }
            writer.endObject()
        case .toolResult(let result): try write(result, path)
        case .thinking(let text, let signature): try writeReasoning(text, signature, path)
        case .sealedThinking(let data): try writeReasoning(RawText(""), data, path)
        default: break
        }
    }

    private mutating func write(_ result: ToolResult, _ path: String) throws(TranslationError) {
        writer.beginObject()
        writer.member("type", "function_call_output")
        writer.member("call_id", result.id)
        writer.key("output")
        let isPlain = result.parts.allSatisfy { if case .text = $0.content { true } else { false } }
        if isPlain {
            var text = RawText(result.isError ? "Error: " : "")
            text.append(OpenAIChatRequestWriter.joined(result.parts))
            writer.value(text)
        } else {
            writer.beginArray()
            if result.isError { try writePart(ChatPart(.text(RawText("Error:"))), .user, path) }
            for part in result.parts {
                switch part.content {
                case .text, .media: try writePart(part, .user, path)
                default: throw TranslationError(path, "the result of a tool holds texts and media only")
                }
            }
            writer.endArray()
        }
        writer.endObject()
    }

    /// Only what OpenAI sealed goes back to it.
    private mutating func writeReasoning(
        _ text: RawText, _ sealed: RawText?, _ path: String
    ) throws(TranslationError) {
        guard let sealed = sealed.flatMap({ SealedReasoning.unmarked(SealedReasoning.openAI, $0) }) else {
            return try losses.drop(path + ".reasoning", "OpenAI takes back only reasoning that it sealed")
        }
        writer.beginObject()
        writer.member("type", "reasoning")
        writer.key("summary")
        writer.beginArray()
        if !text.isEmpty {
            writer.beginObject()
            writer.member("type", "summary_text")
            writer.member("text", text)
            writer.endObject()
        }
        writer.endArray()
        writer.member("encrypted_content", sealed)
        writer.endObject()
    }
}

extension JSONWriter {
    fileprivate mutating func inputImage(_ kind: String, _ value: RawText, detail: RawText?) {
        member("type", "input_image")
        member(kind, value)
        member("detail", detail ?? RawText("auto"))
    }

    fileprivate mutating func inputFile(_ kind: String, _ value: RawText, name: RawText?) {
        member("type", "input_file")
        memberIfPresent("filename", name)
        member(kind, value)
    }
}
