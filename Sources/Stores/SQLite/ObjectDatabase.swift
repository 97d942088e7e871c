public import Core
import Dispatch
import Foundation
import GRDB
import Synchronization

/// `objects.sqlite`: who made what at the providers. Read whole at the start and answered from memory; what changes is
/// written behind, in order.
public final class ObjectDatabase: ObjectRegistry {
    private let queue: DatabaseQueue
    private let writes = DispatchQueue(label: "headgate.objects")
    private let known: Mutex<[String: HeldObject]>
    private let log: OperationalLog

    /// - Parameter now: microseconds since 1970; what is older than `Limits.heldObjectDays` is forgotten.
    public init(directory: String, now: Int64, log: OperationalLog) throws(StoreError) {
        self.log = log
        do {
            queue = try DatabaseQueue.ownFile(directory + "/objects.sqlite")
            known = Mutex(try queue.write { try Self.open($0, now: now) })
        } catch {
            throw StoreError.unavailable("'objects.sqlite' in '\(directory)' cannot be opened: \(error)")
        }
    }

    private static func open(_ database: Database, now: Int64) throws -> [String: HeldObject] {
        try database.execute(
            sql: """
                CREATE TABLE IF NOT EXISTS objects (id TEXT PRIMARY KEY, owner TEXT NOT NULL, provider TEXT NOT NULL,
                    credential TEXT NOT NULL, made_at INTEGER NOT NULL, open INTEGER NOT NULL) WITHOUT ROWID;
                """)
        try database.execute(
            sql: "DELETE FROM objects WHERE made_at < ?",
            arguments: [now - Int64(Limits.heldObjectDays) * CivilDay.microseconds])
        var objects: [String: HeldObject] = [:]
        let rows = try Row.fetchCursor(
            database,
            sql: """
                SELECT id, owner, provider, credential, made_at, open FROM objects ORDER BY made_at DESC LIMIT ?
                """,
            arguments: [Limits.heldObjectsMax])
        while let row = try rows.next() {
            let object = HeldObject(
                id: row["id"], owner: row["owner"], provider: row["provider"], credential: row["credential"],
                madeAt: row["made_at"], isOpen: row["open"])
            objects[object.id] = object
        }
        return objects
    }

    public var isEmpty: Bool { known.withLock { $0.isEmpty } }

    public func object(_ id: String) -> HeldObject? { known.withLock { $0[id] } }

    public func add(_ object: HeldObject) {
        let isNew = known.withLock { known in
            guard known[object.id] == nil, known.count < Limits.heldObjectsMax else { return false }
            known[object.id] = object
            return true
        }
        guard isNew else { return }
        write(
            "INSERT OR IGNORE INTO objects (id, owner, provider, credential, made_at, open) VALUES (?, ?, ?, ?, ?, ?)",
            [object.id, object.owner, object.provider, object.credential, object.madeAt, object.isOpen])
    }

    public func remove(_ id: String) {
        guard known.withLock({ $0.removeValue(forKey: id) }) != nil else { return }
        write("DELETE FROM objects WHERE id = ?", [id])
    }

    public func close(_ id: String) -> Bool {
        let wasOpen = known.withLock { known in
            guard known[id]?.isOpen == true else { return false }
            known[id]?.isOpen = false
            return true
        }
        if wasOpen { write("UPDATE objects SET open = 0 WHERE id = ?", [id]) }
        return wasOpen
    }

    public func places(owner: String, prefix: String) -> [HeldObject.Place] {
        let places = known.withLock { known in
            Set(known.values.lazy.filter { $0.owner == owner && $0.id.hasPrefix(prefix) }.map(\.place))
        }
        return places.sorted { ($0.provider, $0.credential) < ($1.provider, $1.credential) }
    }

    /// Returns when all that was told so far is written.
    public func settle() { writes.sync {} }

    private func write(_ sql: String, _ arguments: StatementArguments) {
        writes.async { [queue, log] in
            do {
                try queue.write { try $0.execute(sql: sql, arguments: arguments) }
            } catch {
                log.warning("who made an object was not stored", ["error": "\(error)"])
            }
        }
    }
}
