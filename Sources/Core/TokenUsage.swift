/// Tokens of one attempt in disjoint buckets: no token stands in two of them, whatever the provider's spelling.
public struct TokenUsage: Sendable, Equatable {
    public var inputUncached = 0
    public var cacheRead = 0
    public var cacheWrite5m = 0
    public var cacheWrite1h = 0
    /// Billed as output, without `reasoning`.
    public var output = 0
    /// 0 where the provider does not tell it from the output.
    public var reasoning = 0

    public init() {}

    public var inputTotal: Int { inputUncached + cacheRead + cacheWrite5m + cacheWrite1h }
    public var outputTotal: Int { output + reasoning }
}

/// Where a usage comes from.
public enum UsageSource: String, Sendable {
    /// The provider's own word.
    case provider
    /// Counted from the text by the model's tokenizer.
    case counted
    /// Worked out from sizes.
    case estimated
    /// Nothing is known, or nothing was used.
    case none
}
