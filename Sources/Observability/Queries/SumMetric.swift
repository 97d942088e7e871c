public import Core

/// What a series of sums is asked for.
public enum SumMetric: String, CaseIterable, Sendable {
    case requests, errors, latency
    case firstToken = "first_token"
    case tokens, cost

    /// Those that it is told by.
    public var quantiles: SumQuantiles {
        switch self {
        case .requests, .errors: []
        case .latency: .latency
        case .firstToken: .firstToken
        case .tokens: .outputTokens
        case .cost: .costs
        }
    }
}
