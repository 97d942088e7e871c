import NIOCore

/// Reads the body of `models/{model}:generateContent` and `:streamGenerateContent`. What model is meant and whether the
/// answer is a stream stands in the path. Source: Google's published API reference, "Generating content".
struct GeminiRequestReader {
    private var request = ChatRequest(of: .gemini)
    /// Paths of what no other dialect can say.
    private var ownMembers: [String] = []

    static func read(_ body: ByteBuffer) throws(TranslationError) -> ChatRequest {
        let request = try RawDocument.read(body) { document, view throws(TranslationError) in
            var reader = GeminiRequestReader()
            try reader.read(ProtoObject(document: document, view: view))
            for member in reader.ownMembers { reader.request.leaveOut(member, "only Gemini has it") }
            return reader.request
        }
        guard let request else { throw TranslationError("", "the body is no JSON object") }
        return request
    }

    private mutating func read(_ body: ProtoObject) throws(TranslationError) {
        request.wantsUsage = true
        try readContents(body)
        let tools = try GeminiToolsReader.read(body)
        request.tools = tools.tools
        request.toolChoice = tools.choice
        ownMembers += tools.ownMembers
        if let config = body.object("generationConfig") { try readConfig(config) }
        try readRest(body)
    }

    private mutating func readContents(_ body: ProtoObject) throws(TranslationError) {
        var reader = GeminiContentsReader()
        if let instruction = body.object("systemInstruction") {
            request.system = try reader.parts(instruction, "systemInstruction")
        } else if body.member("systemInstruction") != nil {
            throw TranslationError("systemInstruction", "expected a content with parts")
        }
        try reader.read(body)
        request.messages = reader.messages
        ownMembers += reader.ownMembers
    }

    private mutating func readRest(_ body: ProtoObject) throws(TranslationError) {
        for name in ["cachedContent", "continuationToken"] as [StaticString] where body.member(name) != nil {
            throw TranslationError(name.description, "it stands for content that only Google has; send that content")
        }
        request.serviceTier = body.text("serviceTier")?.tier
        let others = body.others(than: [
            "model", "contents", "systemInstruction", "tools", "toolConfig", "generationConfig", "serviceTier",
        ])
        for (name, value) in others where value.isSaying { ownMembers.append(name) }
    }

    // MARK: generationConfig

    private mutating func readConfig(_ config: ProtoObject) throws(TranslationError) {
        request.maxTokens = config.number("maxOutputTokens")
        request.temperature = config.number("temperature")
        request.topP = config.number("topP")
        request.topK = config.number("topK")
        if config.member("stopSequences") != nil {
            guard let stop = config.texts("stopSequences") else {
                throw TranslationError("generationConfig.stopSequences", "expected a list of texts")
            }
            request.stop = stop
        }
        addExtra("n", config.number("candidateCount"))
        addExtra("seed", config.number("seed"))
        addExtra("presence_penalty", config.number("presencePenalty"))
        addExtra("frequency_penalty", config.number("frequencyPenalty"))
        if config.flag("responseLogprobs") == true {
            request.logprobs = LogprobsWish(alternatives: config.number("logprobs"))
        } else if config.number("logprobs")?.integer ?? 0 != 0 {
            // Of what will not come.
            ownMembers.append("generationConfig.logprobs")
        }
        try readFormat(config)
        if let thinking = config.object("thinkingConfig") {
            request.reasoning = Self.reasoning(thinking)
            let others = thinking.others(than: ["includeThoughts", "thinkingBudget", "thinkingLevel"])
            ownMembers += others.map { "generationConfig.thinkingConfig.\($0.name)" }
        }
        readOtherConfig(config)
    }

    private mutating func addExtra(_ name: String, _ value: RawJSON?) {
        if let value { request.extras.append((name, value)) }
    }

    private mutating func readFormat(_ config: ProtoObject) throws(TranslationError) {
        switch config.word("responseMimeType") {
        case nil, "", "text/plain": return
        case "application/json":
            if let schema = config.json("responseJsonSchema") {
                request.format = .schema(schema, name: nil, description: nil, isStrict: false)
            } else if let own = config.object("responseSchema") {
                let schema = try GeminiSchema.jsonSchema(own, "generationConfig.responseSchema")
                request.format = .schema(schema, name: nil, description: nil, isStrict: false)
            } else {
                request.format = .object
            }
        default: ownMembers.append("generationConfig.responseMimeType")
        }
    }

    /// A budget of -1 leaves it to the model, one of 0 switches thinking off.
    private static func reasoning(_ config: ProtoObject) -> ReasoningWish? {
        var wish = ReasoningWish()
        if let level = config.word("thinkingLevel")?.lowercased(), level != "thinking_level_unspecified" {
            wish.effort = RawText(level)
        }
        if let budget = config.number("thinkingBudget") {
            switch budget.integer {
            case 0: wish.isOn = false
            case -1: wish.isOn = true
            default: wish.budget = budget
            }
        } else if wish.effort == nil {
            guard config.flag("includeThoughts") == true else { return nil }
            wish.isOn = true
        }
        return wish
    }

    private mutating func readOtherConfig(_ config: ProtoObject) {
        let others = config.others(than: [
            "maxOutputTokens", "temperature", "topP", "topK", "stopSequences", "candidateCount", "seed",
            "presencePenalty", "frequencyPenalty", "responseMimeType", "responseSchema", "responseJsonSchema",
            "thinkingConfig", "responseModalities", "responseLogprobs", "logprobs",
        ])
        for (name, value) in others where value.isSaying { ownMembers.append("generationConfig.\(name)") }
        if let modalities = config.texts("responseModalities"), modalities.contains(where: { $0.string != "TEXT" }) {
            ownMembers.append("generationConfig.responseModalities")
        }
    }
}

extension RawJSON {
    /// What is neither empty nor false: something is lost with it.
    fileprivate var isSaying: Bool {
        switch kind {
        case .no: false
        case .array: !buffer.withUnsafeReadableBytes { JSONScanner.elements(of: $0).isEmpty }
        case .object: !(buffer.withUnsafeReadableBytes { JSONObjectView($0)?.members.isEmpty } ?? true)
        default: true
        }
    }
}

extension RawText {
    /// A `serviceTier` by OpenAI's names; nil for what happens anyway.
    fileprivate var tier: RawText? {
        switch string.lowercased() {
        case "", "standard", "service_tier_unspecified": nil
        case let tier: RawText(tier)
        }
    }
}
