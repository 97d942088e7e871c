extension ProviderKind {
    /// Voyage's API of embeddings, by its reference.
    public static let voyage = likeOpenAI(
        "voyage", baseURL: "https://api.voyageai.com/v1", environmentKey: "VOYAGE_API_KEY",
        paths: [.embeddings: "/embeddings"])
}
