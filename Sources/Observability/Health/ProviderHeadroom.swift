/// What a provider says is left of one limit of an account.
public struct ProviderHeadroom: Sendable {
    public var provider: String
    public var model: String
    /// The key's place in the configuration; nil: the provider has none.
    public var credential: Int?
    /// `requests`, `tokens`, `input_tokens` or `output_tokens`.
    public var unit: String
    /// nil: the provider does not say.
    public var limit: Int?
    public var remaining: Int
    /// Nanoseconds until it is full again.
    public var resetsIn: Int64

    public init(
        provider: String, model: String, credential: Int?, unit: String, limit: Int?, remaining: Int,
        resetsIn: Int64
    ) {
        self.provider = provider
        self.model = model
        self.credential = credential
        self.unit = unit
        self.limit = limit
        self.remaining = remaining
        self.resetsIn = resetsIn
    }
}
