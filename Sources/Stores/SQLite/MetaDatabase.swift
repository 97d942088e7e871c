public import Core
import Foundation
import GRDB

/// `meta.sqlite`: what is small and must be consistent. Each statement is bound, never built from text.
public final class MetaDatabase: KeyStore {
    private let queue: DatabaseQueue

    /// Opens or makes the file; it and its folder are for their owner alone.
    public init(directory: String) throws(StoreError) {
        do {
            let manager = FileManager.default
            try manager.createDirectory(
                atPath: directory, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
            try manager.setAttributes([.posixPermissions: 0o700], ofItemAtPath: directory)
            queue = try DatabaseQueue.ownFile(directory + "/meta.sqlite")
            try Self.migrator.migrate(queue)
        } catch {
            let reason = (error as? DatabaseError)?.message ?? error.localizedDescription
            throw StoreError.unavailable(
                "The store in '\(directory)' cannot be opened: \(reason) 'data_dir' or --data-dir names another folder."
            )
        }
    }

    /// Migrations only ever add: an older program can read what a newer one wrote.
    private static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("keys") { database in
            try database.create(table: "keys") { table in
                table.primaryKey("id", .text)
                table.column("name", .text).notNull()
                table.column("project", .text).notNull()
                table.column("document", .text).notNull()
                table.column("created_at", .integer).notNull()
                table.column("expires_at", .integer)
                table.column("revoked_at", .integer)
            }
            try database.create(
                index: "keys_name", on: "keys", columns: ["name"], condition: Column("revoked_at") == nil)
            try database.create(table: "key_tokens") { table in
                table.primaryKey("digest", .text)
                table.column("key_id", .text).notNull().indexed().references("keys", onDelete: .cascade)
                table.column("expires_at", .integer)
            }
        }
        migrator.registerMigration("admin") { database in
            try database.execute(
                sql: """
                    CREATE TABLE admin_tokens (digest TEXT PRIMARY KEY, name TEXT NOT NULL, role TEXT NOT NULL);
                    CREATE TABLE audit (id INTEGER PRIMARY KEY, at INTEGER NOT NULL, actor TEXT NOT NULL,
                        action TEXT NOT NULL, subject TEXT NOT NULL);
                    CREATE TABLE cohorts (project TEXT NOT NULL, user TEXT NOT NULL, cohort TEXT NOT NULL,
                        PRIMARY KEY (project, user)) WITHOUT ROWID;
                    """)
        }
        migrator.registerMigration("drains") { database in
            try database.execute(
                sql: """
                    CREATE TABLE drained_targets (name TEXT PRIMARY KEY, since INTEGER NOT NULL, actor TEXT NOT NULL)
                        WITHOUT ROWID;
                    """)
        }
        return migrator
    }

    /// What of a key nothing is looked up by.
    private struct Document: Codable {
        var models: [String]
        var tags: [String: String]
        var permissions: [String]
        var record: String?
        var priorityMax: String?
    }

    // MARK: KeyStore

    public func all() throws(StoreError) -> [StoredKey] {
        try attempt { try $0.read(Self.readAll) }
    }

    public func create(_ key: StoredKey, noting entry: AuditEntry) throws(StoreError) {
        try attempt { queue in
            try queue.write { database in
                guard try Self.liveID(key.name, database) == nil else { throw StoreError.exists(key.name) }
                let document = Document(
                    models: key.models, tags: key.tags, permissions: key.permissions,
                    record: key.recordLevel?.rawValue, priorityMax: key.priorityMax)
                let json = String(decoding: try JSONEncoder().encode(document), as: UTF8.self)
                try database.execute(
                    sql: """
                        INSERT INTO keys (id, name, project, document, created_at, expires_at) VALUES (?, ?, ?, ?, ?, ?)
                        """,
                    arguments: [key.id, key.name, key.project, json, key.createdAt, key.expiresAt])
                for token in key.tokens { try Self.insert(token, keyID: key.id, database) }
                try Self.insert(entry, database)
            }
        }
    }

    public func rotate(
        name: String, to token: StoredKey.Token, oldTokensExpireAt: Int64, noting entry: AuditEntry
    ) throws(StoreError) {
        try attempt { queue in
            try queue.write { database in
                guard let id = try Self.liveID(name, database) else { throw StoreError.notFound(name) }
                try database.execute(
                    sql: "UPDATE key_tokens SET expires_at = min(coalesce(expires_at, ?1), ?1) WHERE key_id = ?2",
                    arguments: [oldTokensExpireAt, id])
                try Self.insert(token, keyID: id, database)
                try Self.insert(entry, database)
            }
        }
    }

    public func revoke(name: String, noting entry: AuditEntry) throws(StoreError) {
        try attempt { queue in
            try queue.write { database in
                guard let id = try Self.liveID(name, database) else { throw StoreError.notFound(name) }
                try database.execute(sql: "UPDATE keys SET revoked_at = ? WHERE id = ?", arguments: [entry.at, id])
                try database.execute(sql: "DELETE FROM key_tokens WHERE key_id = ?", arguments: [id])
                try Self.insert(entry, database)
            }
        }
    }

    /// Counts what this connection changed and what SQLite saw others change (`PRAGMA data_version`).
    public func version() throws(StoreError) -> Int {
        try attempt { queue in
            try queue.read { database in
                let others = try Int.fetchOne(database, sql: "PRAGMA data_version") ?? 0
                return others &* 1_000_003 &+ database.totalChangesCount
            }
        }
    }

    // MARK: Rows

    private static func liveID(_ name: String, _ database: Database) throws -> String? {
        try String.fetchOne(
            database, sql: "SELECT id FROM keys WHERE name = ? AND revoked_at IS NULL", arguments: [name])
    }

    private static func insert(_ token: StoredKey.Token, keyID: String, _ database: Database) throws {
        try database.execute(
            sql: "INSERT INTO key_tokens (digest, key_id, expires_at) VALUES (?, ?, ?)",
            arguments: [token.digest, keyID, token.expiresAt])
    }

    private static func readAll(_ database: Database) throws -> [StoredKey] {
        var tokens: [String: [StoredKey.Token]] = [:]
        for row in try Row.fetchAll(database, sql: "SELECT key_id, digest, expires_at FROM key_tokens ORDER BY rowid") {
            tokens[row["key_id"], default: []].append(
                StoredKey.Token(digest: row["digest"], expiresAt: row["expires_at"]))
        }
        return try Row.fetchAll(database, sql: "SELECT * FROM keys ORDER BY created_at").map { row in
            let json: String = row["document"]
            let document = try JSONDecoder().decode(Document.self, from: Data(json.utf8))
            let id: String = row["id"]
            var key = StoredKey(
                id: id, name: row["name"], project: row["project"], models: document.models, tags: document.tags,
                permissions: document.permissions, createdAt: row["created_at"], expiresAt: row["expires_at"],
                tokens: tokens[id] ?? [])
            key.revokedAt = row["revoked_at"]
            key.recordLevel = document.record.flatMap(RecordLevel.init)
            key.priorityMax = document.priorityMax
            return key
        }
    }

    func attempt<Result>(_ body: (DatabaseQueue) throws -> Result) throws(StoreError) -> Result {
        do {
            return try body(queue)
        } catch let error as StoreError {
            throw error
        } catch {
            throw StoreError.unavailable("The store failed: \(error).")
        }
    }
}
