extension ProviderKind {
    /// A server of vLLM.
    public static let vLLM = likeOpenAI(
        "vllm", baseURL: "http://127.0.0.1:8000/v1", environmentKey: nil,
        paths: openAIPaths.adding([.rerank: "/rerank", .responses: "/responses"]), thoughts: .content)
}
