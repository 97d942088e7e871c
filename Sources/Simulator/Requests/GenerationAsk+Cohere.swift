extension GenerationAsk {
    /// What is asked at `/v2/chat`.
    init(cohere body: SimulatorJSON, model: String) throws(ProviderError) {
        let reader = BodyReader(body: body, dialect: .cohere)
        let messages = try reader.messages()
        try Self.checkResults(messages)
        self.init(model: model, promptTokens: Self.promptTokens(body), lastText: Self.lastText(messages))
        streams = try reader.bool("stream") ?? false
        tokensMax = try reader.integer("max_tokens", 1...Int.max)
        answersTools = messages.last?["role"]?.string == "tool"
        guard body["tool_choice"]?.string != "NONE" else { return }
        tools = Self.functions(body)
    }

    private static func checkResults(_ messages: [SimulatorJSON]) throws(ProviderError) {
        var calls: Set<String> = []
        for message in messages {
            calls.formUnion((message["tool_calls"]?.array ?? []).compactMap { $0["id"]?.string })
            guard message["role"]?.string == "tool" else { continue }
            guard let id = message["tool_call_id"]?.string, calls.contains(id) else {
                throw ProviderError(
                    status: 400, message: "invalid request: a tool message must answer a call of the messages before.")
            }
        }
    }
}
