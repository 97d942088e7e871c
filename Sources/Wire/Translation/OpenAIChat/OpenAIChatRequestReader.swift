import NIOCore

/// Reads the body of `POST /v1/chat/completions`. Source: OpenAI's published API reference, "Create chat completion".
struct OpenAIChatRequestReader {
    private let document: RawDocument
    private var request = ChatRequest()

    static func read(_ body: ByteBuffer) throws(TranslationError) -> ChatRequest {
        let request = try RawDocument.read(body) { document, view throws(TranslationError) in
            var reader = OpenAIChatRequestReader(document: document)
            try reader.read(view)
            return reader.request
        }
        guard let request else { throw TranslationError("", "the body is no JSON object") }
        return request
    }

    private init(document: RawDocument) { self.document = document }

    private mutating func read(_ view: JSONObjectView) throws(TranslationError) {
        request.model = document.text(view, "model")
        try readMessages(view)
        try readTools(view)
        request.toolChoice = try toolChoice(view)
        request.parallelToolCalls = view.flag("parallel_tool_calls")
        request.format = try format(view)
        request.maxTokens = document.json(view, "max_completion_tokens") ?? document.json(view, "max_tokens")
        request.temperature = document.json(view, "temperature")
        request.topP = document.json(view, "top_p")
        request.topK = document.json(view, "top_k")
        request.stop = try stop(view)
        if let effort = document.text(view, "reasoning_effort") { request.reasoning = ReasoningWish(effort: effort) }
        if view.flag("logprobs") == true {
            request.logprobs = LogprobsWish(alternatives: document.json(view, "top_logprobs"))
        }
        request.streams = view.flag("stream") ?? false
        request.wantsUsage = view.object("stream_options")?.flag("include_usage") ?? false
        request.user = document.text(view, "safety_identifier") ?? document.text(view, "user")
        request.serviceTier = document.text(view, "service_tier")
        request.extras = extras(view)
    }

    private static let known: Set<String> = [
        "model", "messages", "tools", "tool_choice", "parallel_tool_calls", "response_format", "max_completion_tokens",
        "max_tokens", "temperature", "top_p", "top_k", "stop", "reasoning_effort", "stream", "stream_options",
        "safety_identifier", "user", "service_tier", "logprobs",
    ]

    private func extras(_ view: JSONObjectView) -> [(name: String, value: RawJSON)] {
        view.members.compactMap { member in
            let name = view.key(member)
            guard member.kind != .null, !Self.known.contains(name) else { return nil }
            let value = document.json(view, member)
            // Without `logprobs`, a number of them asks for what will not come, which is told.
            if name == "top_logprobs", request.logprobs != nil || value.integer == 0 { return nil }
            return (name, value)
        }
    }

    // MARK: Messages

    private mutating func readMessages(_ view: JSONObjectView) throws(TranslationError) {
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

    private func cacheControl(_ item: JSONObjectView) -> RawJSON? { document.json(item, "cache_control") }

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

    // MARK: Tools

    private mutating func readTools(_ view: JSONObjectView) throws(TranslationError) {
        for (place, tool) in (document.objects(view, "tools") ?? []).enumerated() {
            let path = "tools[\(place)]"
            if let tool { request.leaveOutOthers(of: tool, than: ["type", "function"], path) }
            guard let tool, tool.string("type") == "function" else {
                throw TranslationError(path + ".type", "only tools of type 'function' have a place in other dialects")
            }
            guard let function = tool.object("function"), let name = document.text(function, "name") else {
                throw TranslationError(path + ".function.name", "expected a name")
            }
            request.leaveOutOthers(
                of: function, than: ["name", "description", "parameters", "strict"], path + ".function")
            var read = ChatTool(
                name: name, description: document.text(function, "description"),
                parameters: document.json(function, "parameters"), isStrict: function.flag("strict"))
            read.cacheControl = cacheControl(tool)
            request.tools.append(read)
        }
    }

    private func toolChoice(_ view: JSONObjectView) throws(TranslationError) -> ToolChoice? {
        guard let member = view.member("tool_choice"), member.kind != .null else { return nil }
        switch view.string("tool_choice") {
        case "auto": return .auto
        case "none": return ToolChoice.none
        case "required": return .required
        default: break
        }
        guard let choice = view.object("tool_choice"), choice.string("type") == "function",
            let name = choice.object("function").flatMap({ document.text($0, "name") })
        else { throw TranslationError("tool_choice", "expected auto, none, required, or a function by its name") }
        return .tool(name)
    }

    // MARK: Answers

    private mutating func format(_ view: JSONObjectView) throws(TranslationError) -> AnswerShapeWish? {
        guard let format = view.object("response_format") else { return nil }
        switch format.string("type") {
        case "text": return nil
        case "json_object": return .object
        case "json_schema":
            guard let wish = format.object("json_schema"), let schema = document.json(wish, "schema") else {
                throw TranslationError("response_format.json_schema.schema", "expected a schema")
            }
            request.leaveOutOthers(
                of: wish, than: ["schema", "name", "description", "strict"], "response_format.json_schema")
            return .schema(
                schema, name: document.text(wish, "name"), description: document.text(wish, "description"),
                isStrict: wish.flag("strict"))
        default:
            throw TranslationError("response_format.type", "expected text, json_object or json_schema")
        }
    }

    private func stop(_ view: JSONObjectView) throws(TranslationError) -> [RawText] {
        if let text = document.text(view, "stop") { return [text] }
        guard let member = view.member("stop"), member.kind != .null else { return [] }
        guard let texts = document.texts(view, "stop") else {
            throw TranslationError("stop", "expected a text or a list of texts")
        }
        return texts
    }
}

extension ChatMedia.Source {
    /// A `data:` URL is taken apart; any other stays one.
    init(url: RawText) {
        let found: (type: Range<Int>, data: Range<Int>)? = url.escaped.withUnsafeReadableBytes { bytes in
            let scheme = Array("data:".utf8)
            let mark = Array(";base64,".utf8)
            guard bytes.count > scheme.count, bytes.prefix(scheme.count).elementsEqual(scheme) else { return nil }
            // The media type is short; what follows the mark may be megabytes.
            let end = min(bytes.count - mark.count, 128)
            guard end > scheme.count,
                let place = (scheme.count...end).first(where: {
                    bytes[$0] == mark[0] && bytes[$0..<($0 + mark.count)].elementsEqual(mark)
                })
            else { return nil }
            return (scheme.count..<place, (place + mark.count)..<bytes.count)
        }
        guard let found else {
            self = .url(url)
            return
        }
        self = .base64(
            mediaType: RawText(RawText(escaped: url.escaped.part(found.type)).string),
            data: RawText(escaped: url.escaped.part(found.data)))
    }
}
