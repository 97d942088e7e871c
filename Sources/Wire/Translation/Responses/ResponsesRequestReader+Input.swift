import NIOCore

extension ResponsesRequestReader {
    mutating func readInput(_ view: JSONObjectView) throws(TranslationError) {
        if let text = document.text(view, "input") {
            request.messages = [ChatMessage(.user, [ChatPart(.text(text))], path: "input", partsMember: "")]
            return
        }
        guard let items = document.objects(view, "input") else {
            throw TranslationError("input", "expected a text or a list of items")
        }
        for (place, item) in items.enumerated() {
            let path = "input[\(place)]"
            guard let item else { throw TranslationError(path, "expected an object") }
            try read(item, path)
        }
    }

    private mutating func read(_ item: JSONObjectView, _ path: String) throws(TranslationError) {
        switch item.string("type") ?? "message" {
        case "message": try readMessage(item, path)
        case "function_call":
            let arguments = document.text(item, "arguments") ?? RawText("{}")
            try readCall(item, .text(arguments), path)
        case "custom_tool_call":
            try readCall(item, .object(Self.customArguments(try text(item, "input", path))), path)
        case "function_call_output", "custom_tool_call_output": try readResult(item, path)
        case "reasoning": try readReasoning(item, path)
        case "additional_tools": try readTools(item, path + ".tools")
        case "item_reference", "compaction", "compaction_trigger":
            throw TranslationError(
                path, "the item '\(item.string("type") ?? "")' stands for what only OpenAI can look up; send the items")
        case let type:
            request.leaveOut("\(path).\(type)", "only OpenAI has items of type '\(type)'")
        }
    }

    func text(
        _ item: JSONObjectView, _ name: StaticString, _ path: String
    ) throws(TranslationError) -> RawText {
        guard let text = document.text(item, name) else { throw TranslationError("\(path).\(name)", "expected a text") }
        return text
    }

    /// Free text as the one argument of the function that stands for a custom tool.
    private static func customArguments(_ input: RawText) -> RawJSON {
        var writer = JSONWriter()
        writer.beginObject()
        writer.member("input", input)
        writer.endObject()
        return RawJSON(kind: .object, writer.buffer)
    }

    // MARK: Messages

    private mutating func readMessage(_ item: JSONObjectView, _ path: String) throws(TranslationError) {
        request.leaveOutOthers(of: item, than: ["type", "role", "content"], path)
        let parts = try parts(item, "content", path + ".content")
        switch item.string("role") {
        case "system", "developer": request.system += parts
        case "user": request.messages.append(ChatMessage(.user, parts, path: path))
        case "assistant": appendAssistant(parts, path)
        default: throw TranslationError(path + ".role", "expected system, developer, user or assistant")
        }
    }

    /// What a model makes in one go are several items here and one message elsewhere.
    private mutating func appendAssistant(_ parts: [ChatPart], _ path: String) {
        if request.messages.last?.role == .assistant {
            request.messages[request.messages.count - 1].parts += parts
        } else {
            request.messages.append(ChatMessage(.assistant, parts, path: path))
        }
    }

    private mutating func readCall(
        _ item: JSONObjectView, _ arguments: ToolCall.Arguments, _ path: String
    ) throws(TranslationError) {
        request.leaveOutOthers(
            of: item, than: ["type", "call_id", "name", "namespace", "arguments", "input"], path)
        let name = ToolAlias.flat(try text(item, "name", path), in: document.text(item, "namespace"))
        let id = try text(item, "call_id", path)
        appendAssistant([ChatPart(.toolCall(ToolCall(id: id, name: name, arguments: arguments)))], path)
    }

    private mutating func readResult(_ item: JSONObjectView, _ path: String) throws(TranslationError) {
        request.leaveOutOthers(of: item, than: ["type", "call_id", "name", "namespace", "output"], path)
        let result = ToolResult(
            id: try text(item, "call_id", path), parts: try parts(item, "output", path + ".output"))
        let part = ChatPart(.toolResult(result))
        if case .toolResult? = request.messages.last?.parts.first?.content {
            request.messages[request.messages.count - 1].parts.append(part)
        } else {
            request.messages.append(ChatMessage(.user, [part], path: path, partsMember: ".output"))
        }
    }

