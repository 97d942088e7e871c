extension ProviderKind {
    /// Google's Gemini API, by its published reference.
    public static let gemini = ProviderKind(
        name: "gemini",
        dialect: .gemini,
        baseURL: "https://generativelanguage.googleapis.com",
        baseURLEnding: .origin,
        environmentKey: "GEMINI_API_KEY",
        credential: .header("x-goog-api-key"),
        needsCredential: true,
        paths: geminiPaths
    )

    /// A stream is asked for as events: as the array that it would be otherwise, an error in it could not be told from
    /// an answer.
    static let geminiPaths: [EndpointKind: UpstreamPath] = [
        .generateContent: UpstreamPath(
            "/v1beta/models/{model}:generateContent", stream: "/v1beta/models/{model}:streamGenerateContent?alt=sse"),
        .countContentTokens: "/v1beta/models/{model}:countTokens",
        .embedContent: "/v1beta/models/{model}:embedContent",
        .batchEmbedContents: "/v1beta/models/{model}:batchEmbedContents",
    ]
}
