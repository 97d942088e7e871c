import NIOCore

/// Writes the body of `models/{model}:generateContent`. Marks of what is to be cached are left out: Gemini caches by
/// itself.
struct GeminiRequestWriter: ChatRequestWriter {
    private(set) var writer = JSONWriter()
    private let model: GeminiModel
    private(set) var losses: TranslationLosses

    init(_ target: ChatRequestTarget, _ losses: TranslationLosses) {
        model = GeminiModel(target.model.knownName)
        self.losses = losses
    }

    mutating func write(_ request: ChatRequest) throws(TranslationError) {
        writer.beginObject()
        if !request.system.isEmpty { try writeSystem(request.system) }
        var contents = GeminiContentsWriter(writer, model, losses)
        try contents.write(request.messages)
        writer = contents.writer
        losses = contents.losses
        try writeTools(request)
        try writeConfig(request)
        switch request.serviceTier?.string {
        case nil, "auto", "default": break
        case "flex", "priority": writer.memberIfPresent("serviceTier", request.serviceTier)
        case let tier?: try losses.drop("service_tier", "Gemini has no tier '\(tier)'")
        }
        if request.user != nil { try losses.drop("user", "Gemini is told of no users") }
        writer.endObject()
    }

    private mutating func writeSystem(_ parts: [ChatPart]) throws(TranslationError) {
        writer.key("systemInstruction")
        writer.beginObject()
        writer.key("parts")
        writer.beginArray()
        for part in parts {
            guard case .text(let text) = part.content else {
                throw TranslationError("system", "Gemini takes instructions as text only")
            }
            writer.geminiText(text)
        }
        writer.endArray()
        writer.endObject()
    }

    // MARK: Tools

    private mutating func writeTools(_ request: ChatRequest) throws(TranslationError) {
        guard !request.tools.isEmpty else { return }
        writer.key("tools")
        writer.beginArray()
        writer.beginObject()
        writer.key("functionDeclarations")
        writer.beginArray()
        for (place, tool) in request.tools.enumerated() {
            writer.beginObject()
            writer.member("name", tool.name)
            writer.memberIfPresent("description", tool.description)
            writer.memberIfPresent("parametersJsonSchema", tool.parameters)
            writer.endObject()
            if tool.isStrict == true {
                try losses.drop("tools[\(place)].strict", "Gemini binds calls to their schema where it must call only")
            }
        }
        writer.endArray()
        writer.endObject()
        writer.endArray()
        if let choice = request.toolChoice { write(choice) }
        if request.parallelToolCalls == false {
            try losses.drop("parallel_tool_calls", "Gemini makes as many calls at once as it will")
        }
    }

    private mutating func write(_ choice: ToolChoice) {
        writer.key("toolConfig")
        writer.beginObject()
        writer.key("functionCallingConfig")
        writer.beginObject()
        switch choice {
        case .auto: writer.member("mode", "AUTO")
        case .none: writer.member("mode", "NONE")
        case .required: writer.member("mode", "ANY")
        case .tool(let name):
            writer.member("mode", "ANY")
            writer.key("allowedFunctionNames")
            writer.beginArray()
            writer.value(name)
            writer.endArray()
        }
        writer.endObject()
        writer.endObject()
    }

    // MARK: generationConfig

    private mutating func writeConfig(_ request: ChatRequest) throws(TranslationError) {
        var config = JSONWriter()
        config.beginObject()
        config.memberIfPresent("maxOutputTokens", request.maxTokens)
        config.memberIfPresent("temperature", request.temperature)
        config.memberIfPresent("topP", request.topP)
        config.memberIfPresent("topK", request.topK)
        if !request.stop.isEmpty {
            config.key("stopSequences")
            config.beginArray()
            for text in request.stop { config.value(text) }
            config.endArray()
        }
        try losses.dropDescription(of: request.format, "Gemini")
        if let format = request.format {
            config.member("responseMimeType", "application/json")
            if case .schema(let schema, _, _, _) = format { config.member("responseJsonSchema", schema) }
        }
        if let reasoning = request.reasoning { write(reasoning, &config) }
        if let wish = request.logprobs {
            config.member("responseLogprobs", true)
            if wish.wantsAlternatives { config.memberIfPresent("logprobs", wish.alternatives) }
        }
        try writeExtras(request, &config)
        config.endObject()
        if config.buffer.readableBytes > 2 {
            writer.key("generationConfig")
            writer.raw(config.buffer)
        }
    }

    private func write(_ reasoning: ReasoningWish, _ config: inout JSONWriter) {
        let effort = reasoning.isOn == false ? "none" : reasoning.effort?.string
        config.key("thinkingConfig")
        config.beginObject()
        if reasoning.isOn != false, let budget = reasoning.budget {
            config.member("thinkingBudget", budget)
        } else if let effort, model.isOlder {
            config.member("thinkingBudget", model.budget(effort: effort))
        } else if let level = effort.flatMap({ model.level(effort: $0) }) {
            config.member("thinkingLevel", level)
        } else if model.isOlder {
            config.member("thinkingBudget", -1)
        }
        config.member("includeThoughts", effort != "none" && !reasoning.isHidden)
        config.endObject()
    }

    private mutating func writeExtras(_ request: ChatRequest, _ config: inout JSONWriter) throws(TranslationError) {
        for (name, value) in request.extras {
            switch name {
            case "n" where request.streams && value.integer != 1:
                try losses.drop(name, "a stream has one answer only")
            case "n": config.member("candidateCount", value)
            case "seed": config.member("seed", value)
            case "presence_penalty": config.member("presencePenalty", value)
            case "frequency_penalty": config.member("frequencyPenalty", value)
            default:
                if !SilentMembers.isDefault(name, value, of: request.client) {
                    try losses.drop(name, "Gemini has no '\(name)'")
                }
            }
        }
    }
}
