extension ProviderKind {
    /// Together's API, by its reference.
    public static let together = likeOpenAI(
        "together", baseURL: "https://api.together.xyz/v1", environmentKey: "TOGETHER_API_KEY",
        paths: openAIPaths.adding([.rerank: "/rerank", .images: "/images/generations"]),
        renames: maxTokensRename)
}
