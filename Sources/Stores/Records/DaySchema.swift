import Core
import GRDB

/// The tables of a day's file. Every text that repeats is a number that stands for a row of `strings`; 0 is none.
enum DaySchema {
    /// Counted up when a newer program adds to the tables. Older files are brought up when they are opened to write.
    static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("records") { database in
            try database.execute(
                sql: """
                    CREATE TABLE strings (id INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE);
                    CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
                    CREATE TABLE records (\(recordColumns.joined(separator: ", ")));
                    CREATE TABLE attempts (\(attemptColumns.joined(separator: ", ")),
                        PRIMARY KEY (record, place)) WITHOUT ROWID;
                    CREATE TABLE traces (trace BLOB NOT NULL, record INTEGER NOT NULL,
                        PRIMARY KEY (trace, record)) WITHOUT ROWID;
                    CREATE TABLE series (id INTEGER PRIMARY KEY, \(seriesColumns.joined(separator: ", ")));
                    CREATE TABLE rollups (step INTEGER NOT NULL, start INTEGER NOT NULL, series INTEGER NOT NULL,
                        counts BLOB NOT NULL, sketches BLOB NOT NULL,
                        PRIMARY KEY (step, start, series)) WITHOUT ROWID;
                    CREATE TABLE dirty_hours (start INTEGER PRIMARY KEY);
                    CREATE TABLE attributions (dimension INTEGER NOT NULL, value INTEGER NOT NULL,
                        project INTEGER NOT NULL, counts BLOB NOT NULL,
                        PRIMARY KEY (dimension, value, project)) WITHOUT ROWID;
                    """)
        }
        migrator.registerMigration("feedback") { database in
            try database.execute(
                sql: """
                    CREATE TABLE feedback (id INTEGER PRIMARY KEY, at INTEGER NOT NULL, record INTEGER,
                        trace BLOB NOT NULL, project TEXT NOT NULL, key TEXT, name TEXT NOT NULL, number REAL,
                        category TEXT, label TEXT, comment TEXT, correction TEXT);
                    CREATE INDEX feedback_record ON feedback (record);
                    """)
        }
        migrator.registerMigration("spans") { database in
            try database.execute(
                sql: """
                    CREATE TABLE spans (project TEXT NOT NULL, trace BLOB NOT NULL, span INTEGER NOT NULL,
                        parent INTEGER, name TEXT NOT NULL, kind TEXT NOT NULL, started INTEGER NOT NULL,
                        duration INTEGER NOT NULL, error TEXT, user TEXT, session TEXT, attributes BLOB,
                        PRIMARY KEY (trace, project, span)) WITHOUT ROWID;
                    """)
        }
        migrator.registerMigration("translation") { database in
            try addColumns(["translation_dropped TEXT"], database)
        }
        migrator.registerMigration("marginal sums") { database in
            try database.execute(
                sql: """
                    DROP TABLE IF EXISTS marginals;
                    CREATE TABLE marginal_sums (place INTEGER PRIMARY KEY, counts BLOB NOT NULL,
                        sketches BLOB NOT NULL);
                    """)
        }
        migrator.registerMigration("fetch") { database in try addColumns(fetchColumns, database) }
        return migrator
    }

    /// Adds those that a day lacks that was begun by an older program.
    private static func addColumns(_ columns: [String], _ database: Database) throws {
        let known = try database.columns(in: "records").map(\.name)
        for column in columns where !known.contains(where: { names([column]) == [$0] }) {
            try database.execute(sql: "ALTER TABLE records ADD COLUMN \(column)")
        }
    }

    /// `record` is milliseconds of the day, then a count: new rows go to the end. Columns by which all rows of a
    /// day are searched stand first: SQLite reads a row up to the last column that it needs.
    static let recordColumns =
        [
            "record INTEGER PRIMARY KEY", "user INTEGER NOT NULL", "session INTEGER NOT NULL",
            "id_high INTEGER NOT NULL", "id_low INTEGER NOT NULL",
            "started INTEGER NOT NULL",
            "trace BLOB", "span INTEGER NOT NULL", "parent INTEGER", "duration INTEGER NOT NULL", "first_token INTEGER",
            "queue INTEGER NOT NULL", "gateway INTEGER NOT NULL", "project INTEGER NOT NULL",
            "endpoint INTEGER NOT NULL",
            "method INTEGER NOT NULL", "key INTEGER NOT NULL", "client INTEGER NOT NULL", "model INTEGER NOT NULL",
            "route INTEGER NOT NULL", "status INTEGER NOT NULL", "outcome INTEGER NOT NULL",
            "error_code INTEGER NOT NULL",
            "error_message TEXT", "streamed INTEGER NOT NULL", "finish_reason INTEGER NOT NULL",
            "feature INTEGER NOT NULL", "team INTEGER NOT NULL", "environment INTEGER NOT NULL",
            "prompt INTEGER NOT NULL",
            "tags TEXT", "request_bytes INTEGER NOT NULL",
            "response_bytes INTEGER NOT NULL", "unreadable INTEGER NOT NULL", "fallback INTEGER NOT NULL",
            "cache INTEGER NOT NULL", "limits_hit TEXT", "translation_dropped TEXT", "level INTEGER NOT NULL",
            "request_preview TEXT", "response_preview TEXT", "request_body BLOB", "response_body BLOB",
        ] + fetchColumns + attemptValueColumns

    /// Null where nothing was fetched.
    private static let fetchColumns = [
        "fetched_files INTEGER", "fetch_failures INTEGER", "fetched_bytes INTEGER", "fetch_duration INTEGER",
    ]

    /// Attempts before the last, which stands in the record's own row.
    static let attemptColumns =
        ["record INTEGER NOT NULL", "place INTEGER NOT NULL"] + attemptValueColumns

    /// `attempt` is 0 in a record without any.
    static let attemptValueColumns = [
        "attempt INTEGER NOT NULL", "provider INTEGER NOT NULL", "kind INTEGER NOT NULL",
        "upstream_model INTEGER NOT NULL", "served_model INTEGER NOT NULL", "service_tier INTEGER NOT NULL",
        "region INTEGER NOT NULL", "attempt_span INTEGER NOT NULL", "upstream_request_id TEXT",
        "attempt_started INTEGER NOT NULL", "attempt_duration INTEGER NOT NULL", "attempt_status INTEGER NOT NULL",
        "attempt_error INTEGER NOT NULL", "usage_source INTEGER NOT NULL", "input_uncached INTEGER NOT NULL",
        "cache_read INTEGER NOT NULL", "cache_write_5m INTEGER NOT NULL", "cache_write_1h INTEGER NOT NULL",
        "output INTEGER NOT NULL", "reasoning INTEGER NOT NULL", "usage_rest BLOB", "cost INTEGER",
        "stated_cost INTEGER",
    ]

    static let seriesColumns = SeriesKey.dimensions.map { "\($0.column) INTEGER NOT NULL" }

    /// Columns whose numbers stand for texts.
    static let wordColumns: Set<String> = [
        "project", "endpoint", "method", "key", "client", "model", "route", "outcome", "error_code", "finish_reason",
        "feature", "team", "environment", "prompt", "user", "session", "fallback", "cache", "provider", "kind",
        "upstream_model", "served_model", "service_tier", "region", "attempt_error",
    ]

    static func names(_ columns: [String]) -> [String] {
        columns.map { String($0.prefix { $0 != " " }) }
    }

    static func insert(into table: String, _ columns: [String]) -> String {
        let names = names(columns)
        let places = Array(repeating: "?", count: names.count).joined(separator: ", ")
        return "INSERT INTO \(table) (\(names.joined(separator: ", "))) VALUES (\(places))"
    }
}

