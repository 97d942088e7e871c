public import Core
public import Policy
public import Wire

/// A client's credential and what it allows. A class, so that passing it on costs one reference.
public final class Key: Sendable {
    /// Which of a client's own tags count.
    public enum ClientTags: Sendable, Equatable {
        /// All but those the key sets itself.
        case all
        case only(Set<String>)
    }

    /// Stable across rotations: the name in the configuration, a made id in the store.
    public let id: String
    public let name: String
    public let project: String
    public let digest: TokenDigest
    public let models: ModelPatterns
    /// Set on every call with this key; a client cannot change them.
    public let tags: Tags
    public let clientTags: ClientTags
    public let permissions: Set<Permission>
    /// Microseconds since 1970; nil: never.
    public let expiresAtUnixMicroseconds: Int64?
    public let timeouts: TimeoutOverrides
    public let retries: RetryOverrides
    /// What is kept of its calls; nil: what is kept of all.
    public let recordLevel: RecordLevel?
    /// What its calls may use, beside the limits that stand for all.
    public let limits: LimitRule?
    /// The place of the most important class that its calls may name; nil: the default one.
    public let priorityMax: Int?

    public init(
        id: String, name: String, project: String = "default", digest: TokenDigest, models: ModelPatterns = .all,
        tags: Tags = Tags(), clientTags: ClientTags = .all, permissions: Set<Permission> = [.infer, .feedback],
        expiresAtUnixMicroseconds: Int64? = nil, timeouts: TimeoutOverrides = TimeoutOverrides(),
        retries: RetryOverrides = RetryOverrides(), recordLevel: RecordLevel? = nil, limits: LimitRule? = nil,
        priorityMax: Int? = nil
    ) {
        self.id = id
        self.name = name
        self.project = project
        self.digest = digest
        self.models = models
        self.tags = tags
        self.clientTags = clientTags
        self.permissions = permissions
        self.expiresAtUnixMicroseconds = expiresAtUnixMicroseconds
        self.timeouts = timeouts
        self.retries = retries
        self.recordLevel = recordLevel
        self.limits = limits
        self.priorityMax = priorityMax
    }

    /// - Parameter now: microseconds since 1970.
    public func hasExpired(at now: Int64) -> Bool { expiresAtUnixMicroseconds.map { $0 <= now } ?? false }

    /// Whether a tag of this name may come from the client.
    public func acceptsClientTag(_ name: String) -> Bool {
        if tags[name] != nil { return false }
        switch clientTags {
        case .all: return true
        case .only(let names): return names.contains(name)
        }
    }
}

/// Model names that a key may use: whole names, and prefixes written with a trailing `*`.
public struct ModelPatterns: Sendable, Equatable {
    private let names: Set<String>
    private let prefixes: [String]

    public static let all = ModelPatterns(["*"])

    public init(_ patterns: [String]) {
        names = Set(patterns.filter { !$0.hasSuffix("*") })
        prefixes = patterns.filter { $0.hasSuffix("*") }.map { String($0.dropLast()) }
    }

    /// As they are written.
    public var texts: [String] { (names + prefixes.map { $0 + "*" }).sorted() }

    public func allows(_ model: String) -> Bool {
        prefixes.contains { model.hasPrefix($0) } || names.contains(model)
    }
}
