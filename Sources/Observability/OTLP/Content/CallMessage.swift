import Wire

/// A message of a conversation, whatever the dialect.
struct CallMessage {
    var role: String
    var name: String?
    var parts: [CallPart]
    var finishReason: String?

    init(role: String, name: String? = nil, parts: [CallPart]) {
        self.role = role
        self.name = name
        self.parts = parts
    }

    /// The texts together; nil where there is none.
    var text: String? {
        let texts = parts.compactMap { if case .text(let text) = $0 { text } else { nil } }
        return texts.isEmpty ? nil : texts.joined(separator: "\n")
    }

    /// The texts, or what a tool answered.
    var saidText: String? {
        if case .toolResponse(_, let text) = parts.first { return text }
        return text
    }

    /// A message of either dialect. What answers a tool's call is a message of its own, with the role `tool`.
    static func messages(of view: JSONObjectView, role: String) -> [CallMessage] {
        let content = view.member("content") ?? view.member("parts")
        var parts = content.map { CallPart.parts(of: $0, in: view) } ?? []
        if let reasoning = view.string("reasoning_content") ?? view.string("reasoning"), !reasoning.isEmpty {
            parts.insert(.reasoning(reasoning), at: 0)
        }
        if let refusal = view.string("refusal") { parts.append(.text(refusal)) }
        for call in view.objects("tool_calls") {
            let function = call.object("function")
            parts.append(
                .toolCall(
                    id: call.string("id") ?? "", name: function?.string("name") ?? "",
                    arguments: function?.string("arguments") ?? "{}"))
        }
        if role == "tool" || role == "function" {
            let text = CallMessage(role: role, parts: parts).text ?? ""
            return [CallMessage(role: "tool", parts: [.toolResponse(id: view.string("tool_call_id") ?? "", text)])]
        }
        let answers = parts.filter { if case .toolResponse = $0 { true } else { false } }
        let rest = parts.filter { if case .toolResponse = $0 { false } else { true } }
        var messages = answers.map { CallMessage(role: "tool", parts: [$0]) }
        if !rest.isEmpty || answers.isEmpty {
            // A developer's word is the system's by a newer name.
            let role = role == "developer" ? "system" : role
            messages.append(CallMessage(role: role, name: view.string("name"), parts: rest))
        }
        return messages
    }
}

/// A part of a message.
enum CallPart {
    case text(String)
    case reasoning(String)
    /// - arguments: JSON, unless the model wrote none.
    case toolCall(id: String, name: String, arguments: String)
    case toolResponse(id: String, String)
    case uri(modality: String, String)
    case blob(modality: String, mimeType: String, base64: String)

    /// The parts of a content: a text, a list of texts or a list of parts.
    static func parts(of member: JSONMember, in view: JSONObjectView) -> [CallPart] {
        switch member.kind {
        case .string: return [.text(JSONText.string(view.value(member)))]
        case .array:
            let list = view.value(member)
            return JSONScanner.elements(of: list).compactMap { range in
                let element = UnsafeRawBufferPointer(rebasing: list[range])
                if let part = JSONObjectView(element) { return CallPart(part) }
                return element.first == UInt8(ascii: "\"") ? .text(JSONText.string(element)) : nil
            }
        default: return []
        }
    }

    /// nil for a part of a kind that is not known.
    private init?(_ view: JSONObjectView) {
        switch view.string("type") {
        case "text", "input_text", "output_text": self = .text(view.string("text") ?? "")
        case "refusal": self = .text(view.string("refusal") ?? "")
        case "thinking": self = .reasoning(view.string("thinking") ?? "")
        case "tool_use":
            self = .toolCall(
                id: view.string("id") ?? "", name: view.string("name") ?? "",
                arguments: view.member("input").map(view.text) ?? "{}")
        case "tool_result":
            let parts = view.member("content").map { CallPart.parts(of: $0, in: view) } ?? []
            self = .toolResponse(
                id: view.string("tool_use_id") ?? "", CallMessage(role: "tool", parts: parts).text ?? "")
        case "image_url":
            self = .uri(modality: "image", view.object("image_url")?.string("url") ?? view.string("image_url") ?? "")
        case "image": self.init(source: view, modality: "image")
        case "document": self.init(source: view, modality: "document")
        case "input_image": self = .uri(modality: "image", view.string("image_url") ?? "")
        case "summary_text", "reasoning_text": self = .reasoning(view.string("text") ?? "")
        case "input_audio":
            let audio = view.object("input_audio")
            self = .blob(
                modality: "audio", mimeType: "audio/" + (audio?.string("format") ?? "wav"),
                base64: audio?.string("data") ?? "")
        case nil: self.init(gemini: view)
        default: return nil
        }
    }

    private init?(source view: JSONObjectView, modality: String) {
        guard let source = view.object("source") else { return nil }
        if let url = source.string("url") {
            self = .uri(modality: modality, url)
        } else if let data = source.string("data") {
            self = .blob(modality: modality, mimeType: source.string("media_type") ?? "", base64: data)
        } else {
            return nil
        }
    }
}
