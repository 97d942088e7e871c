/// What the bearer of an admin token may do; each may do what those before it may.
public enum AdminRole: String, Sendable, CaseIterable, Comparable {
    /// Read records, sums and state.
    case viewer
    /// Drain targets, give feedback.
    case `operator`
    /// Make and end keys, erase people.
    case admin

    public static func < (a: AdminRole, b: AdminRole) -> Bool {
        (allCases.firstIndex(of: a) ?? 0) < (allCases.firstIndex(of: b) ?? 0)
    }
}

/// A token of the admin plane, by its digest.
public struct AdminToken: Sendable, Equatable {
    public var name: String
    public var role: AdminRole
    /// SHA-256, 64 hexadecimal digits.
    public var digest: String

    public init(name: String, role: AdminRole, digest: String) {
        self.name = name
        self.role = role
        self.digest = digest
    }
}

/// A change that somebody made.
public struct AuditEntry: Sendable, Equatable {
    /// Microseconds since 1970.
    public var at: Int64
    public var actor: String
    public var action: String
    public var subject: String

    public init(at: Int64, actor: String, action: String, subject: String) {
        self.at = at
        self.actor = actor
        self.action = action
        self.subject = subject
    }
}

/// What the admin plane keeps. Small and consistent, like keys.
public protocol AdminStore: Sendable {
    func adminTokens() throws(StoreError) -> [AdminToken]
    /// Makes this the one token of its name: those before it end.
    func set(_ token: AdminToken) throws(StoreError)
    /// Ends the tokens of a name.
    func removeAdminTokens(named name: String) throws(StoreError)
    /// Only ever added to.
    func note(_ entry: AuditEntry) throws(StoreError)
    func auditEntries(limit: Int) throws(StoreError) -> [AuditEntry]
    /// The cohort of each user of a project that is in one.
    func cohorts(project: String) throws(StoreError) -> [String: String]
    /// Replaces the whole table of a project.
    func setCohorts(_ cohorts: [String: String], project: String) throws(StoreError)
}
