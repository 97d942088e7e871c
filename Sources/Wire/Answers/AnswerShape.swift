/// What an answer of each endpoint must have to be one.
public enum AnswerShape {
    public static func fits(_ answer: JSONObjectView, _ kind: EndpointKind) -> Bool {
        switch kind {
        case .chatCompletions, .completions: answer.member("choices")?.kind == .array
        case .moderations, .rerank: answer.member("results")?.kind == .array
        case .embeddings, .images: answer.member("data")?.kind == .array
        case .responses: answer.member("output")?.kind == .array
        case .messages: answer.member("content")?.kind == .array
        case .cohereChat, .ollamaChat: answer.member("message")?.kind == .object
        case .converse: answer.member("output")?.kind == .object
        case .compact: answer.member("output")?.kind == .array
        case .countTokens, .inputTokens: answer.member("input_tokens")?.kind == .number
        case .generateContent:
            answer.member("candidates")?.kind == .array || answer.object("promptFeedback") != nil
                || answer.object("usageMetadata") != nil
        case .countContentTokens: answer.member("totalTokens")?.kind == .number
        case .embedContent: answer.member("embedding")?.kind == .object
        case .batchEmbedContents: answer.member("embeddings")?.kind == .array
        default: true
        }
    }
}
