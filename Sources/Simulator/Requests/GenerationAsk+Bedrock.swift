extension GenerationAsk {
    /// What is asked at `/model/{id}/converse`, as strictly as Bedrock reads it: roles take turns, no text is blank,
    /// and results answer the calls before them.
    init(converse body: SimulatorJSON, model: String, streams: Bool) throws(ProviderError) {
        let messages = try BodyReader(body: body, dialect: .bedrock).messages()
        try Self.checkTurns(messages)
        self.init(model: model, promptTokens: Self.promptTokens(body), lastText: Self.lastText(messages))
        self.streams = streams
        tokensMax = body["inferenceConfig"]?["maxTokens"]?.integer
        answersTools = Self.ids("toolResult", messages.last).isEmpty == false
        tools = (body["toolConfig"]?["tools"]?.array ?? []).compactMap { tool in
            guard let tool = tool["toolSpec"], let name = tool["name"]?.string else { return nil }
            return Tool(name: name, schema: tool["inputSchema"]?["json"] ?? [:])
        }
        let hasCalls = messages.contains { !Self.ids("toolUse", $0).isEmpty }
        guard tools.isEmpty, hasCalls || answersTools else { return }
        throw Self.refusal("The toolConfig field must be defined when using toolUse and toolResult content blocks.")
    }

    private static func checkTurns(_ messages: [SimulatorJSON]) throws(ProviderError) {
        var calls: Set<String> = []
        for (place, message) in messages.enumerated() {
            guard message["role"]?.string == (place % 2 == 0 ? "user" : "assistant") else {
                throw refusal("A conversation must alternate between user and assistant roles, and begin with a user.")
            }
            guard let blocks = message["content"]?.array, !blocks.isEmpty else {
                throw refusal("The content field in the Message object at messages.\(place) is empty.")
            }
            guard blocks.allSatisfy({ $0["text"]?.string?.allSatisfy(\.isWhitespace) != true }) else {
                throw refusal("The text field in the ContentBlock object at messages.\(place) is blank.")
            }
            guard Set(ids("toolResult", message)) == calls else {
                throw refusal("Expected toolResult blocks at messages.\(place).content for the calls before it.")
            }
            calls = Set(ids("toolUse", message))
        }
    }

    private static func ids(_ block: String, _ message: SimulatorJSON?) -> [String] {
        (message?["content"]?.array ?? []).compactMap { $0[block]?["toolUseId"]?.string }
    }

    private static func refusal(_ message: String) -> ProviderError { ProviderError(status: 400, message: message) }
}
