extension ProviderKind {
    /// A server of llama.cpp.
    public static let llamaCpp = likeOpenAI(
        "llamacpp", baseURL: "http://127.0.0.1:8080/v1", environmentKey: nil,
        paths: openAIPaths.adding([.rerank: "/rerank"]),
        renames: maxTokensRename, thoughts: .content)
}
