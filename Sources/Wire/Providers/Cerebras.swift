extension ProviderKind {
    /// Cerebras' API, by its reference.
    public static let cerebras = likeOpenAI(
        "cerebras", baseURL: "https://api.cerebras.ai/v1", environmentKey: "CEREBRAS_API_KEY",
        paths: [.chatCompletions: "/chat/completions", .completions: "/completions"])
}
