/// What a client asks a model for, whatever the dialect.
struct GenerationAsk {
    var model: String
    var streams = false
    /// OpenAI: `stream_options.include_usage`.
    var includesUsage = false
    var promptTokens: Int
    /// The text of the last message of the user, or the prompt.
    var lastText: String
    var tools: [Tool] = []
    /// The last message already carries a tool's result, so that it is time for text.
    var answersTools = false
    var allowsParallelTools = true
    /// Plain completions have no place for it.
    var allowsReasoning = true
    var tokensMax: Int?
    var choices = 1

    struct Tool {
        let name: String
        let schema: SimulatorJSON
    }

    static let choicesMax = 4
}

extension GenerationAsk {
    init(chat body: SimulatorJSON, model: String) throws(ProviderError) {
        let reader = BodyReader(body: body, dialect: .openAI)
        let messages = try reader.messages()
        self.init(model: model, promptTokens: Self.promptTokens(body), lastText: Self.lastText(messages))
        try readOpenAI(reader)
        tokensMax = try reader.integer("max_completion_tokens", 1...Int.max) ?? tokensMax
        allowsParallelTools = body["parallel_tool_calls"]?.bool ?? true
        answersTools = messages.last?["role"]?.string == "tool"
        guard body["tool_choice"]?.string != "none" else { return }
        tools = Self.functions(body)
    }

    init(completion body: SimulatorJSON, model: String) throws(ProviderError) {
        let reader = BodyReader(body: body, dialect: .openAI)
        guard let prompt = body["prompt"] else { throw reader.missing("prompt") }
        let text = prompt.string ?? prompt.array?.last?.string ?? ""
        let tokens = EmbeddingsAsk.tokenCount(prompt) ?? Lorem.tokens(bytes: prompt.textBytes)
        self.init(model: model, promptTokens: max(1, tokens), lastText: text)
        allowsReasoning = false
        try readOpenAI(reader)
    }

    init(messages body: SimulatorJSON, model: String) throws(ProviderError) {
        let reader = BodyReader(body: body, dialect: .anthropic)
        let messages = try reader.messages()
        self.init(model: model, promptTokens: Self.promptTokens(body), lastText: Self.lastText(messages))
        guard let tokensMax = try reader.integer("max_tokens", 1...Int.max) else { throw reader.missing("max_tokens") }
        self.tokensMax = tokensMax
        streams = try reader.bool("stream") ?? false
        answersTools = (messages.last?["content"]?.array ?? []).contains { $0["type"]?.string == "tool_result" }
        let choice = body["tool_choice"]
        allowsParallelTools = choice?["disable_parallel_tool_use"]?.bool != true
        guard choice?["type"]?.string != "none" else { return }
        tools = (body["tools"]?.array ?? []).compactMap { tool in
            guard let name = tool["name"]?.string else { return nil }
            return Tool(name: name, schema: tool["input_schema"] ?? [:])
        }
    }

    private mutating func readOpenAI(_ reader: BodyReader) throws(ProviderError) {
        streams = try reader.bool("stream") ?? false
        includesUsage = reader.body["stream_options"]?["include_usage"]?.bool ?? false
        tokensMax = try reader.integer("max_tokens", 1...Int.max)
        choices = try reader.integer("n", 1...Self.choicesMax) ?? 1
    }

    /// Tools in OpenAI's shape.
    static func functions(_ body: SimulatorJSON) -> [Tool] {
        (body["tools"]?.array ?? []).compactMap { tool in
            guard let function = tool["function"], let name = function["name"]?.string else { return nil }
            return Tool(name: name, schema: function["parameters"] ?? [:])
        }
    }

    /// The size of everything that a model reads.
    static func promptTokens(_ body: SimulatorJSON) -> Int {
        let bytes = ["messages", "system", "tools", "toolConfig", "input", "instructions"].reduce(0) {
            $0 + (body[$1]?.textBytes ?? 0)
        }
        return max(1, Lorem.tokens(bytes: bytes))
    }

    static func lastText(_ messages: [SimulatorJSON]) -> String {
        guard let content = messages.last(where: { $0["role"]?.string == "user" })?["content"] else { return "" }
        if let text = content.string { return text }
        return (content.array ?? []).compactMap { $0["text"]?.string }.joined()
    }
}
