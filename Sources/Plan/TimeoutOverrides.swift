public import Core

/// The timeouts that a provider, a model or a key states itself; nil leaves what was. Nanoseconds.
public struct TimeoutOverrides: Sendable, Equatable {
    public var connect: Int64?
    public var firstToken: Int64?
    public var betweenTokens: Int64?
    public var total: Int64?

    public init() {}

    public func applied(to timeouts: Timeouts) -> Timeouts {
        var result = timeouts
        if let connect { result.connect = connect }
        if let firstToken { result.firstToken = firstToken }
        if let betweenTokens { result.betweenTokens = betweenTokens }
        if let total { result.total = total }
        return result
    }
}
