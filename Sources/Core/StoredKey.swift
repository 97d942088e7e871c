/// A key as the store keeps it: what it allows, and the digests of the tokens that stand for it. The tokens
/// themselves are kept nowhere.
public struct StoredKey: Sendable, Equatable {
    /// One token's digest; after a rotation the old one is good for a while longer.
    public struct Token: Sendable, Equatable {
        /// SHA-256 of the whole token, 64 hexadecimal digits.
        public var digest: String
        /// Microseconds since 1970; nil: never.
        public var expiresAt: Int64?

        public init(digest: String, expiresAt: Int64?) {
            self.digest = digest
            self.expiresAt = expiresAt
        }
    }

    public var id: String
    public var name: String
    public var project: String
    public var models: [String]
    public var tags: [String: String]
    public var permissions: [String]
    /// Microseconds since 1970.
    public var createdAt: Int64
    /// Microseconds since 1970; nil: never.
    public var expiresAt: Int64?
    public var revokedAt: Int64?
    /// What is kept of its calls; nil: what the configuration says.
    public var recordLevel: RecordLevel?
    /// The name of the most important class of priority that its calls may name; nil: the default one.
    public var priorityMax: String?
    public var tokens: [Token]

    public init(
        id: String, name: String, project: String, models: [String], tags: [String: String], permissions: [String],
        createdAt: Int64, expiresAt: Int64?, tokens: [Token]
    ) {
        self.id = id
        self.name = name
        self.project = project
        self.models = models
        self.tags = tags
        self.permissions = permissions
        self.createdAt = createdAt
        self.expiresAt = expiresAt
        self.tokens = tokens
    }
}

/// Keeps keys. Small and consistent: what `create` returned from is there, and with each change what the audit log
/// tells of it.
public protocol KeyStore: Sendable {
    func all() throws(StoreError) -> [StoredKey]
    /// - Throws: `.exists` when a key of this name is in use.
    func create(_ key: StoredKey, noting entry: AuditEntry) throws(StoreError)
    /// Adds a token and lets the older ones run out.
    func rotate(
        name: String, to token: StoredKey.Token, oldTokensExpireAt: Int64, noting entry: AuditEntry
    ) throws(StoreError)
    /// Ends the key at the time of the entry.
    func revoke(name: String, noting entry: AuditEntry) throws(StoreError)
    /// A number that differs when another process, or this one, has changed something.
    func version() throws(StoreError) -> Int
}

/// What a store cannot do, for a person.
public enum StoreError: Error, Sendable, Equatable {
    case exists(String)
    case notFound(String)
    case unavailable(String)
    /// The store can be reached, but what it was given breaks a rule of its own: trying again is no use.
    case refused(String)
    /// What was asked makes no sense.
    case invalid(String)

    /// For a person.
    public var explanation: String {
        switch self {
        case .exists(let name): "There is a key '\(name)' already; 'headgate keys rotate \(name)' gives it a new token."
        case .notFound(let name): "There is no key '\(name)'; 'headgate keys list' shows those there are."
        case .unavailable(let detail), .refused(let detail), .invalid(let detail): detail
        }
    }
}
