/// A code that lets one person in, once.
public struct LoginCode: Sendable, Equatable {
    /// SHA-256, 64 hexadecimal digits.
    public var digest: String
    /// Whom the audit log shall name.
    public var name: String
    public var role: AdminRole
    /// Microseconds since 1970.
    public var expiresAt: Int64

    public init(digest: String, name: String, role: AdminRole, expiresAt: Int64) {
        self.digest = digest
        self.name = name
        self.role = role
        self.expiresAt = expiresAt
    }
}

/// Somebody who is signed in to the dashboard.
public struct AdminSession: Sendable, Equatable {
    /// Of what the cookie holds: SHA-256, 64 hexadecimal digits.
    public var digest: String
    public var name: String
    public var role: AdminRole
    /// The token that was given at the door: when it ends, so does the session. nil: it was a code.
    public var tokenDigest: String?
    /// Microseconds since 1970.
    public var expiresAt: Int64

    public init(digest: String, name: String, role: AdminRole, tokenDigest: String?, expiresAt: Int64) {
        self.digest = digest
        self.name = name
        self.role = role
        self.tokenDigest = tokenDigest
        self.expiresAt = expiresAt
    }
}

/// Keeps who is signed in, and the codes by which one may. What has ended is forgotten. All calls block.
public protocol SessionStore: Sendable {
    func add(_ code: LoginCode) throws(StoreError)
    /// Takes the code away: it is good for one person.
    /// - Returns: nil where there is none, or none any more.
    func redeem(codeDigest: String, now: Int64) throws(StoreError) -> LoginCode?
    func add(_ session: AdminSession) throws(StoreError)
    func session(digest: String, now: Int64) throws(StoreError) -> AdminSession?
    func endSession(digest: String) throws(StoreError)
}
