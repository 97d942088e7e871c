extension ProviderKind {
    /// OpenRouter's API, by its reference: it states what a call costs.
    public static let openRouter = likeOpenAI(
        "openrouter", baseURL: "https://openrouter.ai/api/v1", environmentKey: "OPENROUTER_API_KEY",
        paths: openAIPaths.adding([.responses: "/responses"]), renames: maxTokensRename,
        thoughts: .details)
}
