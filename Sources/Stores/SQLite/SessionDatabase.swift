public import Core
import Foundation
import GRDB

/// `sessions.sqlite`: who is signed in to the dashboard. A file of its own, so that nobody's coming and going looks
/// like a change of the configuration; it may be deleted, and all are signed out.
public final class SessionDatabase: SessionStore {
    private let queue: DatabaseQueue

    /// Opens or makes the file; it and its folder are for their owner alone.
    public init(directory: String) throws(StoreError) {
        do {
            try FileManager.default.createDirectory(
                atPath: directory, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
            queue = try DatabaseQueue.ownFile(directory + "/sessions.sqlite")
            try queue.write { database in
                try database.execute(
                    sql: """
                        CREATE TABLE IF NOT EXISTS login_codes (digest TEXT PRIMARY KEY, name TEXT NOT NULL,
                            role TEXT NOT NULL, expires_at INTEGER NOT NULL) WITHOUT ROWID;
                        CREATE TABLE IF NOT EXISTS sessions (digest TEXT PRIMARY KEY, name TEXT NOT NULL,
                            role TEXT NOT NULL, token_digest TEXT, expires_at INTEGER NOT NULL) WITHOUT ROWID;
                        """)
            }
        } catch {
            throw StoreError.unavailable("The sessions in '\(directory)' cannot be opened: \(error).")
        }
    }

    public func add(_ code: LoginCode) throws(StoreError) {
        try write { database in
            try database.execute(
                sql: "INSERT OR REPLACE INTO login_codes (digest, name, role, expires_at) VALUES (?, ?, ?, ?)",
                arguments: [code.digest, code.name, code.role.rawValue, code.expiresAt])
        }
    }

    public func redeem(codeDigest: String, now: Int64) throws(StoreError) -> LoginCode? {
        try write { database in
            try database.execute(sql: "DELETE FROM login_codes WHERE expires_at <= ?", arguments: [now])
            let row = try Row.fetchOne(
                database, sql: "DELETE FROM login_codes WHERE digest = ? RETURNING name, role, expires_at",
                arguments: [codeDigest])
            guard let row, let role = AdminRole(rawValue: row["role"]) else { return nil }
            return LoginCode(digest: codeDigest, name: row["name"], role: role, expiresAt: row["expires_at"])
        }
    }

    public func add(_ session: AdminSession) throws(StoreError) {
        try write { database in
            try database.execute(
                sql: """
                    INSERT OR REPLACE INTO sessions (digest, name, role, token_digest, expires_at)
                    VALUES (?, ?, ?, ?, ?)
                    """,
                arguments: [
                    session.digest, session.name, session.role.rawValue, session.tokenDigest, session.expiresAt,
                ])
        }
    }

    public func session(digest: String, now: Int64) throws(StoreError) -> AdminSession? {
        try attempt {
            try queue.read { database in
                let row = try Row.fetchOne(
                    database, sql: "SELECT * FROM sessions WHERE digest = ? AND expires_at > ?",
                    arguments: [digest, now])
                guard let row, let role = AdminRole(rawValue: row["role"]) else { return nil }
                return AdminSession(
                    digest: digest, name: row["name"], role: role, tokenDigest: row["token_digest"],
                    expiresAt: row["expires_at"])
            }
        }
    }

    public func endSession(digest: String) throws(StoreError) {
        let now = WallClock.unixMicroseconds()
        try write { database in
            try database.execute(
                sql: "DELETE FROM sessions WHERE digest = ? OR expires_at <= ?", arguments: [digest, now])
        }
    }

    private func write<Result>(_ body: (Database) throws -> Result) throws(StoreError) -> Result {
        try attempt { try queue.write(body) }
    }

    private func attempt<Result>(_ body: () throws -> Result) throws(StoreError) -> Result {
        do {
            return try body()
        } catch {
            throw StoreError.unavailable("The store of sessions failed: \(error).")
        }
    }
}
