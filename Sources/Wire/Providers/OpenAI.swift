extension ProviderKind {
    /// OpenAI's own API. Source: its published API reference.
    public static let openAI = ProviderKind(
        name: "openai",
        dialect: .openAI,
        baseURL: "https://api.openai.com/v1",
        baseURLEnding: .asWritten,
        environmentKey: "OPENAI_API_KEY",
        credential: .bearer,
        needsCredential: true,
        paths: openAIPaths.adding(mediaPaths).adding([
            .responses: "/responses", .compact: "/responses/compact", .inputTokens: "/responses/input_tokens",
            .realtime: "/realtime",
        ]),
        objectsPrefix: ""
    )

    /// Beside chats, where they are served.
    static let mediaPaths: [EndpointKind: UpstreamPath] = [
        .images: "/images/generations",
        .speech: "/audio/speech",
        .transcriptions: "/audio/transcriptions",
        .moderations: "/moderations",
    ]

    /// The paths that OpenAI and those who speak its dialect serve under a base URL that ends in `/v1`.
    static let openAIPaths: [EndpointKind: UpstreamPath] = [
        .chatCompletions: "/chat/completions",
        .completions: "/completions",
        .embeddings: "/embeddings",
    ]
}

extension [EndpointKind: UpstreamPath] {
    func adding(_ others: Self) -> Self { merging(others) { _, other in other } }
}
