public import Core
import GRDB

/// The table of users and their cohorts.
extension MetaDatabase {
    public func cohorts(project: String?) throws(StoreError) -> [String: [String: String]] {
        try attempt { queue in
            try queue.read { database in
                let rows = try Row.fetchCursor(
                    database, sql: "SELECT project, user, cohort FROM cohorts WHERE ?1 IS NULL OR project = ?1",
                    arguments: [project])
                var result: [String: [String: String]] = [:]
                while let row = try rows.next() { result[row[0], default: [:]][row[1]] = row[2] }
                return result
            }
        }
    }

    public func cohortPage(
        project: String, cohort: String?, after user: String?, limit: Int
    ) throws(StoreError) -> CohortPage {
        try attempt { queue in
            try queue.read { database in
                let rows = try Row.fetchAll(
                    database,
                    sql: """
                        SELECT user, cohort FROM cohorts
                        WHERE project = ?1 AND user > ?2 AND (?3 IS NULL OR cohort = ?3) ORDER BY user LIMIT ?4
                        """, arguments: [project, user ?? "", cohort, limit + 1])
                let entries = rows.prefix(limit).map { CohortEntry(storedUser: $0["user"], cohort: $0["cohort"]) }
                return CohortPage(entries: entries, next: rows.count > limit ? entries.last?.user : nil)
            }
        }
    }

    public func putCohorts(_ entries: [CohortEntry], project: String, replacing: Bool) throws(StoreError) {
        try attempt { queue in
            try queue.write { database in
                if replacing {
                    try database.execute(sql: "DELETE FROM cohorts WHERE project = ?", arguments: [project])
                }
                let statement = try database.makeStatement(
                    sql: "INSERT OR REPLACE INTO cohorts (project, user, cohort) VALUES (?, ?, ?)")
                for entry in entries { try statement.execute(arguments: [project, entry.user, entry.cohort]) }
                try Self.checkCount(project, database)
            }
        }
    }

    private static func checkCount(_ project: String, _ database: Database) throws {
        let count =
            try Int.fetchOne(database, sql: "SELECT count(*) FROM cohorts WHERE project = ?", arguments: [project]) ?? 0
        guard count <= Limits.cohortUsersPerProjectMax else {
            throw StoreError.invalid(
                "The project '\(project)' would have \(count) users in cohorts; at most "
                    + "\(Limits.cohortUsersPerProjectMax) are kept: remove some, or replace all of them at once.")
        }
    }

    public func removeCohort(of user: String, project: String) throws(StoreError) -> Bool {
        try attempt { queue in
            try queue.write { database in
                try database.execute(
                    sql: "DELETE FROM cohorts WHERE project = ? AND user = ?", arguments: [project, user])
                return database.changesCount > 0
            }
        }
    }
}
