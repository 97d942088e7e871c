import Testing

@testable import Wire

@Suite struct UpstreamAnswerTests {
    static let known: [(String, String, AnswerFormat, String?)] = [
        ("openai", "/v1/chat/completions", .openAIChat, nil),
        ("openai", "/v1/responses", .openAIResponses, nil),
        ("openai", "/v1/images/edits", .openAIImages, nil),
        ("openai", "/v1/audio/transcriptions", .openAIAudio, nil),
        ("openai-compatible", "/embeddings", .openAIChat, nil),
        ("anthropic", "/v1/messages", .anthropicMessages, nil),
        ("azure", "/openai/deployments/my-gpt/chat/completions", .openAIChat, "my-gpt"),
        ("azure", "/anthropic/v1/messages", .anthropicMessages, nil),
        ("gemini", "/v1beta/models/gemini-3-pro:streamGenerateContent", .gemini, "gemini-3-pro"),
        ("gemini", "/v1beta/openai/chat/completions", .openAIChat, nil),
        (
            "vertex", "/v1/projects/p/locations/l/publishers/anthropic/models/claude-sonnet-5@1:streamRawPredict",
            .anthropicMessages, "claude-sonnet-5@1"
        ),
        (
            "vertex", "/v1/projects/p/locations/l/publishers/google/models/gemini-3:generateContent", .gemini,
            "gemini-3"
        ),
        ("vertex", "/v1/projects/p/locations/l/endpoints/openapi/chat/completions", .openAIChat, nil),
        (
            "bedrock", "/model/us.anthropic.claude-sonnet-5%3A0/converse-stream", .bedrockConverse,
            "us.anthropic.claude-sonnet-5:0"
        ),
        ("bedrock", "/model/meta.llama4/invoke-with-response-stream", .bedrockInvoke, "meta.llama4"),
        ("cohere", "/v2/chat", .cohere, nil),
        ("cohere", "/v2/rerank", .cohere, nil),
        ("ollama", "/api/chat", .ollama, nil),
        ("ollama", "/v1/chat/completions", .openAIChat, nil),
        ("voyage", "/v1/embeddings", .voyage, nil),
        ("fireworks", "/inference/v1/completions", .openAIChat, nil),
        ("groq", "/openai/v1/chat/completions", .openAIChat, nil),
        ("databricks", "/serving-endpoints/llama/invocations", .openAIChat, "llama"),
        ("simulator", "/v1/messages", .anthropicMessages, nil),
    ]

    @Test(arguments: known) func tellsTheFormat(
        _ kind: String, _ path: String, _ format: AnswerFormat, _ model: String?
    ) {
        let answer = UpstreamAnswer(kind: kind, path: path)
        #expect(answer?.format == format && answer?.model == model)
    }

    @Test(arguments: [
        ("openai", "/v1/models"), ("openai", "/v1/responses/resp_1"), ("openai", "/v1/responses/input_tokens"),
        ("openai", "/v1/threads/t/messages"), ("anthropic", "/v1/messages/count_tokens"),
        ("gemini", "/v1beta/models/gemini-3:countTokens"), ("gemini", "/v1beta/models"),
        ("vertex", "/v1/projects/p/locations/l/publishers/anthropic/models/count-tokens:rawPredict"),
        ("bedrock", "/model/m/count-tokens"), ("cohere", "/v1/tokenize"), ("unheard-of", "/v1/chat/completions"),
        ("gemini", "/v1beta/models/%ZZ:generateContent"), ("openai", ""),
    ]) func isSilentWhereNothingIsKnown(_ kind: String, _ path: String) {
        #expect(UpstreamAnswer(kind: kind, path: path) == nil)
    }

    @Test func theFlavourFollowsTheKind() {
        #expect(UpstreamAnswer(kind: "xai", path: "/v1/chat/completions")?.flavour == .xAI)
        #expect(UpstreamAnswer(kind: "openrouter", path: "/api/v1/chat/completions")?.flavour == .openRouter)
        #expect(UpstreamAnswer(kind: "groq", path: "/openai/v1/chat/completions")?.flavour == .standard)
    }
}
