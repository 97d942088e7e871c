extension ProviderKind {
    /// Anthropic's Messages API. A client that names no `anthropic-version` gets the first stable one.
    public static let anthropic = ProviderKind(
        name: "anthropic",
        dialect: .anthropic,
        baseURL: "https://api.anthropic.com",
        baseURLEnding: .origin,
        environmentKey: "ANTHROPIC_API_KEY",
        credential: .header("x-api-key"),
        needsCredential: true,
        defaultHeaders: [(.anthropicVersion, "anthropic-version", "2023-06-01")],
        paths: [.messages: "/v1/messages", .countTokens: "/v1/messages/count_tokens"]
    )
}
