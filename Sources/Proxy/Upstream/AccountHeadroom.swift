public import Policy

/// What a provider says is left of an account's limits for a model.
public struct AccountHeadroom: Sendable {
    public var provider: String
    public var model: String
    /// The key's place in the configuration; nil: the provider has none.
    public var credential: Int?
    public var levels: [MirrorBucket.Headroom]
}
