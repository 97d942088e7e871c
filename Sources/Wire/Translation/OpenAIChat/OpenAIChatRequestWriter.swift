import NIOCore

/// Writes the body of `POST /v1/chat/completions`. Marks of what is to be cached are left out: OpenAI caches by itself.
struct OpenAIChatRequestWriter {
    private var writer = JSONWriter()
    private let target: ChatRequestTarget
    private var losses: TranslationLosses

    private init(_ target: ChatRequestTarget, _ losses: TranslationLosses) {
        self.target = target
        self.losses = losses
    }

    /// - Parameter losses: takes what is left out.
    static func write(
        _ request: ChatRequest, _ target: ChatRequestTarget, losses: inout TranslationLosses
    ) throws(TranslationError) -> ByteBuffer {
        var writer = OpenAIChatRequestWriter(target, losses)
        defer { losses = writer.losses }
        try writer.write(request)
        return writer.writer.buffer
    }

    private mutating func write(_ request: ChatRequest) throws(TranslationError) {
        writer.beginObject()
        writer.member("model", target.model.name)
        writer.key("messages")
        writer.beginArray()
        if !request.system.isEmpty { try writeSystem(request.system) }
        for message in request.messages { try write(message, message.path) }
        writer.endArray()
        try writeTools(request)
        try writeAnswerWishes(request)
        if request.streams {
            writer.member("stream", true)
            if target.asksForUsage {
                writer.key("stream_options")
                writer.beginObject()
                writer.member("include_usage", true)
                writer.endObject()
            }
        }
        try writer.user(request.user, losses: &losses)
        for (name, value) in request.extras { writer.member(name, value) }
        writer.endObject()
    }

    // MARK: Messages

    private mutating func writeSystem(_ parts: [ChatPart]) throws(TranslationError) {
        writer.beginObject()
        writer.member("role", "system")
        writer.key("content")
        try writeContent(parts, "system")
        writer.endObject()
    }

    private mutating func write(_ message: ChatMessage, _ path: String) throws(TranslationError) {
        switch message.role {
        case .user: try writeUser(message, path)
        case .assistant: try writeAssistant(message, path)
        }
    }

    /// Results of tools are messages of their own here, and stand before what the user says besides.
    private mutating func writeUser(_ message: ChatMessage, _ path: String) throws(TranslationError) {
        var rest: [ChatPart] = []
        for part in message.parts {
            guard case .toolResult(let result) = part.content else {
                rest.append(part)
                continue
            }
            try write(result, path, &rest)
        }
        guard !rest.isEmpty else { return }
        writer.beginObject()
        writer.member("role", "user")
        writer.memberIfPresent("name", message.name)
        writer.key("content")
        try writeContent(rest, path)
        writer.endObject()
    }

    /// A tool's message holds text only: images of a result follow as the user's.
    private mutating func write(
        _ result: ToolResult, _ path: String, _ rest: inout [ChatPart]
    ) throws(TranslationError) {
        var texts: [ChatPart] = []
        for part in result.parts {
            if case .text = part.content { texts.append(part) } else { rest.append(part) }
        }
        writer.beginObject()
        writer.member("role", "tool")
        writer.member("tool_call_id", result.id)
        writer.key("content")
        writer.value(result.marked(Self.joined(texts)))
        writer.endObject()
    }

    private mutating func writeAssistant(_ message: ChatMessage, _ path: String) throws(TranslationError) {
        var texts: [ChatPart] = []
        var calls: [ToolCall] = []
        var thinking: [ChatPart.Content] = []
        var refusal: RawText?
        for part in message.parts {
            switch part.content {
            case .text: texts.append(part)
            case .toolCall(let call): calls.append(call)
            case .thinking, .sealedThinking: thinking.append(part.content)
            case .refusal(let text): refusal = text
            case .other(let type, _): try drop(type, path)
            case .media, .toolResult:
                throw TranslationError(path, "an assistant's message holds neither media nor results of tools")
            }
        }
        writer.beginObject()
        writer.member("role", "assistant")
        writer.memberIfPresent("name", message.name)
        writer.key("content")
        if texts.isEmpty { writer.null() } else { writer.value(Self.joined(texts)) }
        writer.memberIfPresent("refusal", refusal)
        if !thinking.isEmpty { try writeThinking(thinking, path) }
        if !calls.isEmpty {
            writer.key("tool_calls")
            writer.beginArray()
            for call in calls { writer.toolCall(call, index: nil) }
            writer.endArray()
        }
        writer.endObject()
    }

    private mutating func writeThinking(
        _ thinking: [ChatPart.Content], _ path: String
    ) throws(TranslationError) {
        switch target.thoughts {
        case .details: return writer.reasoningDetails(thinking)
        case .content:
            writer.memberIfPresent("reasoning_content", OpenAIChatAnswers.readable(thinking))
            let isSealed = thinking.contains { if case .sealedThinking = $0 { true } else { false } }
            if isSealed { try losses.drop(path + ".reasoning", "the provider takes back no sealed thinking") }
        case .none: try losses.drop(path + ".reasoning", "the provider takes back no thinking")
        }
    }

    private mutating func writeContent(_ parts: [ChatPart], _ path: String) throws(TranslationError) {
        let isPlain = parts.allSatisfy { if case .text = $0.content { true } else { false } }
        if isPlain { return writer.value(Self.joined(parts)) }
        writer.beginArray()
        for part in parts { try write(part, path) }
        writer.endArray()
    }

