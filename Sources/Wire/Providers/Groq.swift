extension ProviderKind {
    /// Groq's API, by its reference.
    public static let groq = likeOpenAI(
        "groq", baseURL: "https://api.groq.com/openai/v1", environmentKey: "GROQ_API_KEY",
        paths: [
            .chatCompletions: "/chat/completions", .responses: "/responses", .speech: "/audio/speech",
            .transcriptions: "/audio/transcriptions",
        ])
}
