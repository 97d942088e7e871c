extension ProviderKind {
    /// The simulator that is part of the program: it speaks all dialects and needs no key. Its address is known
    /// once it listens.
    public static let simulator = ProviderKind(
        name: "simulator",
        dialect: .openAI,
        baseURL: nil,
        baseURLEnding: .origin,
        environmentKey: nil,
        credential: .bearer,
        needsCredential: false,
        paths: [
            .chatCompletions: "/v1/chat/completions",
            .completions: "/v1/completions",
            .embeddings: "/v1/embeddings",
            .messages: "/v1/messages",
            .responses: "/v1/responses",
            .countTokens: "/v1/messages/count_tokens",
        ].merging(geminiPaths) { own, _ in own },
        knownModels: ["echo", "lorem", "tools", "parallel-tools", "reasoning", "cached"]
    )
}
