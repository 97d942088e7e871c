public import Core
import GRDB

extension MetaDatabase: AdminStore {
    public func adminTokens() throws(StoreError) -> [AdminToken] {
        try attempt { queue in
            try queue.read { database in
                try Row.fetchAll(database, sql: "SELECT name, role, digest FROM admin_tokens").compactMap { row in
                    AdminRole(rawValue: row["role"]).map {
                        AdminToken(name: row["name"], role: $0, digest: row["digest"])
                    }
                }
            }
        }
    }

    public func removeAdminTokens(named name: String) throws(StoreError) {
        try attempt { queue in
            try queue.write { database in
                try database.execute(sql: "DELETE FROM admin_tokens WHERE name = ?", arguments: [name])
            }
        }
    }

    public func set(_ token: AdminToken) throws(StoreError) {
        try attempt { queue in
            try queue.write { database in
                try database.execute(sql: "DELETE FROM admin_tokens WHERE name = ?", arguments: [token.name])
                try database.execute(
                    sql: "INSERT OR REPLACE INTO admin_tokens (digest, name, role) VALUES (?, ?, ?)",
                    arguments: [token.digest, token.name, token.role.rawValue])
            }
        }
    }

    public func note(_ entry: AuditEntry) throws(StoreError) {
        try attempt { queue in try queue.write { try Self.insert(entry, $0) } }
    }

    static func insert(_ entry: AuditEntry, _ database: Database) throws {
        try database.execute(
            sql: "INSERT INTO audit (at, actor, action, subject) VALUES (?, ?, ?, ?)",
            arguments: [entry.at, entry.actor, entry.action, entry.subject])
    }

    public func auditEntries(limit: Int) throws(StoreError) -> [AuditEntry] {
        try attempt { queue in
            try queue.read { database in
                try Row.fetchAll(
                    database, sql: "SELECT at, actor, action, subject FROM audit ORDER BY id DESC LIMIT ?",
                    arguments: [limit]
                ).map { AuditEntry(at: $0["at"], actor: $0["actor"], action: $0["action"], subject: $0["subject"]) }
            }
        }
    }
}
