import NIOCore

/// What stands in messages of OpenAI's chat, in requests, answers and streams.
extension JSONWriter {
    mutating func image(_ url: RawText, detail: RawText?) {
        member("type", "image_url")
        key("image_url")
        beginObject()
        member("url", url)
        memberIfPresent("detail", detail)
        endObject()
    }

    /// The members of a sound, in base64; Responses have the same.
    mutating func inputAudio(_ type: RawText, _ data: RawText) {
        member("type", "input_audio")
        key("input_audio")
        beginObject()
        member("data", data)
        member("format", String(type.string.split(separator: "/").last ?? "wav"))
        endObject()
    }

    mutating func file(_ kind: String, _ value: RawText, name: RawText?) {
        member("type", "file")
        key("file")
        beginObject()
        memberIfPresent("filename", name)
        member(kind, value)
        endObject()
    }

    /// - Parameter index: in a stream's delta.
    mutating func toolCall(_ call: ToolCall, index: Int?) {
        beginObject()
        if let index { member("index", index) }
        member("id", call.id)
        member("type", "function")
        key("function")
        beginObject()
        member("name", call.name)
        switch call.arguments {
        case .text(let text): member("arguments", text)
        case .object(let object): member("arguments", String(buffer: object.buffer))
        }
        endObject()
        if let signature = call.signature {
            key("extra_content")
            beginObject()
            key("google")
            beginObject()
            member("thought_signature", signature)
            endObject()
            endObject()
        }
        endObject()
    }

    mutating func reasoningDetails(_ thinking: [ChatPart.Content]) {
        key("reasoning_details")
        beginArray()
        for (place, content) in thinking.enumerated() {
            beginObject()
            switch content {
            case .thinking(let text, let signature):
                member("type", "reasoning.text")
                member("text", text)
                memberIfPresent("signature", signature)
            case .sealedThinking(let data):
                member("type", "reasoning.encrypted")
                member("data", data)
            default: break
            }
            member("index", place)
            endObject()
        }
        endArray()
    }
}
