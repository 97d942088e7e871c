extension ProviderKind {
    /// A server of Ollama: OpenAI's dialect by its compatible endpoints, all others by its own chat, which says more.
    public static let ollama = ProviderKind(
        name: "ollama",
        dialect: .openAI,
        baseURL: "http://127.0.0.1:11434",
        baseURLEnding: .origin,
        environmentKey: nil,
        credential: .bearer,
        needsCredential: false,
        paths: [
            .chatCompletions: "/v1/chat/completions", .completions: "/v1/completions", .embeddings: "/v1/embeddings",
            .ollamaChat: "/api/chat",
        ],
        preferredFormat: .ollamaChat,
        renames: maxTokensRename
    )
}