    private mutating func write(_ part: ChatPart, _ path: String) throws(TranslationError) {
        switch part.content {
        case .text(let text):
            writer.beginObject()
            writer.member("type", "text")
            writer.member("text", text)
            writer.endObject()
        case .media(let media): try write(media, path)
        case .other(let type, _): try drop(type, path)
        case .toolCall, .toolResult, .thinking, .sealedThinking, .refusal:
            throw TranslationError(path, "a user's message holds texts and media only")
        }
    }

    private mutating func write(_ media: ChatMedia, _ path: String) throws(TranslationError) {
        writer.beginObject()
        defer { writer.endObject() }
        switch (media.kind, media.source) {
        case (.image, .url(let url)): writer.image(url, detail: media.detail)
        case (.image, .base64(let type, let data)):
            writer.image(Self.dataURL(type, data), detail: media.detail)
        case (.audio, .base64(let type, let data)):
            writer.member("type", "input_audio")
            writer.key("input_audio")
            writer.beginObject()
            writer.member("data", data)
            writer.member("format", String(type.string.split(separator: "/").last ?? "wav"))
            writer.endObject()
        case (.document, .base64(let type, let data)):
            writer.file("file_data", Self.dataURL(type, data), name: media.name ?? RawText("document.pdf"))
        case (.document, .text(let text)):
            try losses.dropName(of: media, path, "OpenAI's chat")
            writer.member("type", "text")
            writer.member("text", text)
        case (.document, .file(let id)):
            try losses.dropName(of: media, path, "OpenAI's chat")
            writer.file("file_id", id, name: nil)
        case (.document, .url):
            throw .needsBytes(path, "OpenAI takes documents as data or files only, not by URL")
        case (.audio, .url): throw .needsBytes(path, "OpenAI takes sounds as data only, not by URL")
        case (.image, .file), (.image, .text), (.audio, .file), (.audio, .text):
            throw TranslationError(path, "OpenAI takes images by URL or as data, and sounds as data")
        }
    }

    private mutating func drop(_ type: RawText, _ path: String) throws(TranslationError) {
        try losses.drop("\(path).\(type.string)", "OpenAI's chat has no part '\(type.string)'")
    }

    static func joined(_ parts: [ChatPart]) -> RawText {
        var result = RawText("")
        for (place, part) in parts.enumerated() {
            guard case .text(let text) = part.content else { continue }
            if place > 0 { result.append("\\n") }
            result.append(text)
        }
        return result
    }

    static func dataURL(_ type: RawText, _ data: RawText) -> RawText {
        var url = RawText("data:")
        url.append(type)
        url.append(";base64,")
        url.append(data)
        return url
    }

    // MARK: Tools

    private mutating func writeTools(_ request: ChatRequest) throws(TranslationError) {
        guard !request.tools.isEmpty else { return }
        writer.functionTools(request.tools, tellsStrict: true)
        switch request.toolChoice {
        case nil: break
        case .auto: writer.member("tool_choice", "auto")
        case ToolChoice.none?: writer.member("tool_choice", "none")
        case .required: writer.member("tool_choice", "required")
        case .tool(let name):
            writer.key("tool_choice")
            writer.beginObject()
            writer.member("type", "function")
            writer.key("function")
            writer.beginObject()
            writer.member("name", name)
            writer.endObject()
            writer.endObject()
        }
        if let parallel = request.parallelToolCalls { writer.member("parallel_tool_calls", parallel) }
    }

    // MARK: Answers

    private func name(of member: String) -> String { target.renames.first { $0.from == member }?.to ?? member }

    private mutating func writeAnswerWishes(_ request: ChatRequest) throws(TranslationError) {
        switch request.format {
        case nil: break
        case .object:
            writer.key("response_format")
            writer.beginObject()
            writer.member("type", "json_object")
            writer.endObject()
        case .schema(let schema, let name, let description, let isStrict):
            writer.key("response_format")
            writer.beginObject()
            writer.member("type", "json_schema")
            writer.key("json_schema")
            writer.beginObject()
            writer.member("name", name ?? RawText("answer"))
            writer.memberIfPresent("description", description)
            writer.member("schema", schema)
            writer.member("strict", isStrict ?? true)
            writer.endObject()
            writer.endObject()
        }
        writer.memberIfPresent(name(of: "max_completion_tokens"), request.maxTokens)
        writer.memberIfPresent("temperature", request.temperature)
        writer.memberIfPresent("top_p", request.topP)
        if request.topK != nil { try losses.drop("top_k", "OpenAI has no top_k") }
        writer.texts("stop", request.stop)
        if let effort = request.reasoning?.openAIEffort { writer.member("reasoning_effort", effort) }
        if let wish = request.logprobs {
            writer.member("logprobs", true)
            if wish.wantsAlternatives { writer.memberIfPresent("top_logprobs", wish.alternatives) }
        }
        writer.memberIfPresent("service_tier", request.serviceTier)
    }
}

extension ReasoningWish {
    /// A budget becomes the effort that comes nearest.
    var openAIEffort: RawText? {
        if isOn == false { return RawText("none") }
        if let effort { return effort.string == "max" && !isFitted ? RawText("xhigh") : effort }
        guard let budget = budget?.integer else { return isOn == true ? RawText("medium") : nil }
        return RawText(budget <= 2048 ? "low" : budget <= 8192 ? "medium" : "high")
    }
}

extension JSONWriter {
    mutating func image(_ url: RawText, detail: RawText?) {
        member("type", "image_url")
        key("image_url")
        beginObject()
        member("url", url)
        memberIfPresent("detail", detail)
        endObject()
    }

    fileprivate mutating func file(_ kind: String, _ value: RawText, name: RawText?) {
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
