extension ProviderKind {
    /// Voyage's API of embeddings and reranks, by its reference: what Cohere calls `top_n` and `results` is `top_k` and
    /// `data` here.
    public static let voyage = likeOpenAI(
        "voyage", baseURL: "https://api.voyageai.com/v1", environmentKey: "VOYAGE_API_KEY",
        paths: [.embeddings: "/embeddings", .rerank: "/rerank"], renames: [(from: "top_n", to: "top_k")],
        answerRenames: [.rerank: [(from: "data", to: "results")]])
}
