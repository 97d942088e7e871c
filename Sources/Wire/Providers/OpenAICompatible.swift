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
        paths: openAIPaths.adding(mediaPaths).adding([.rerank: "/rerank", .realtime: "/realtime"]),
        objectsPrefix: ""
    )

    /// A kind that speaks OpenAI's dialect as a provider of its own.
    /// - Parameters:
    ///   - baseURL: the paths below follow it.
    ///   - environmentKey: nil for a server of the user's own, which may want no key.
    static func likeOpenAI(
        _ name: String, baseURL: String?, environmentKey: String?, paths: [EndpointKind: UpstreamPath] = openAIPaths,
        renames: [(from: String, to: String)] = [],
        answerRenames: [EndpointKind: [(from: String, to: String)]] = [:], takesStreamOptions: Bool = true,
        thoughts: ThoughtsMember = .none
    ) -> ProviderKind {
        ProviderKind(
            name: name, dialect: .openAI, baseURL: baseURL, baseURLEnding: .asWritten, environmentKey: environmentKey,
            credential: .bearer, needsCredential: environmentKey != nil, paths: paths, renames: renames,
            answerRenames: answerRenames, takesStreamOptions: takesStreamOptions, thoughts: thoughts)
    }

    /// What those who copied OpenAI's older API call the limit of tokens.
    static let maxTokensRename = [(from: "max_completion_tokens", to: "max_tokens")]
}
