extension GenerationAsk {
    /// What is asked at `/api/chat`, which streams unless it is told not to.
    init(ollama body: SimulatorJSON, model: String) throws(ProviderError) {
        let reader = BodyReader(body: body, dialect: .ollama)
        let messages = try reader.messages()
        for message in messages {
            guard let content = message["content"], content.string == nil else { continue }
            throw reader.invalid("content", "cannot unmarshal into a string")
        }
        let calls = messages.flatMap { $0["tool_calls"]?.array ?? [] }
        guard calls.allSatisfy({ $0["function"]?["arguments"]?.members != nil }) else {
            throw reader.invalid("arguments", "cannot unmarshal into an object")
        }
        self.init(model: model, promptTokens: Self.promptTokens(body), lastText: Self.lastText(messages))
        streams = try reader.bool("stream") ?? true
        // A negative number has no end.
        tokensMax = body["options"]?["num_predict"]?.integer.flatMap { $0 < 0 ? nil : $0 }
        answersTools = messages.last?["role"]?.string == "tool"
        tools = Self.functions(body)
    }
}
