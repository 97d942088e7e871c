/// Every kind of provider, one line each.
public enum ProviderList {
    public static let all: [ProviderKind] = [
        .openAI,
        .openAICompatible,
        .anthropic,
        .mistral,
        .groq,
        .deepSeek,
        .xAI,
        .together,
        .fireworks,
        .cerebras,
        .openRouter,
        .perplexity,
        .voyage,
        .databricks,
        .cohere,
        .azure,
        .vertex,
        .bedrock,
        .ollama,
        .vLLM,
        .sgLang,
        .llamaCpp,
        .simulator,
    ]

    public static func kind(named name: String) -> ProviderKind? {
        all.first { $0.name == name }
    }
}
