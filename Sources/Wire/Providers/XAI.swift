extension ProviderKind {
    /// xAI's API, by its reference.
    public static let xAI = likeOpenAI(
        "xai", baseURL: "https://api.x.ai/v1", environmentKey: "XAI_API_KEY",
        paths: [
            .chatCompletions: "/chat/completions", .completions: "/completions", .responses: "/responses",
        ])
}
