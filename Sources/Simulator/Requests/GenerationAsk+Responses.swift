extension GenerationAsk {
    /// What is asked at `/v1/responses`. Nothing is stored here: an answer before is sent along or unknown.
    init(responses body: SimulatorJSON, model: String) throws(ProviderError) {
        let reader = BodyReader(body: body, dialect: .openAI)
        let items = try Self.items(reader)
        self.init(model: model, promptTokens: Self.promptTokens(body), lastText: Self.lastText(of: items))
        streams = try reader.bool("stream") ?? false
        tokensMax = try reader.integer("max_output_tokens", 1...Int.max)
        allowsParallelTools = body["parallel_tool_calls"]?.bool ?? true
        answersTools = items.last?["type"]?.string?.hasSuffix("_call_output") == true
        guard body["tool_choice"]?.string != "none" else { return }
        tools = (body["tools"]?.array ?? []).compactMap { tool in
            guard tool["type"]?.string == "function", let name = tool["name"]?.string else { return nil }
            return Tool(name: name, schema: tool["parameters"] ?? [:])
        }
    }

    private static func items(_ reader: BodyReader) throws(ProviderError) -> [SimulatorJSON] {
        if let id = reader.body["previous_response_id"]?.string {
            throw ProviderError(
                status: 400, message: "Previous response with id '\(id)' not found.",
                parameter: "previous_response_id", code: "previous_response_not_found")
        }
        guard let input = reader.body["input"], input != .null else { throw reader.missing("input") }
        if let text = input.string { return [["role": "user", "content": .string(text)]] }
        guard let items = input.array else { throw reader.invalid("input", "expected a string or an array") }
        guard items.allSatisfy({ $0["type"]?.string != nil || $0["role"]?.string != nil }) else {
            throw reader.invalid("input", "expected items with a type")
        }
        // As OpenAI does with what it has not sealed itself.
        for item in items where item["type"]?.string == "reasoning" {
            guard let sealed = item["encrypted_content"]?.string, !sealed.hasPrefix(ResponsesForm.sealPrefix) else {
                continue
            }
            throw ProviderError(
                status: 400, message: "The encrypted content could not be verified.",
                code: "invalid_encrypted_content")
        }
        return items
    }

    private static func lastText(of items: [SimulatorJSON]) -> String {
        guard let content = items.last(where: { $0["role"]?.string == "user" })?["content"] else { return "" }
        if let text = content.string { return text }
        return (content.array ?? []).compactMap { $0["text"]?.string }.joined()
    }
}
