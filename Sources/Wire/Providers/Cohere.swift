extension ProviderKind {
    /// Cohere by its API reference: its own chat, and OpenAI's dialect where that is all there is to say.
    public static let cohere = ProviderKind(
        name: "cohere",
        dialect: .openAI,
        baseURL: "https://api.cohere.com",
        baseURLEnding: .origin,
        environmentKey: "CO_API_KEY",
        credential: .bearer,
        needsCredential: true,
        paths: [.cohereChat: "/v2/chat", .embeddings: "/compatibility/v1/embeddings", .rerank: "/v2/rerank"]
    )
}
