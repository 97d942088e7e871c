extension ProviderKind {
    /// Any server that speaks OpenAI's dialect: vLLM, SGLang, llama.cpp, another gateway. A key is optional.
    public static let openAICompatible = ProviderKind(
        name: "openai-compatible",
        dialect: .openAI,
        baseURL: nil,
        baseURLEnding: .asWritten,
        environmentKey: nil,
        credential: .bearer,
        needsCredential: false,
        paths: openAIPaths
    )
}
