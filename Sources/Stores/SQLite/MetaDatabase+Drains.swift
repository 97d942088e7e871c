public import Core
import GRDB

/// Targets that are out of service, over reloads and restarts.
extension MetaDatabase {
    public func drainedTargets() throws(StoreError) -> [DrainedTarget] {
        try attempt { queue in
            try queue.read { database in
                try Row.fetchAll(database, sql: "SELECT name, since, actor FROM drained_targets ORDER BY name")
                    .map { DrainedTarget(name: $0["name"], since: $0["since"], actor: $0["actor"]) }
            }
        }
    }

    public func drain(_ target: DrainedTarget) throws(StoreError) {
        try attempt { queue in
            try queue.write { database in
                try database.execute(
                    sql: "INSERT OR IGNORE INTO drained_targets (name, since, actor) VALUES (?, ?, ?)",
                    arguments: [target.name, target.since, target.actor])
                let count = try Int.fetchOne(database, sql: "SELECT count(*) FROM drained_targets") ?? 0
                guard count <= Limits.drainedTargetsMax else {
                    throw StoreError.invalid(
                        "At most \(Limits.drainedTargetsMax) targets can be drained; undrain some, or take the "
                            + "provider out of the configuration.")
                }
            }
        }
    }

    public func undrain(_ name: String) throws(StoreError) -> Bool {
        try attempt { queue in
            try queue.write { database in
                try database.execute(sql: "DELETE FROM drained_targets WHERE name = ?", arguments: [name])
                return database.changesCount > 0
            }
        }
    }
}
