/// How long an exchange may take, in nanoseconds each. Per provider, model or key; a client's header only shortens.
public struct Timeouts: Sendable, Equatable {
    public var connect: Int64 = 5 * 1_000_000_000
    /// From the request's last byte to the first byte of the answer's content.
    public var firstToken: Int64 = 120 * 1_000_000_000
    /// Between two pieces of a running answer.
    public var betweenTokens: Int64 = 60 * 1_000_000_000
    /// The whole exchange, from its head to its last byte.
    public var total: Int64 = 600 * 1_000_000_000

    public init() {}
}
