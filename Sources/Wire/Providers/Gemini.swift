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
    static let geminiPaths = geminiChatPaths("/v1beta/models/{model}").adding([
        .embedContent: "/v1beta/models/{model}:embedContent",
        .batchEmbedContents: "/v1beta/models/{model}:batchEmbedContents",
    ])

    /// - Parameter model: where the model is, before the method.
    static func geminiChatPaths(_ model: String) -> [EndpointKind: UpstreamPath] {
        [
            .generateContent: UpstreamPath(
                "\(model):generateContent", stream: "\(model):streamGenerateContent?alt=sse"),
            .countContentTokens: UpstreamPath("\(model):countTokens"),
        ]
    }
}
