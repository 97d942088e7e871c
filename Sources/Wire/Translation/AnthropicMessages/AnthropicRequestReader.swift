import NIOCore

/// Reads the body of `POST /v1/messages`. Source: Anthropic's published API reference, "Create a Message".
struct AnthropicRequestReader {
    private let document: RawDocument
    private var request = ChatRequest(of: .anthropicMessages)

    static func read(_ body: ByteBuffer) throws(TranslationError) -> ChatRequest {
        let request = try RawDocument.read(body) { document, view throws(TranslationError) in
            var reader = AnthropicRequestReader(document: document)
            try reader.read(view)
            return reader.request
        }
        guard let request else { throw TranslationError("", "the body is no JSON object") }
        return request
    }

    private init(document: RawDocument) { self.document = document }

    private mutating func read(_ view: JSONObjectView) throws(TranslationError) {
        request.model = document.text(view, "model")
        if view.member("system") != nil { request.system = try parts(view, "system", "system") }
        try readMessages(view)
        try readTools(view)
        try readToolChoice(view)
        request.maxTokens = document.json(view, "max_tokens")
        request.temperature = document.json(view, "temperature")
        request.topP = document.json(view, "top_p")
        request.topK = document.json(view, "top_k")
        request.stop = document.texts(view, "stop_sequences") ?? []
        request.streams = view.flag("stream") ?? false
        request.wantsUsage = true
        if let metadata = view.object("metadata") {
            request.user = document.text(metadata, "user_id")
            request.leaveOutOthers(of: metadata, than: ["user_id"], "metadata")
        }
        try readOutput(view)
        // `auto` is what others do anyway.
        switch document.text(view, "service_tier")?.string {
        case nil, "auto": break
        case "standard_only": request.serviceTier = RawText("default")
        case let tier?: request.leaveOut("service_tier", "no other format has the tier '\(tier)'")
        }
        readRest(view)
    }

    private static let known: Set<String> = [
        "model", "system", "messages", "tools", "tool_choice", "max_tokens", "temperature", "top_p", "top_k",
        "stop_sequences", "stream", "metadata", "thinking", "output_config", "service_tier", "cache_control",
    ]

    /// What nobody else has: a provider of another format would refuse it, or take it for something else.
    private static let own: Set<String> = [
        "billing_policy", "compaction", "container", "context_management", "diagnostics", "fallback_credit_token",
        "fallbacks", "inference_geo", "mcp_servers", "output_format", "speed", "thread", "user_profile_id",
        "workspace_id",
    ]

    /// Members that are not known here may be known to the provider.
    private mutating func readRest(_ view: JSONObjectView) {
        for member in view.members {
            let name = view.key(member)
            guard member.kind != .null, !Self.known.contains(name) else { continue }
            if Self.own.contains(name) {
                request.leaveOut(name, "only Anthropic has '\(name)'")
            } else {
                request.extras.append((name, document.json(view, member)))
            }
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
            request.leaveOutOthers(of: message, than: ["role", "content"], path)
            switch message.string("role") {
            case "user":
                request.messages.append(
                    ChatMessage(.user, try parts(message, "content", path + ".content"), path: path))
            case "assistant":
                request.messages.append(
                    ChatMessage(.assistant, try parts(message, "content", path + ".content"), path: path))
            case "system":
                request.system += try parts(message, "content", path + ".content")
            default: throw TranslationError(path + ".role", "expected user or assistant")
            }
        }
    }

    private mutating func parts(
        _ view: JSONObjectView, _ name: StaticString, _ path: String
    ) throws(TranslationError) -> [ChatPart] {
        if let text = document.text(view, name) { return [ChatPart(.text(text))] }
        guard let blocks = document.objects(view, name) else {
            throw TranslationError(path, "expected a text or a list of blocks")
        }
        var parts: [ChatPart] = []
        for (place, block) in blocks.enumerated() {
            guard let block else { throw TranslationError("\(path)[\(place)]", "expected an object") }
            let content = try content(block, "\(path)[\(place)]")
            parts.append(ChatPart(content, cacheControl: document.json(block, "cache_control")))
        }
        return parts
    }

