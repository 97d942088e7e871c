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
        paths: openAIPaths.adding(.responses, "/responses")
    )

    /// The paths that OpenAI and those who speak its dialect serve under a base URL that ends in `/v1`.
    static let openAIPaths: [EndpointKind: String] = [
        .chatCompletions: "/chat/completions",
        .completions: "/completions",
        .embeddings: "/embeddings",
    ]
}

extension [EndpointKind: String] {
    func adding(_ endpoint: EndpointKind, _ path: String) -> Self { merging([endpoint: path]) { _, new in new } }
}
