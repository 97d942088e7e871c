import NIOCore

/// Writes the body of `POST /v1/messages`.
struct AnthropicRequestWriter: ChatRequestWriter {
    var writer = JSONWriter()
    private let model: ServedModel
    var losses: TranslationLosses

    /// What Anthropic's API wants to be told and a client of another dialect may leave out.
    static let maxTokensDefault = 8192

    init(_ target: ChatRequestTarget, _ losses: TranslationLosses) {
        model = target.model
        self.losses = losses
    }

    mutating func write(_ request: ChatRequest) throws(TranslationError) {
        writer.beginObject()
        writer.member("model", model.name)
        // What is thought counts, so that there must be room for more than that.
        let thought = request.reasoning?.budget?.integer ?? 0
        writer.member("max_tokens", request.maxTokens ?? .number(Self.maxTokensDefault + max(0, thought)))
        if !request.system.isEmpty {
            writer.key("system")
            try writeBlocks(request.system, "system")
        }
        writer.key("messages")
        writer.beginArray()
        try writeMessages(request.messages)
        writer.endArray()
        try writeTools(request)
        try writeSampling(request)
        try writeOutput(request)
        if request.streams { writer.member("stream", true) }
        if let user = request.user {
            writer.key("metadata")
            writer.beginObject()
            writer.member("user_id", user)
            writer.endObject()
        }
        try dropExtras(request)
        writer.endObject()
    }

    // MARK: Tools

    private mutating func writeTools(_ request: ChatRequest) throws(TranslationError) {
        guard !request.tools.isEmpty else { return }
        writer.key("tools")
        writer.beginArray()
        for tool in request.tools {
            writer.beginObject()
            writer.member("name", tool.name)
            writer.memberIfPresent("description", tool.description)
            writer.member(
                "input_schema",
                tool.parameters ?? RawJSON(kind: .object, ByteBuffer(string: #"{"type":"object","properties":{}}"#)))
            if let isStrict = tool.isStrict { writer.member("strict", isStrict) }
            writer.memberIfPresent("cache_control", tool.cacheControl)
            writer.endObject()
        }
        writer.endArray()
        guard request.toolChoice != nil || request.parallelToolCalls == false else { return }
        writer.key("tool_choice")
        writer.beginObject()
        switch request.toolChoice ?? .auto {
        case .auto: writer.member("type", "auto")
        case .none: writer.member("type", "none")
        case .required: writer.member("type", "any")
        case .tool(let name):
            writer.member("type", "tool")
            writer.member("name", name)
        }
        if request.parallelToolCalls == false, request.toolChoice != ToolChoice.none {
            writer.member("disable_parallel_tool_use", true)
        }
        writer.endObject()
    }

    // MARK: Sampling and answers

    private mutating func writeSampling(_ request: ChatRequest) throws(TranslationError) {
        let request = try request.fittedToClaude(&losses)
        if let temperature = request.temperature {
            let number = Double(String(buffer: temperature.buffer)) ?? 0
            if number > 1 {
                writer.member("temperature", 1)
                try losses.drop("temperature", "Anthropic's temperatures end at 1")
            } else {
                writer.member("temperature", temperature)
            }
        }
        writer.memberIfPresent("top_p", request.topP)
        writer.memberIfPresent("top_k", request.topK)
        writer.texts("stop_sequences", request.stop)
    }

    private mutating func writeOutput(_ request: ChatRequest) throws(TranslationError) {
        if let reasoning = request.reasoning { writer.anthropicThinking(reasoning) }
        let effort = request.reasoning?.anthropicEffort
        var schema: RawJSON?
        switch request.format {
        case nil: break
        case .object: try losses.drop("response_format", "Anthropic knows JSON by its schema only")
        case .schema(let wanted, _, _, _): schema = wanted
        }
        try losses.dropDescription(of: request.format, "Anthropic")
        guard effort != nil || schema != nil else { return }
        writer.key("output_config")
        writer.beginObject()
        if let effort { writer.member("effort", effort) }
        if let schema {
            writer.key("format")
            writer.beginObject()
            writer.member("type", "json_schema")
            writer.member("schema", schema)
            writer.endObject()
        }
        writer.endObject()
    }

    private mutating func dropExtras(_ request: ChatRequest) throws(TranslationError) {
        if let tier = request.serviceTier, !["auto", "default"].contains(tier.string) {
            try losses.drop("service_tier", "Anthropic has no tier '\(tier.string)'")
        }
        if request.logprobs != nil { try losses.drop("logprobs", "Anthropic tells no probabilities of tokens") }
        for (name, value) in request.extras where !SilentMembers.isDefault(name, value, of: request.client) {
            try losses.drop(name, "Anthropic has no '\(name)'")
        }
    }
}

extension ReasoningWish {
    var anthropicThinks: Bool { isOn ?? (effort?.string != "none") }

    /// nil where none is said, or thinking is off.
    var anthropicEffort: String? {
        switch effort?.string {
        case nil, "none": nil
        case "minimal": "low"
        case let effort?: effort
        }
    }
}

extension JSONWriter {
    /// `thinking`, as Claude takes it.
    mutating func anthropicThinking(_ reasoning: ReasoningWish) {
        key("thinking")
        beginObject()
        if !reasoning.anthropicThinks {
            member("type", "disabled")
        } else if let budget = reasoning.budget {
            member("type", "enabled")
            member("budget_tokens", budget)
        } else {
            member("type", "adaptive")
        }
        endObject()
    }
}
