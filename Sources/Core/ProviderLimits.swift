/// What a provider says of an account's limits in the header fields of an answer.
public struct ProviderLimits: Sendable, Equatable {
    /// One limit. nil: the provider does not say.
    public struct Window: Sendable, Equatable {
        /// The most that it takes when it is full.
        public var limit: Int?
        public var remaining: Int?
        /// Nanoseconds until it is full again.
        public var resetsIn: Int64?

        public init(limit: Int? = nil, remaining: Int? = nil, resetsIn: Int64? = nil) {
            self.limit = limit
            self.remaining = remaining
            self.resetsIn = resetsIn
        }
    }

    public var requests = Window()
    /// Of input and output together.
    public var tokens = Window()
    public var inputTokens = Window()
    public var outputTokens = Window()
    /// Nanoseconds for which the provider wants to be left alone.
    public var retryAfter: Int64?

    public init() {}

    /// Nanoseconds until the last of the limits with nothing left is full again; nil: none is known to be spent.
    public var spentLimitsResetIn: Int64? {
        [requests, tokens, inputTokens, outputTokens].compactMap { $0.remaining == 0 ? $0.resetsIn : nil }.max()
    }
}
