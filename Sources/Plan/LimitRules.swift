public import Core

/// The limits and budgets of a configuration, apart by when they are asked; keys' own stand with the keys.
public struct LimitRules: Sendable {
    public let all: [LimitRule]
    /// Asked once for each exchange.
    public let ofExchanges: [LimitRule]
    /// Asked for each attempt, when its provider is known.
    public let ofAttempts: [LimitRule]

    public static let none = LimitRules([])

    public init(_ rules: [LimitRule]) {
        all = rules
        ofExchanges = rules.filter { !$0.isOfAttempts }
        ofAttempts = rules.filter(\.isOfAttempts)
    }
}

extension Snapshot {
    /// Those of the configuration and those of its keys.
    public var limitRules: [LimitRule] { limits.all + keys.compactMap(\.limits) }
}
