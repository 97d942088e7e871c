/// Why an attempt gave no answer that is of use: what retries, fallbacks and breakers ask of it.
public enum FailureReason: String, Sendable, CaseIterable {
    /// Not reached, broken off, an error of the provider's own, an answer that cannot be used.
    case unavailable
    /// The provider does not have the model.
    case missing
    case timeout
    /// The rate of calls or tokens is limited: a later try may succeed.
    case rateLimited = "rate_limited"
    /// The account has nothing left: no later try succeeds.
    case quotaExhausted = "quota_exhausted"
    case contextLength = "context_length"
    case contentFilter = "content_filter"
    /// The provider refuses the gateway's own credential.
    case credential
    /// The request itself is wrong: no provider would take it.
    case invalidRequest = "invalid_request"
}
