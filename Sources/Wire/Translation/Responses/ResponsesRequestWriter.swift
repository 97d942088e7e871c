import NIOCore

/// Writes the body of `POST /v1/responses`. Nothing is stored at the provider: the client sends what came before.
/// Marks of what is to be cached are left out: OpenAI caches by itself.
struct ResponsesRequestWriter: ChatRequestWriter {
    var writer = JSONWriter()
    private let model: ServedModel
    var losses: TranslationLosses

    init(_ target: ChatRequestTarget, _ losses: TranslationLosses) {
        model = target.model
        self.losses = losses
    }

    mutating func write(_ request: ChatRequest) throws(TranslationError) {
        writer.beginObject()
        writer.member("model", model.name)
        if !request.system.isEmpty { try writeInstructions(request.system) }
        writer.key("input")
        writer.beginArray()
        for message in request.messages { try write(message, message.path) }
        writer.endArray()
        writeTools(request)
        writer.memberIfPresent("max_output_tokens", request.maxTokens)
        writer.memberIfPresent("temperature", request.temperature)
        writer.memberIfPresent("top_p", request.topP)
        if request.topK != nil { try losses.drop("top_k", "OpenAI has no top_k") }
        if !request.stop.isEmpty { try losses.drop("stop", "Responses have no stop texts") }
        writeText(request)
        writeReasoning(request)
        writeInclude(request)
        writer.memberIfPresent("service_tier", request.serviceTier)
        try writer.user(request.user, losses: &losses)
        for (name, value) in request.extras { try write(name, value, of: request.client) }
        writer.member("store", false)
        if request.streams { writer.member("stream", true) }
        writer.endObject()
    }

    private mutating func writeInstructions(_ parts: [ChatPart]) throws(TranslationError) {
        for part in parts {
            if case .text = part.content { continue }
            throw TranslationError("system", "instructions of Responses are text only")
        }
        writer.member("instructions", OpenAIChatRequestWriter.joined(parts))
    }

    // MARK: Tools

    /// A schema that says nothing of strictness would be held to it here.
    private mutating func writeTools(_ request: ChatRequest) {
        guard !request.tools.isEmpty else { return }
        writer.key("tools")
        writer.beginArray()
        for tool in request.tools {
            writer.beginObject()
            writer.member("type", "function")
            writer.member("name", tool.name)
            writer.memberIfPresent("description", tool.description)
            writer.member(
                "parameters",
                tool.parameters ?? RawJSON(kind: .object, ByteBuffer(string: #"{"type":"object","properties":{}}"#)))
            writer.member("strict", tool.isStrict ?? false)
            writer.endObject()
        }
        writer.endArray()
        switch request.toolChoice {
        case nil: break
        case .auto: writer.member("tool_choice", "auto")
        case ToolChoice.none?: writer.member("tool_choice", "none")
        case .required: writer.member("tool_choice", "required")
        case .tool(let name):
            writer.key("tool_choice")
            writer.beginObject()
            writer.member("type", "function")
            writer.member("name", name)
            writer.endObject()
        }
        if let parallel = request.parallelToolCalls { writer.member("parallel_tool_calls", parallel) }
    }

    // MARK: Answers

    private mutating func writeText(_ request: ChatRequest) {
        let verbosity = request.extras.first { $0.name == "verbosity" }?.value
        guard request.format != nil || verbosity != nil else { return }
        writer.key("text")
        writer.beginObject()
        if let format = request.format {
            writer.key("format")
            writer.beginObject()
            switch format {
            case .object: writer.member("type", "json_object")
            case .schema(let schema, let name, let description, let isStrict):
                writer.member("type", "json_schema")
                writer.member("name", name ?? RawText("answer"))
                writer.memberIfPresent("description", description)
                writer.member("schema", schema)
                writer.member("strict", isStrict ?? true)
            }
            writer.endObject()
        }
        writer.memberIfPresent("verbosity", verbosity)
        writer.endObject()
    }

    /// Sealed reasoning is asked for only where reasoning is: models without any refuse the question. A summary is
    /// asked for where the client's dialect shows thinking.
    private mutating func writeReasoning(_ request: ChatRequest) {
        guard let effort = request.reasoning?.openAIEffort else { return }
        writer.key("reasoning")
        writer.beginObject()
        writer.member("effort", effort)
        if request.reasoning?.isOn == true { writer.member("summary", "auto") }
        writer.endObject()
    }

    private mutating func writeInclude(_ request: ChatRequest) {
        let effort = request.reasoning?.openAIEffort
        let reasons = effort != nil && effort?.string != "none"
        if reasons || request.logprobs != nil {
            writer.key("include")
            writer.beginArray()
            if reasons { writer.value("reasoning.encrypted_content") }
            if request.logprobs != nil { writer.value("message.output_text.logprobs") }
            writer.endArray()
        }
        if request.logprobs?.wantsAlternatives == true {
            writer.memberIfPresent("top_logprobs", request.logprobs?.alternatives)
        }
    }

    private mutating func write(
        _ name: String, _ value: RawJSON, of client: ChatFormat
    ) throws(TranslationError) {
        switch name {
        case "metadata", "prompt_cache_key", "prompt_cache_retention", "prompt_cache_options":
            writer.member(name, value)
        case "verbosity": break
        default: if !SilentMembers.isDefault(name, value, of: client) { try drop(name) }
        }
    }

    private mutating func drop(_ name: String) throws(TranslationError) {
        try losses.drop(name, "Responses through this gateway have no '\(name)'")
    }
}
