/// Something that a provider keeps for a client, and that only that client may use: a stored response, a file, a batch.
public struct HeldObject: Sendable, Equatable {
    /// The provider's own.
    public let id: String
    /// The id of the key whose call made it; empty where no keys are asked for.
    public let owner: String
    /// The provider's name in the configuration.
    public let provider: String
    /// What tells the provider's credentials apart, without being one: those of other accounts cannot see the object.
    public let credential: String
    /// Microseconds since 1970.
    public let madeAt: Int64
    /// What it will have used is not known yet: it works on without a call.
    public var isOpen: Bool

    public init(
        id: String, owner: String, provider: String, credential: String, madeAt: Int64, isOpen: Bool = false
    ) {
        self.isOpen = isOpen
        self.id = id
        self.owner = owner
        self.provider = provider
        self.credential = credential
        self.madeAt = madeAt
    }

    /// Whose objects of a kind are asked for where.
    public struct Place: Sendable, Hashable {
        public let provider: String
        public let credential: String

        public init(provider: String, credential: String) {
            self.provider = provider
            self.credential = credential
        }
    }

    public var place: Place { Place(provider: provider, credential: credential) }
}

/// Who made what, over restarts. Asked on the path: it answers from memory and never waits.
public protocol ObjectRegistry: Sendable {
    /// Nothing is known of any object.
    var isEmpty: Bool { get }
    func object(_ id: String) -> HeldObject?
    /// One that is known stays its owner's.
    func add(_ object: HeldObject)
    func remove(_ id: String)
    /// What it used is known now.
    /// - Returns: whether it was not known before: one of several that ask is told so.
    func close(_ id: String) -> Bool
    /// Where an owner has objects whose ids begin so, in order.
    func places(owner: String, prefix: String) -> [HeldObject.Place]
}
