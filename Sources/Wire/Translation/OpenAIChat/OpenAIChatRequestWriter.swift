import NIOCore

/// Writes the body of `POST /v1/chat/completions`. Marks of what is to be cached are left out: OpenAI caches by itself.
struct OpenAIChatRequestWriter: ChatRequestWriter {
    var writer = JSONWriter()
    let target: ChatRequestTarget
    var losses: TranslationLosses

    init(_ target: ChatRequestTarget, _ losses: TranslationLosses) {
        self.target = target
        self.losses = losses
    }

    mutating func write(_ request: ChatRequest) throws(TranslationError) {
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
