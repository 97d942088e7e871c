import NIOCore

/// Messages, and what they hold.
extension OpenAIChatRequestReader {
    mutating func readMessages(_ view: JSONObjectView) throws(TranslationError) {
        guard let messages = document.objects(view, "messages") else {
            throw TranslationError("messages", "expected a list of messages")
        }
        for (place, message) in messages.enumerated() {
            let path = "messages[\(place)]"
            guard let message else { throw TranslationError(path, "expected an object") }
            try read(message, path)
        }
    }

    private mutating func read(_ message: JSONObjectView, _ path: String) throws(TranslationError) {
        let name = document.text(message, "name")
        request.leaveOutOthers(
            of: message,
            than: [
                "role", "content", "name", "tool_calls", "tool_call_id", "refusal", "reasoning_details",
                "reasoning_content", "reasoning",
            ], path)
        switch message.string("role") {
        case "system", "developer":
            if name != nil { request.leaveOut(path + ".name", "instructions have no name in other formats") }
            // What instructs behind the first question instructs as much: other dialects have one place for it.
            request.system += try parts(message, path)
        case "user":
            request.messages.append(ChatMessage(.user, try parts(message, path), name: name, path: path))
        case "assistant":
            request.messages.append(ChatMessage(.assistant, try assistantParts(message, path), name: name, path: path))
        case "tool":
            guard let id = document.text(message, "tool_call_id") else {
                throw TranslationError(path + ".tool_call_id", "expected the id of a tool call")
            }
            let result = ToolResult(id: id, parts: try parts(message, path))
            request.messages.append(ChatMessage(.user, [ChatPart(.toolResult(result))], path: path))
        case "function":
            throw TranslationError(path + ".role", "'function' was replaced by 'tool'; other dialects know only that")
        default:
            throw TranslationError(path + ".role", "expected system, developer, user, assistant or tool")
        }
    }

    /// Thinking comes first, then text, then calls: the order in which a model makes them.
    private mutating func assistantParts(_ message: JSONObjectView, _ path: String) throws(TranslationError)
        -> [ChatPart]
    {
        var parts = try thinking(message, path)
        if message.member("content")?.kind != .null, message.member("content") != nil {
            parts += try self.parts(message, path)
        }
        if let refusal = document.text(message, "refusal") { parts.append(ChatPart(.refusal(refusal))) }
        for (place, call) in (document.objects(message, "tool_calls") ?? []).enumerated() {
            let path = "\(path).tool_calls[\(place)]"
            guard let call, let id = document.text(call, "id"), let function = call.object("function"),
                let name = document.text(function, "name")
            else { throw TranslationError(path, "expected a call with an id, and a function with a name") }
            request.leaveOutOthers(of: call, than: ["id", "type", "function", "index", "extra_content"], path)
            request.leaveOutOthers(of: function, than: ["name", "arguments"], path + ".function")
            let arguments = document.text(function, "arguments") ?? RawText("{}")
            parts.append(
                ChatPart(
                    .toolCall(
                        ToolCall(
                            id: id, name: name, arguments: .text(arguments), signature: document.callSignature(call)))))
        }
        return parts
    }

    /// `reasoning_details`, as OpenRouter and this gateway write them, carry what a provider must get back unchanged.
    /// Where there are none, `reasoning_content` has the words.
    private mutating func thinking(_ message: JSONObjectView, _ path: String) throws(TranslationError) -> [ChatPart] {
        var parts: [ChatPart] = []
        for (place, detail) in (document.objects(message, "reasoning_details") ?? []).enumerated() {
            guard let detail else { continue }
            switch detail.string("type") {
            case "reasoning.text":
                let text = document.text(detail, "text") ?? RawText("")
                parts.append(ChatPart(.thinking(text, signature: document.text(detail, "signature"))))
            case "reasoning.encrypted":
                if let data = document.text(detail, "data") { parts.append(ChatPart(.sealedThinking(data))) }
            default: request.leaveOut("\(path).reasoning_details[\(place)]", "no other format has thinking of its type")
            }
        }
        guard parts.isEmpty else { return parts }
        let words = document.text(message, "reasoning_content") ?? document.text(message, "reasoning")
        return words.map { $0.isEmpty ? [] : [ChatPart(.thinking($0, signature: nil))] } ?? []
    }

    private mutating func parts(_ message: JSONObjectView, _ path: String) throws(TranslationError) -> [ChatPart] {
        let path = path + ".content"
        if let text = document.text(message, "content") { return [ChatPart(.text(text))] }
        guard let items = document.objects(message, "content") else {
            throw TranslationError(path, "expected a text or a list of parts")
        }
        var parts: [ChatPart] = []
        for (place, item) in items.enumerated() {
            guard let item else { throw TranslationError("\(path)[\(place)]", "expected an object") }
            parts.append(ChatPart(try content(item, "\(path)[\(place)]"), cacheControl: cacheControl(item)))
        }
        return parts
    }

    func cacheControl(_ item: JSONObjectView) -> RawJSON? { document.json(item, "cache_control") }

    private mutating func content(_ item: JSONObjectView, _ path: String) throws(TranslationError) -> ChatPart.Content {
        request.leaveOutOthers(
            of: item,
            than: ["type", "text", "refusal", "image_url", "input_audio", "file", "cache_control"], path)
        switch item.string("type") {
        case "text", "input_text", "output_text":
            guard let text = document.text(item, "text") else {
                throw TranslationError(path + ".text", "expected a text")
            }
            return .text(text)
        case "refusal":
            return .refusal(document.text(item, "refusal") ?? RawText(""))
        case "image_url":
            let image = item.object("image_url")
            if let image { request.leaveOutOthers(of: image, than: ["url", "detail"], path + ".image_url") }
            guard let url = image.flatMap({ document.text($0, "url") }) ?? document.text(item, "image_url") else {
                throw TranslationError(path + ".image_url.url", "expected a URL")
            }
            return .media(
                ChatMedia(.image, ChatMedia.Source(url: url), detail: image.flatMap { document.detail($0) }))
        case "input_audio":
            guard let audio = item.object("input_audio"), let data = document.text(audio, "data"),
                let format = document.text(audio, "format")
            else { throw TranslationError(path + ".input_audio", "expected 'data' and 'format'") }
            return .media(ChatMedia(.audio, .base64(mediaType: RawText("audio/" + format.string), data: data)))
        case "file":
            return try file(item, path)
        case let type:
            guard let type else { throw TranslationError(path + ".type", "expected the type of the part") }
            return .other(RawText(type), RawJSON(kind: .object, document.part(item.bytes)))
        }
    }

    private func file(_ item: JSONObjectView, _ path: String) throws(TranslationError) -> ChatPart.Content {
        guard let file = item.object("file") else { throw TranslationError(path + ".file", "expected an object") }
        let name = document.text(file, "filename")
        if let data = document.text(file, "file_data") {
            return .media(ChatMedia(.document, ChatMedia.Source(url: data), name: name))
        }
        guard let id = document.text(file, "file_id") else {
            throw TranslationError(path + ".file", "expected 'file_data' or 'file_id'")
        }
        return .media(ChatMedia(.document, .file(id), name: name))
    }
}
