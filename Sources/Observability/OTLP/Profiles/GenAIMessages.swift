import Wire

extension JSONWriter {
    /// Messages as OpenTelemetry's GenAI conventions write them.
    mutating func genAIMessages(_ messages: [CallMessage], saysFinish: Bool) {
        beginArray()
        for message in messages {
            beginObject()
            member("role", message.role)
            memberIfPresent("name", message.name)
            key("parts")
            parts(message.parts)
            if saysFinish { member("finish_reason", FinishWords.word(for: message.finishReason)) }
            endObject()
        }
        endArray()
    }

    mutating func parts(_ parts: [CallPart]) {
        beginArray()
        for part in parts { genAIPart(part) }
        endArray()
    }

    private mutating func genAIPart(_ part: CallPart) {
        beginObject()
        switch part {
        case .text(let text):
            member("type", "text")
            member("content", text)
        case .reasoning(let text):
            member("type", "reasoning")
            member("content", text)
        case .toolCall(let id, let name, let arguments):
            member("type", "tool_call")
            member("id", id)
            member("name", name)
            jsonMember("arguments", arguments)
        case .toolResponse(let id, let text):
            member("type", "tool_call_response")
            member("id", id)
            member("response", text)
        case .uri(let modality, let uri):
            member("type", "uri")
            member("modality", modality)
            member("uri", uri)
        case .blob(let modality, let mimeType, let base64):
            member("type", "blob")
            member("modality", modality)
            member("mime_type", mimeType)
            member("content", base64)
        }
        endObject()
    }
}

/// Why an answer ended, in OpenTelemetry's words.
enum FinishWords {
    private static let words = [
        "end_turn": "stop", "stop_sequence": "stop", "max_tokens": "length", "tool_calls": "tool_call",
        "tool_use": "tool_call", "function_call": "tool_call", "refusal": "content_filter",
    ]

    /// An answer that does not say why it ended broke off.
    static func word(for reason: String?) -> String { reason.map { words[$0] ?? $0 } ?? "error" }
}
