import NIOCore

/// Writes the body of Cohere's `POST /v2/chat`.
struct CohereRequestWriter: ChatRequestWriter {
    private(set) var writer = JSONWriter()
    private let model: ServedModel
    private(set) var losses: TranslationLosses

    init(_ target: ChatRequestTarget, _ losses: TranslationLosses) {
        model = target.model
        self.losses = losses
    }

    mutating func write(_ request: ChatRequest) throws(TranslationError) {
        writer.beginObject()
        writer.member("model", model.name)
        writer.key("messages")
        writer.beginArray()
        if !request.system.isEmpty {
            writer.beginObject()
            writer.member("role", "system")
            writer.key("content")
            try writeContent(request.system, "system")
            writer.endObject()
        }
        for message in request.messages { try write(message, message.path) }
        writer.endArray()
        try writeTools(request)
        writeSampling(request)
        writeFormat(request.format)
        try losses.dropDescription(of: request.format, "Cohere")
        if let reasoning = request.reasoning { writeThinking(reasoning) }
        writer.member("stream", request.streams)
        try writeExtras(request)
        writer.endObject()
    }

    // MARK: Messages

    private mutating func write(_ message: ChatMessage, _ path: String) throws(TranslationError) {
        if message.name != nil { try losses.drop(path + ".name", "Cohere's messages have no name") }
        if message.role == .assistant { return try writeAssistant(message, path) }
        var rest: [ChatPart] = []
        for part in message.parts {
            guard case .toolResult(let result) = part.content else {
                rest.append(part)
                continue
            }
            try write(result, path)
        }
        guard !rest.isEmpty else { return }
        writer.beginObject()
        writer.member("role", "user")
        writer.key("content")
        try writeContent(rest, path)
        writer.endObject()
    }

    private mutating func write(_ result: ToolResult, _ path: String) throws(TranslationError) {
        writer.beginObject()
        writer.member("role", "tool")
        writer.member("tool_call_id", result.id)
        writer.member("content", try result.plainText(path, "Cohere's results of tools hold texts only"))
        writer.endObject()
    }

    private mutating func writeAssistant(_ message: ChatMessage, _ path: String) throws(TranslationError) {
        var calls: [ToolCall] = []
        var texts: [(type: String, text: RawText)] = []
        for part in message.parts {
            switch part.content {
            case .text(let text), .refusal(let text): texts.append(("text", text))
            case .thinking(let text, _): texts.append(("thinking", text))
            case .toolCall(let call): calls.append(call)
            case .sealedThinking: try losses.drop(path + ".reasoning", "Cohere takes back no sealed thinking")
            case .other(let type, _): try losses.drop("\(path).\(type.string)", "Cohere has no '\(type.string)'")
            case .media, .toolResult:
                throw TranslationError(path, "an assistant's message holds neither media nor results of tools")
            }
        }
        writer.beginObject()
        writer.member("role", "assistant")
        if !texts.isEmpty {
            writer.key("content")
            writer.beginArray()
            for (type, text) in texts { writeText(type, text) }
            writer.endArray()
        }
        if !calls.isEmpty {
            writer.key("tool_calls")
            writer.beginArray()
            for call in calls { writer.toolCall(call, index: nil) }
            writer.endArray()
        }
        writer.endObject()
    }

    private mutating func writeText(_ type: String, _ text: RawText) {
        guard !text.isEmpty else { return }
        writer.beginObject()
        writer.member("type", type)
        writer.member(type, text)
        writer.endObject()
    }

    private mutating func writeContent(_ parts: [ChatPart], _ path: String) throws(TranslationError) {
        writer.beginArray()
        for part in parts {
            switch part.content {
            case .text(let text): writeText("text", text)
            case .media(let media): try write(media, path)
            case .other(let type, _): try losses.drop("\(path).\(type.string)", "Cohere has no '\(type.string)'")
            case .toolCall, .toolResult, .thinking, .sealedThinking, .refusal:
                throw TranslationError(path, "a user's message holds texts and media only")
            }
        }
        writer.endArray()
    }

    private mutating func write(_ media: ChatMedia, _ path: String) throws(TranslationError) {
        let url: RawText
        switch (media.kind, media.source) {
        case (.document, .text(let text)):
            try losses.dropName(of: media, path, "Cohere")
            return writeText("text", text)
        case (.image, .url(let given)): url = given
        case (.image, .base64(let type, let data)): url = OpenAIChatRequestWriter.dataURL(type, data)
        case (.document, .url): throw .needsBytes(path, "Cohere takes documents as text, not by URL")
        default: throw TranslationError(path, "Cohere takes texts and images only")
        }
        writer.beginObject()
        writer.image(url, detail: media.detail)
        writer.endObject()
    }

    // MARK: Tools

    /// A single tool that must be called is the only one that is offered.
    private mutating func writeTools(_ request: ChatRequest) throws(TranslationError) {
        guard !request.tools.isEmpty else { return }
        var tools = request.tools
        if case .tool(let name) = request.toolChoice { tools = tools.filter { $0.name == name } }
        writer.functionTools(tools, tellsStrict: false)
        if tools.contains(where: { $0.isStrict == true }) { writer.member("strict_tools", true) }
        switch request.toolChoice {
        case .required, .tool: writer.member("tool_choice", "REQUIRED")
        case ToolChoice.none?: writer.member("tool_choice", "NONE")
        case .auto, nil: break
        }
        if request.parallelToolCalls == false {
            try losses.drop("parallel_tool_calls", "Cohere has no limit of calls at a time")
        }
    }

    // MARK: Sampling and answers

    private mutating func writeSampling(_ request: ChatRequest) {
        writer.memberIfPresent("max_tokens", request.maxTokens)
        writer.memberIfPresent("temperature", request.temperature)
        writer.memberIfPresent("p", request.topP)
        writer.memberIfPresent("k", request.topK)
        writer.texts("stop_sequences", request.stop)
    }

    private mutating func writeFormat(_ format: AnswerShapeWish?) {
        guard let format else { return }
        writer.key("response_format")
        writer.beginObject()
        writer.member("type", "json_object")
        if case .schema(let schema, _, _, _) = format { writer.member("json_schema", schema) }
        writer.endObject()
    }

    private mutating func writeThinking(_ reasoning: ReasoningWish) {
        writer.key("thinking")
        writer.beginObject()
        writer.member("type", reasoning.anthropicThinks ? "enabled" : "disabled")
        if reasoning.anthropicThinks { writer.memberIfPresent("token_budget", reasoning.budget) }
        writer.endObject()
    }

    private mutating func writeExtras(_ request: ChatRequest) throws(TranslationError) {
        if request.user != nil { try losses.drop("user", "Cohere is not told of users") }
        if let tier = request.serviceTier, !["auto", "default"].contains(tier.string) {
            try losses.drop("service_tier", "Cohere has no tiers of service")
        }
        if let wish = request.logprobs {
            writer.member("logprobs", true)
            if wish.wantsAlternatives { try losses.drop("top_logprobs", "Cohere tells of the chosen tokens only") }
        }
        for (name, value) in request.extras {
            if ["seed", "frequency_penalty", "presence_penalty", "safety_mode"].contains(name) {
                writer.member(name, value)
            } else if !SilentMembers.isDefault(name, value, of: request.client) {
                try losses.drop(name, "Cohere has no '\(name)'")
            }
        }
    }
}
