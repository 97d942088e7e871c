import NIOCore

/// Writes the body of Ollama's `POST /api/chat`.
struct OllamaRequestWriter: ChatRequestWriter {
    private(set) var writer = JSONWriter()
    private let model: ServedModel
    private(set) var losses: TranslationLosses
    /// The tool that each call named: results name it here, not the call.
    private var names: [String: RawText] = [:]

    init(_ target: ChatRequestTarget, _ losses: TranslationLosses) {
        model = target.model
        self.losses = losses
    }

    mutating func write(_ request: ChatRequest) throws(TranslationError) {
        writer.beginObject()
        writer.member("model", model.name)
        writer.key("messages")
        writer.beginArray()
        if !request.system.isEmpty { try writeMessage("system", request.system, "system") }
        for message in request.messages { try write(message, message.path) }
        writer.endArray()
        try writeTools(request)
        switch request.format {
        case nil: break
        case .object: writer.member("format", "json")
        case .schema(let schema, _, _, _): writer.member("format", schema)
        }
        try losses.dropDescription(of: request.format, "Ollama")
        if let reasoning = request.reasoning { try writeThinking(reasoning) }
        writer.member("stream", request.streams)
        try writeOptions(request)
        writer.endObject()
    }

    // MARK: Messages

    private mutating func write(_ message: ChatMessage, _ path: String) throws(TranslationError) {
        if message.name != nil { try losses.drop(path + ".name", "Ollama's messages have no name") }
        var rest: [ChatPart] = []
        for part in message.parts {
            guard case .toolResult(let result) = part.content else {
                rest.append(part)
                continue
            }
            writer.beginObject()
            writer.member("role", "tool")
            writer.member("content", try result.plainText(path, "Ollama's results of tools hold texts only"))
            writer.memberIfPresent("tool_name", names[result.id.string])
            writer.endObject()
        }
        if !rest.isEmpty { try writeMessage(message.role == .user ? "user" : "assistant", rest, path) }
    }

    private mutating func writeMessage(_ role: String, _ parts: [ChatPart], _ path: String) throws(TranslationError) {
        var text = RawText("")
        var thinking = RawText("")
        var images: [RawText] = []
        var calls: [ToolCall] = []
        for part in parts {
            switch part.content {
            case .text(let more), .refusal(let more): text.appendParagraph(more)
            case .thinking(let more, _): thinking.appendParagraph(more)
            case .media(let media):
                if media.detail != nil {
                    try losses.drop(path + ".image_url.detail", "Ollama has no detail of images")
                }
                try losses.dropName(of: media, path, "Ollama")
                switch (media.kind, media.source) {
                case (.image, .base64(_, let data)): images.append(data)
                case (.document, .text(let more)): text.appendParagraph(more)
                case (.image, .url): throw .needsBytes(path, "Ollama takes images as base64, not by URL")
                case (.document, .url): throw .needsBytes(path, "Ollama takes documents as text, not by URL")
                default: throw TranslationError(path, "Ollama takes texts and images only")
                }
            case .toolCall(let call): calls.append(call)
            case .sealedThinking: try losses.drop(path + ".reasoning", "Ollama takes back no sealed thinking")
            case .other(let type, _): try losses.drop("\(path).\(type.string)", "Ollama has no '\(type.string)'")
            case .toolResult: break
            }
        }
        writer.beginObject()
        writer.member("role", role)
        writer.member("content", text)
        if !thinking.isEmpty { writer.member("thinking", thinking) }
        writer.texts("images", images)
        if !calls.isEmpty { try writeCalls(calls, path) }
        writer.endObject()
    }

    private mutating func writeCalls(_ calls: [ToolCall], _ path: String) throws(TranslationError) {
        writer.key("tool_calls")
        writer.beginArray()
        for call in calls {
            names[call.id.string] = call.name
            writer.beginObject()
            writer.key("function")
            writer.beginObject()
            writer.member("name", call.name)
            writer.member("arguments", try call.checkedInput(path, losses.mode))
            writer.endObject()
            writer.endObject()
        }
        writer.endArray()
    }

    // MARK: Tools, sampling and answers

    /// Without tools none is called; a call cannot be demanded.
    private mutating func writeTools(_ request: ChatRequest) throws(TranslationError) {
        guard !request.tools.isEmpty, request.toolChoice != ToolChoice.none else { return }
        writer.functionTools(request.tools, tellsStrict: false)
        for (place, tool) in request.tools.enumerated() where tool.isStrict == true {
            try losses.drop("tools[\(place)].strict", "Ollama does not bind calls to their schema")
        }
        switch request.toolChoice {
        case .required, .tool: try losses.drop("tool_choice", "Ollama cannot be made to call a tool")
        default: break
        }
        if request.parallelToolCalls == false {
            try losses.drop("parallel_tool_calls", "Ollama has no limit of calls at a time")
        }
    }

    private mutating func writeThinking(_ reasoning: ReasoningWish) throws(TranslationError) {
        if reasoning.budget != nil { try losses.drop("thinking.budget_tokens", "Ollama has no budget of thinking") }
        switch reasoning.effort?.string {
        case "low", "medium", "high": writer.memberIfPresent("think", reasoning.effort)
        case "minimal": writer.member("think", "low")
        case "xhigh", "max": writer.member("think", "high")
        default: writer.member("think", reasoning.anthropicThinks)
        }
    }

    private mutating func writeOptions(_ request: ChatRequest) throws(TranslationError) {
        let known = ["seed", "presence_penalty", "frequency_penalty"]
        let named = request.extras.filter { known.contains($0.name) }
        for (name, value) in request.extras where !known.contains(name) {
            if name == "keep_alive" {
                writer.member(name, value)
            } else if !SilentMembers.isDefault(name, value, of: request.client) {
                try losses.drop(name, "Ollama has no '\(name)'")
            }
        }
        if let wish = request.logprobs {
            writer.member("logprobs", true)
            if wish.wantsAlternatives { writer.memberIfPresent("top_logprobs", wish.alternatives) }
        }
        if request.user != nil { try losses.drop("user", "Ollama is not told of users") }
        if let tier = request.serviceTier, !["auto", "default"].contains(tier.string) {
            try losses.drop("service_tier", "Ollama has no tiers of service")
        }
        writer.key("options")
        writer.beginObject()
        writer.memberIfPresent("num_predict", request.maxTokens)
        writer.memberIfPresent("temperature", request.temperature)
        writer.memberIfPresent("top_p", request.topP)
        writer.memberIfPresent("top_k", request.topK)
        writer.texts("stop", request.stop)
        for (name, value) in named { writer.member(name, value) }
        writer.endObject()
    }
}
