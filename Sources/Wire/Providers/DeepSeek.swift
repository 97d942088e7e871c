extension ProviderKind {
    /// DeepSeek's API, by its reference.
    public static let deepSeek = likeOpenAI(
        "deepseek", baseURL: "https://api.deepseek.com/v1", environmentKey: "DEEPSEEK_API_KEY",
        paths: [.chatCompletions: "/chat/completions"], renames: maxTokensRename, thoughts: .content)
}
