import Wire

/// What of Gemini's bodies is named in another way than OpenAI's and Anthropic's.
extension CallPart {
    /// nil for a part of a kind that is not known.
    init?(gemini part: JSONObjectView) {
        if let call = part.object("functionCall") {
            self = .toolCall(
                id: call.string("id") ?? "", name: call.string("name") ?? "",
                arguments: call.member("args").map(call.text) ?? "{}")
        } else if let response = part.object("functionResponse") {
            self = .toolResponse(
                id: response.string("id") ?? response.string("name") ?? "",
                response.member("response").map(response.text) ?? "{}")
        } else if let blob = part.object("inlineData") ?? part.object("inline_data") {
            let type = blob.string("mimeType") ?? blob.string("mime_type") ?? ""
            self = .blob(
                modality: String(type.prefix { $0 != "/" }), mimeType: type, base64: blob.string("data") ?? "")
        } else if let file = part.object("fileData") ?? part.object("file_data") {
            self = .uri(modality: "document", file.string("fileUri") ?? file.string("file_uri") ?? "")
        } else if let text = part.string("text") {
            self = part.member("thought")?.kind == .yes ? .reasoning(text) : .text(text)
        } else {
            return nil
        }
    }
}

extension CallContent {
    /// Gemini's names of settings, and the ones that conventions know.
    private static let settings = [
        "maxOutputTokens": "max_tokens", "temperature": "temperature", "topP": "top_p", "topK": "top_k",
        "stopSequences": "stop_sequences", "seed": "seed", "candidateCount": "n",
        "presencePenalty": "presence_penalty", "frequencyPenalty": "frequency_penalty",
    ]

    mutating func takeGeminiRequest(_ body: JSONObjectView) {
        if let config = body.object("generationConfig") {
            for member in config.members where member.kind != .null {
                guard let name = Self.settings[config.key(member)] else { continue }
                parameters.append((name, config.text(member)))
            }
        }
        if let system = body.object("systemInstruction") ?? body.object("system_instruction") {
            input += CallMessage.messages(of: system, role: "system")
        }
        for content in body.objects("contents") {
            input += CallMessage.messages(of: content, role: content.string("role") == "model" ? "assistant" : "user")
        }
    }

    mutating func takeGeminiAnswer(_ body: JSONObjectView) {
        for candidate in body.objects("candidates") {
            guard let content = candidate.object("content") else { continue }
            var message =
                CallMessage.messages(of: content, role: "assistant").first ?? CallMessage(role: "assistant", parts: [])
            message.finishReason = candidate.string("finishReason")
            output.append(message)
        }
    }
}
