extension ProviderKind {
    /// A server of SGLang.
    public static let sgLang = likeOpenAI(
        "sglang", baseURL: "http://127.0.0.1:30000/v1", environmentKey: nil,
        paths: openAIPaths.adding([.rerank: "/rerank"]), thoughts: .content)
}
