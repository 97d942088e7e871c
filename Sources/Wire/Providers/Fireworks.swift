extension ProviderKind {
    /// Fireworks' API, by its reference.
    public static let fireworks = likeOpenAI(
        "fireworks", baseURL: "https://api.fireworks.ai/inference/v1", environmentKey: "FIREWORKS_API_KEY",
        paths: openAIPaths.adding([.responses: "/responses"]), renames: maxTokensRename,
        thoughts: .content)
}