    private mutating func content(_ block: JSONObjectView, _ path: String) throws(TranslationError) -> ChatPart.Content
    {
        request.leaveOutOthers(
            of: block,
            than: [
                "type", "text", "source", "title", "id", "name", "input", "content", "tool_use_id", "is_error",
                "thinking", "signature", "data", "cache_control",
            ], path)
        switch block.string("type") {
        case "text": return .text(try text(block, "text", path))
        case "image": return .media(ChatMedia(.image, try source(block, path)))
        case "document":
            return .media(ChatMedia(.document, try source(block, path), name: document.text(block, "title")))
        case "tool_use":
            let input = document.json(block, "input") ?? RawJSON(kind: .object, ByteBuffer(string: "{}"))
            return .toolCall(
                ToolCall(
                    id: try text(block, "id", path), name: try text(block, "name", path), arguments: .object(input)))
        case "tool_result":
            let parts =
                block.member("content").map { $0.kind != .null } == true
                ? try self.parts(block, "content", path + ".content") : []
            return .toolResult(
                ToolResult(
                    id: try text(block, "tool_use_id", path), parts: parts, isError: block.flag("is_error") ?? false))
        case "thinking":
            return .thinking(try text(block, "thinking", path), signature: document.text(block, "signature"))
        case "redacted_thinking": return .sealedThinking(try text(block, "data", path))
        case let type:
            guard let type else { throw TranslationError(path + ".type", "expected the type of the block") }
            return .other(RawText(type), RawJSON(kind: .object, document.part(block.bytes)))
        }
    }

    private func text(
        _ block: JSONObjectView, _ name: StaticString, _ path: String
    ) throws(TranslationError) -> RawText {
        guard let text = document.text(block, name) else {
            throw TranslationError("\(path).\(name)", "expected a text")
        }
        return text
    }

    private mutating func source(_ block: JSONObjectView, _ path: String) throws(TranslationError) -> ChatMedia.Source {
        guard let source = block.object("source") else {
            throw TranslationError(path + ".source", "expected an object")
        }
        request.leaveOutOthers(of: source, than: ["type", "media_type", "data", "url", "file_id"], path + ".source")
        switch source.string("type") {
        case "base64":
            return .base64(
                mediaType: try text(source, "media_type", path + ".source"),
                data: try text(source, "data", path + ".source"))
        case "url": return .url(try text(source, "url", path + ".source"))
        case "text": return .text(try text(source, "data", path + ".source"))
        case "file": return .file(try text(source, "file_id", path + ".source"))
        default: throw TranslationError(path + ".source.type", "expected base64, url, text or file")
        }
    }

    // MARK: Tools

    private mutating func readTools(_ view: JSONObjectView) throws(TranslationError) {
        for (place, tool) in (document.objects(view, "tools") ?? []).enumerated() {
            let path = "tools[\(place)]"
            guard let tool else { throw TranslationError(path, "expected an object") }
            if let type = tool.string("type"), type != "custom" {
                throw TranslationError(path, "the tool '\(type)' runs at Anthropic; other providers have no such tool")
            }
            request.leaveOutOthers(
                of: tool, than: ["type", "name", "description", "input_schema", "strict", "cache_control"], path)
            var read = ChatTool(
                name: try text(tool, "name", path), description: document.text(tool, "description"),
                parameters: document.json(tool, "input_schema"), isStrict: tool.flag("strict"))
            read.cacheControl = document.json(tool, "cache_control")
            request.tools.append(read)
        }
    }

    private mutating func readToolChoice(_ view: JSONObjectView) throws(TranslationError) {
        guard let choice = view.object("tool_choice") else { return }
        switch choice.string("type") {
        case "auto": request.toolChoice = .auto
        case "any": request.toolChoice = .required
        case "none": request.toolChoice = ToolChoice.none
        case "tool": request.toolChoice = .tool(try text(choice, "name", "tool_choice"))
        default: throw TranslationError("tool_choice.type", "expected auto, any, tool or none")
        }
        request.parallelToolCalls = choice.flag("disable_parallel_tool_use").map { !$0 }
    }

    // MARK: Answers

    private mutating func readOutput(_ view: JSONObjectView) throws(TranslationError) {
        let config = view.object("output_config")
        let effort = config.flatMap { document.text($0, "effort") }
        if let config { request.leaveOutOthers(of: config, than: ["effort", "format"], "output_config") }
        if let thinking = view.object("thinking") {
            request.leaveOutOthers(of: thinking, than: ["type", "budget_tokens"], "thinking")
            let isOn = thinking.string("type").map { $0 != "disabled" }
            request.reasoning = ReasoningWish(
                effort: effort, budget: document.json(thinking, "budget_tokens"), isOn: isOn)
        } else if let effort {
            request.reasoning = ReasoningWish(effort: effort)
        }
        guard let format = config?.object("format") else { return }
        guard let schema = document.json(format, "schema") else {
            throw TranslationError("output_config.format.schema", "expected a schema")
        }
        request.format = .schema(schema, name: nil, description: nil, isStrict: true)
    }
}
