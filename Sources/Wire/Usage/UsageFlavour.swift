/// How a provider that speaks OpenAI's dialect means its usage where it differs from OpenAI.
public enum UsageFlavour: Sendable, Equatable {
    case standard
    /// Reasoning comes on top of the completion (xAI's guide to reasoning models: `total_tokens` is the sum of three).
    case xAI
    /// `usage.cost` is the price in dollars (OpenRouter's guide to usage accounting).
    case openRouter
    /// Reasoning and citations come on top of completion and prompt, and `usage.cost.total_cost` is the price in
    /// dollars (Perplexity's API reference and its price list: citations cost what input costs).
    case perplexity

    /// - Parameter kind: the word in the configuration's `kind:`.
    public init(kind: String) {
        self =
            switch kind {
            case "xai": .xAI
            case "openrouter": .openRouter
            case "perplexity": .perplexity
            default: .standard
            }
    }
}
