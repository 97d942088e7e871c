/// What the bearer of an admin token may do; each may do what those before it may.
public enum AdminRole: String, Sendable, CaseIterable, Comparable {
    /// Read records, sums and state.
    case viewer
    /// Drain targets, put users into cohorts, give feedback.
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

    /// A change that is made now.
    public static func now(by actor: String, _ action: String, _ subject: String) -> AuditEntry {
        AuditEntry(at: WallClock.unixMicroseconds(), actor: actor, action: action, subject: subject)
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
    /// The cohort of each user that is in one, by project.
    /// - Parameter project: nil: of all.
    func cohorts(project: String?) throws(StoreError) -> [String: [String: String]]
    /// Users and their cohorts by the users' names, those after `user` first.
    /// - Parameter cohort: nil: of all.
    func cohortPage(
        project: String, cohort: String?, after user: String?, limit: Int
    ) throws(StoreError) -> CohortPage
    /// Puts users into their cohorts, all or none of them.
    /// - Parameter replacing: whether users of the project that are not named are in no cohort any more.
    func putCohorts(_ entries: [CohortEntry], project: String, replacing: Bool) throws(StoreError)
    /// - Returns: whether the user was in one.
    func removeCohort(of user: String, project: String) throws(StoreError) -> Bool
    func drainedTargets() throws(StoreError) -> [DrainedTarget]
    /// One that is drained stays so, since when it was.
    func drain(_ target: DrainedTarget) throws(StoreError)
    /// - Returns: whether it was drained.
    func undrain(_ name: String) throws(StoreError) -> Bool
}