/// What a rollup's row is told apart by, as numbers of `strings`; `status` is the number itself.
struct SeriesKey: Hashable {
    var numbers = SIMD16<Int32>.zero

    static let dimensions: [(dimension: RecordDimension, column: String)] = [
        (.project, "project"), (.key, "key"), (.team, "team"), (.feature, "feature"),
        (.environment, "environment"), (.prompt, "prompt"), (.route, "route"), (.model, "model"),
        (.provider, "provider"), (.upstreamModel, "upstream_model"), (.servedModel, "served_model"),
        (.region, "region"), (.endpoint, "endpoint"), (.outcome, "outcome"), (.errorCode, "error_code"),
        (.status, "status"),
    ]

    /// Stands for all words past the limit of series.
    static let otherWord = "__other__"

    /// What is left of it past the limit of its own key.
    func reduced(to other: Int32) -> SeriesKey {
        var key = self
        for lane in [2, 3, 4, 5, 6, 7, 9, 10] where numbers[lane] != 0 { key.numbers[lane] = other }
        return key
    }

    /// What is left of it past the limit of the day.
    func reducedWithKey(to other: Int32) -> SeriesKey {
        var key = reduced(to: other)
        if numbers[1] != 0 { key.numbers[1] = other }
        return key
    }

    /// The project and the key.
    var owner: SIMD2<Int32> { SIMD2(numbers[0], numbers[1]) }

    static func place(of dimension: RecordDimension) -> Int? {
        dimensions.firstIndex { $0.dimension == dimension }
    }
}
