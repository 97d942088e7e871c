extension ProviderKind {
    /// Google's Vertex AI by its reference: Gemini's models by Gemini's dialect, Claude by Anthropic's without a model
    /// in the body, all others by OpenAI's with the publisher in the name, as in `meta/llama-4`.
    public static let vertex = ProviderKind(
        name: "vertex",
        dialect: .openAI,
        baseURL: "https://{location}-aiplatform.googleapis.com",
        baseURLEnding: .origin,
        environmentKey: nil,
        pathPrefix: "/v1/projects/{project}/locations/{location}",
        settings: [.project, .location, .serviceAccountFile],
        credential: .bearer,
        needsCredential: true,
        paths: [.chatCompletions: "/endpoints/openapi/chat/completions"],
        families: [
            ModelFamily(prefix: "gemini", paths: geminiChatPaths("/publishers/google/models/{model}")),
            ModelFamily(
                prefix: "claude",
                paths: [
                    .messages: UpstreamPath(
                        "/publishers/anthropic/models/{model}:rawPredict",
                        stream: "/publishers/anthropic/models/{model}:streamRawPredict"),
                    .countTokens: "/publishers/anthropic/models/count-tokens:rawPredict",
                ],
                members: [("anthropic_version", #""vertex-2023-10-16""#)],
                betas: [
                    "interleaved-thinking", "context-1m", "context-management", "compact", "computer-use",
                    "fine-grained-tool-streaming", "token-efficient-tools", "output-128k", "tool-search-tool",
                    "web-search",
                ],
                // Anthropic's "Vision": models that Google manages have no URLs of images.
                mediaAsBytes: [.image]),
        ]
    )
}