    /// What another provider sealed is its own again; what OpenAI sealed nobody else can read.
    private mutating func readReasoning(_ item: JSONObjectView, _ path: String) throws(TranslationError) {
        let sealed = document.text(item, "encrypted_content")
        if let data = sealed.flatMap({ SealedReasoning.unmarked(SealedReasoning.data, $0) }) {
            return appendAssistant([ChatPart(.sealedThinking(data))], path)
        }
        let signature = sealed.flatMap { SealedReasoning.unmarked(SealedReasoning.signature, $0) }
        var text = thoughts(item, "summary")
        if text.isEmpty { text = thoughts(item, "content") }
        guard signature != nil || !text.isEmpty else {
            if sealed != nil {
                request.leaveOut(path + ".encrypted_content", "reasoning that OpenAI sealed is for OpenAI only")
            }
            return
        }
        appendAssistant([ChatPart(.thinking(text, signature: signature))], path)
    }

    private func thoughts(_ item: JSONObjectView, _ name: StaticString) -> RawText {
        var joined = RawText("")
        for part in document.objects(item, name) ?? [] {
            guard let text = part.flatMap({ document.text($0, "text") }) else { continue }
            if !joined.isEmpty { joined.append("\\n\\n") }
            joined.append(text)
        }
        return joined
    }

    // MARK: Parts

    private mutating func parts(
        _ item: JSONObjectView, _ name: StaticString, _ path: String
    ) throws(TranslationError) -> [ChatPart] {
        if let text = document.text(item, name) { return [ChatPart(.text(text))] }
        guard let list = document.objects(item, name) else {
            throw TranslationError(path, "expected a text or a list of parts")
        }
        var parts: [ChatPart] = []
        for (place, part) in list.enumerated() {
            guard let part else { throw TranslationError("\(path)[\(place)]", "expected an object") }
            parts.append(ChatPart(try content(part, "\(path)[\(place)]")))
        }
        return parts
    }

    private mutating func content(_ part: JSONObjectView, _ path: String) throws(TranslationError) -> ChatPart.Content {
        leaveOutOthers(of: part, path)
        switch part.string("type") {
        case "input_text", "output_text", "text": return .text(try text(part, "text", path))
        case "refusal": return .refusal(try text(part, "refusal", path))
        case "input_image":
            return .media(ChatMedia(.image, try image(part, path), detail: document.detail(part)))
        case "input_file":
            return .media(ChatMedia(.document, try file(part, path), name: document.text(part, "filename")))
        case "input_audio":
            guard let audio = part.object("input_audio"), let data = document.text(audio, "data"),
                let format = document.text(audio, "format")
            else { throw TranslationError(path + ".input_audio", "expected 'data' and 'format'") }
            return .media(ChatMedia(.audio, .base64(mediaType: RawText("audio/" + format.string), data: data)))
        case let type:
            guard let type else { throw TranslationError(path + ".type", "expected the type of the part") }
            return .other(RawText(type), RawJSON(kind: .object, document.part(part.bytes)))
        }
    }

    /// An image's `detail` is read; a file's has no place elsewhere.
    private mutating func leaveOutOthers(of part: JSONObjectView, _ path: String) {
        let known: [StaticString] = [
            "type", "text", "refusal", "image_url", "file_id", "file_data", "file_url", "filename", "input_audio",
        ]
        request.leaveOutOthers(of: part, than: part.string("type") == "input_image" ? known + ["detail"] : known, path)
    }

    private func image(_ part: JSONObjectView, _ path: String) throws(TranslationError) -> ChatMedia.Source {
        if let url = document.text(part, "image_url") { return ChatMedia.Source(url: url) }
        guard let id = document.text(part, "file_id") else {
            throw TranslationError(path + ".image_url", "expected a URL, or 'file_id'")
        }
        return .file(id)
    }

    private func file(_ part: JSONObjectView, _ path: String) throws(TranslationError) -> ChatMedia.Source {
        if let data = document.text(part, "file_data") { return ChatMedia.Source(url: data) }
        if let url = document.text(part, "file_url") { return .url(url) }
        guard let id = document.text(part, "file_id") else {
            throw TranslationError(path, "expected 'file_data', 'file_url' or 'file_id'")
        }
        return .file(id)
    }
}
