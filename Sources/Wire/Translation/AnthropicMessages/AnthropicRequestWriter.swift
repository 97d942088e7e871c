import NIOCore

/// Writes the body of `POST /v1/messages`.
struct AnthropicRequestWriter {
    private var writer = JSONWriter()
    private var losses: TranslationLosses

    /// What Anthropic's API wants to be told and a client of another dialect may leave out.
    static let maxTokensDefault = 8192

    private init(_ losses: TranslationLosses) { self.losses = losses }

    /// - Parameters:
    ///   - model: the upstream's.
    ///   - losses: takes what is left out.
    static func write(
        _ request: ChatRequest, model: String, losses: inout TranslationLosses
    ) throws(TranslationError) -> ByteBuffer {
        var writer = AnthropicRequestWriter(losses)
        defer { losses = writer.losses }
        try writer.write(request, model: model)
        return writer.writer.buffer
    }

    private mutating func write(_ request: ChatRequest, model: String) throws(TranslationError) {
        writer.beginObject()
        writer.member("model", model)
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

    // MARK: Messages

    /// Neighbours of one role become one message: all results of an assistant's calls stand in one here.
    private mutating func writeMessages(_ messages: [ChatMessage]) throws(TranslationError) {
        var place = 0
        while place < messages.count {
            let first = place
            var parts = messages[place].parts
            place += 1
            while place < messages.count, messages[place].role == messages[first].role {
                parts += messages[place].parts
                place += 1
            }
            for message in messages[first..<place] where message.name != nil {
                try losses.drop(message.path + ".name", "Anthropic's messages have no name")
            }
            writer.beginObject()
            writer.member("role", messages[first].role == .user ? "user" : "assistant")
            writer.key("content")
            try writeBlocks(parts, messages[first].partsPath)
            writer.endObject()
        }
    }

    private mutating func writeBlocks(_ parts: [ChatPart], _ path: String) throws(TranslationError) {
        if parts.count == 1, parts[0].cacheControl == nil, case .text(let text) = parts[0].content {
            return writer.value(text)
        }
        writer.beginArray()
        for part in Self.resultsFirst(parts) {
            // An empty text is refused, and says nothing.
            if case .text(let text) = part.content, text.isEmpty { continue }
            try write(part, path)
        }
        writer.endArray()
    }

    /// Results of tools stand before anything else that the user says.
    static func resultsFirst(_ parts: [ChatPart]) -> [ChatPart] {
        func isResult(_ part: ChatPart) -> Bool { if case .toolResult = part.content { true } else { false } }
        guard parts.contains(where: isResult) else { return parts }
        return parts.filter(isResult) + parts.filter { !isResult($0) }
    }

    private mutating func write(_ part: ChatPart, _ path: String) throws(TranslationError) {
        if case .other(let type, _) = part.content {
            return try losses.drop("\(path).\(type.string)", "Anthropic has no block '\(type.string)'")
        }
        if case .thinking(_, let signature) = part.content, signature == nil {
            return try losses.drop("\(path).reasoning", "Anthropic takes back only thinking that it signed")
        }
        writer.beginObject()
        switch part.content {
        case .text(let text), .refusal(let text):
            writer.member("type", "text")
            writer.member("text", text)
        case .media(let media): try write(media, path)
        case .toolCall(let call):
            writer.member("type", "tool_use")
            writer.member("id", call.id)
            writer.member("name", call.name)
            writer.member("input", try call.checkedInput(path, losses.mode))
        case .toolResult(let result):
            writer.member("type", "tool_result")
            writer.member("tool_use_id", result.id)
            writer.key("content")
            try writeBlocks(result.parts, path)
            if result.isError { writer.member("is_error", true) }
        case .thinking(let text, let signature):
            writer.member("type", "thinking")
            writer.member("thinking", text)
            writer.memberIfPresent("signature", signature)
        case .sealedThinking(let data):
            writer.member("type", "redacted_thinking")
            writer.member("data", data)
        case .other: break
        }
        writer.memberIfPresent("cache_control", part.cacheControl)
        writer.endObject()
    }

    private mutating func write(_ media: ChatMedia, _ path: String) throws(TranslationError) {
        switch media.kind {
        case .image: writer.member("type", "image")
        case .document: writer.member("type", "document")
        case .audio: throw TranslationError(path, "Anthropic takes no sounds")
        }
        writer.key("source")
        writer.beginObject()
        switch media.source {
        case .base64(let type, let data):
            writer.member("type", "base64")
            writer.member("media_type", type)
            writer.member("data", data)
        case .url(let url):
            writer.member("type", "url")
            writer.member("url", url)
        case .text(let text):
            writer.member("type", "text")
            writer.member("media_type", "text/plain")
            writer.member("data", text)
        case .file(let id):
            throw TranslationError(path, "the file '\(id.string)' is another provider's; send its bytes")
        }
        writer.endObject()
        if media.kind == .document { writer.memberIfPresent("title", media.name) }
        if media.detail != nil { try losses.drop(path + ".image_url.detail", "Anthropic has no detail of images") }
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
        for (name, value) in request.extras where !SilentMembers.isDefault(name, value) {
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
