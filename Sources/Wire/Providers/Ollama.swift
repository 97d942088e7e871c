extension ProviderKind {
    /// A server of Ollama, through its OpenAI-compatible endpoints.
    public static let ollama = likeOpenAI(
        "ollama", baseURL: "http://127.0.0.1:11434/v1", environmentKey: nil,
        renames: maxTokensRename)
}
