extension ProviderKind {
    /// Perplexity's API, by its reference: it states usage in every stream.
    public static let perplexity = likeOpenAI(
        "perplexity", baseURL: "https://api.perplexity.ai", environmentKey: "PERPLEXITY_API_KEY",
        paths: [.chatCompletions: "/chat/completions"],
        renames: maxTokensRename, takesStreamOptions: false)
}
