/// A wire format that clients or providers speak.
public enum Dialect: String, Sendable, CaseIterable {
    case openAI = "openai"
    case anthropic
    case gemini
}
