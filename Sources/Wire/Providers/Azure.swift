extension ProviderKind {
    /// Azure OpenAI and Foundry by Microsoft's reference, version 1 of the API and later. The names of models are those
    /// of deployments. Foundry's address is written as `base_url`; it serves Claude by Anthropic's dialect.
    public static let azure = makeAzure(
        objectsPrefix: "/openai/v1",
        paths: [
            .chatCompletions: "/openai/v1/chat/completions",
            .completions: "/openai/v1/completions",
            .embeddings: "/openai/v1/embeddings",
            .responses: "/openai/v1/responses",
            .images: "/openai/v1/images/generations",
            .speech: "/openai/v1/audio/speech",
            .transcriptions: "/openai/v1/audio/transcriptions",
            .realtime: "/openai/v1/realtime",
        ])

    /// The API before version 1: a date as `api_version`, and the deployment in the path.
    public static let azureDeployments = makeAzure(
        objectsPrefix: "/openai",
        paths: [
            .chatCompletions: "/openai/deployments/{model}/chat/completions",
            .completions: "/openai/deployments/{model}/completions",
            .embeddings: "/openai/deployments/{model}/embeddings",
            .responses: "/openai/responses",
            .images: "/openai/deployments/{model}/images/generations",
            .speech: "/openai/deployments/{model}/audio/speech",
            .transcriptions: "/openai/deployments/{model}/audio/transcriptions",
        ])

    private static func makeAzure(objectsPrefix: String, paths: [EndpointKind: UpstreamPath]) -> ProviderKind {
        ProviderKind(
            name: "azure",
            dialect: .openAI,
            baseURL: "https://{resource}.openai.azure.com",
            baseURLEnding: .origin,
            environmentKey: nil,
            settings: [.resource, .apiVersion, .deployments, .entra],
            // Anthropic's own client sends the key under both names to Foundry.
            credential: .headers(["api-key", "x-api-key"]),
            needsCredential: true,
            paths: paths,
            objectsPrefix: objectsPrefix,
            families: [
                ModelFamily(
                    prefix: "claude",
                    paths: [
                        .messages: "/anthropic/v1/messages", .countTokens: "/anthropic/v1/messages/count_tokens",
                    ],
                    defaultHeaders: [(.anthropicVersion, "anthropic-version", "2023-06-01")])
            ]
        )
    }
}
