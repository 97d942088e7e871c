extension ProviderKind {
    /// Mistral's API, by its reference: it refuses members that it does not know, and states usage in every stream.
    public static let mistral = likeOpenAI(
        "mistral", baseURL: "https://api.mistral.ai/v1", environmentKey: "MISTRAL_API_KEY",
        paths: [.chatCompletions: "/chat/completions", .embeddings: "/embeddings", .moderations: "/moderations"],
        renames: maxTokensRename, takesStreamOptions: false)
}
