import NIOCore

/// Reads the body of `POST /v1/chat/completions`. Source: OpenAI's published API reference, "Create chat completion".
struct OpenAIChatRequestReader {
    let document: RawDocument
    var request = ChatRequest(of: .openAIChat)

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
