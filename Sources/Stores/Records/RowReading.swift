import Core
import Foundation
import GRDB

/// Reads a record out of a row of `records`, with its words already as text.
enum RecordRow {
    /// Columns whose number stands for a text.
    private static let words: Set<String> = [
        "project", "endpoint", "method", "key", "client", "model", "route", "error_code", "finish_reason", "feature",
        "team", "environment", "prompt", "user", "session", "fallback", "cache",
    ]
    private static let attemptWords: Set<String> = [
        "provider", "kind", "upstream_model", "served_model", "service_tier", "region", "attempt_error",
    ]

    /// All columns but the bodies, words as texts; of a day that an older program wrote, those that it has.
    static func selection(_ database: Database) throws -> String {
        let known = Set(try database.columns(in: "records").map(\.name))
        return list(
            DaySchema.names(DaySchema.recordColumns).filter { known.contains($0) && !$0.hasSuffix("_body") }, of: "r")
    }

    /// An attempt's columns, of either table that has them.
    static func attemptSelection(of table: String) -> String {
        list(DaySchema.names(DaySchema.attemptValueColumns), of: table)
    }

    private static func list(_ names: [String], of table: String) -> String {
        names.map { name in
            guard words.contains(name) || attemptWords.contains(name) else { return "\(table).\(name) AS \(name)" }
            return "(SELECT text FROM strings WHERE id = \(table).\(name)) AS \(name)"
        }.joined(separator: ", ")
    }

    private static func fetch(_ row: Row) -> FetchRecord {
        var fetch = FetchRecord()
        fetch.files = row["fetched_files"] ?? 0
        fetch.failures = row["fetch_failures"] ?? 0
        fetch.bytes = row["fetched_bytes"] ?? 0
        fetch.duration = ((row["fetch_duration"] as Int64?) ?? 0) * 1000
        return fetch
    }

    /// - Parameter earlier: the attempts before the last.
    static func record(_ row: Row, earlier: [AttemptRecord]) -> StoredRecord {
        let id = ExchangeID(high: word(row["id_high"]), low: word(row["id_low"]))
        let trace = (row["trace"] as Data?).flatMap { TraceID(bytes: Array($0)) }
        var record = ExchangeRecord(
            id: id, traceID: trace ?? TraceID(high: id.high, low: id.low), spanID: SpanID(word(row["span"])),
            startedAtUnixMicroseconds: row["started"])
        record.parentSpanID = (row["parent"] as Int64?).map { SpanID(UInt64(bitPattern: $0)) }
        record.duration = (row["duration"] as Int64) * 1000
        record.timeToFirstToken = (row["first_token"] as Int64?).map { $0 * 1000 }
        record.queueTime = (row["queue"] as Int64) * 1000
        record.gatewayTime = (row["gateway"] as Int64) * 1000
        record.project = row["project"] ?? ""
        record.endpoint = row["endpoint"] ?? ""
        record.method = row["method"] ?? ""
        record.key = row["key"]
        record.client = row["client"]
        record.model = row["model"]
        record.route = row["route"]
        record.status = row["status"]
        record.outcome = ClosedWords.word(row["outcome"], in: ClosedWords.outcomes) ?? .error
        record.errorCode = (row["error_code"] as String?).flatMap { ErrorCode(rawValue: $0) }
        record.errorMessage = row["error_message"]
        record.streamed = row["streamed"]
        record.finishReason = row["finish_reason"]
        record.requestBytes = row["request_bytes"]
        record.responseBytes = row["response_bytes"]
        record.unreadableEvents = row["unreadable"]
        record.fallback = row["fallback"]
        record.cache = row["cache"]
        record.limitsHit = (row["limits_hit"] as String?)?.split(separator: ",").map(String.init) ?? []
        record.translationDropped =
            (row["translation_dropped"] as String?)?.split(separator: "\n").map(String.init) ?? []
        record.fetch = fetch(row)
        record.level = ClosedWords.word(row["level"], in: ClosedWords.levels) ?? .metadata
        takeTags(row, &record)
        record.attempts = earlier
        if (row["attempt"] as Int) > 0 { record.attempts.append(attempt(row)) }
        record.servedModel = record.attempts.last?.servedModel
        record.serviceTier = record.attempts.last?.serviceTier
        return StoredRecord(
            record: record, requestPreview: row["request_preview"], responsePreview: row["response_preview"])
    }

    static func attempt(_ row: Row) -> AttemptRecord {
        var attempt = AttemptRecord(
            provider: row["provider"] ?? "", providerKind: row["kind"] ?? "",
            upstreamModel: row["upstream_model"] ?? "", region: row["region"] ?? "",
            spanID: SpanID(word(row["attempt_span"])), startedAfter: (row["attempt_started"] as Int64) * 1000)
        attempt.servedModel = row["served_model"]
        attempt.serviceTier = row["service_tier"]
        attempt.upstreamRequestID = row["upstream_request_id"]
        attempt.duration = (row["attempt_duration"] as Int64) * 1000
        attempt.status = row["attempt_status"]
        attempt.errorCode = (row["attempt_error"] as String?).flatMap { ErrorCode(rawValue: $0) }
        attempt.usageSource = ClosedWords.word(row["usage_source"], in: ClosedWords.sources) ?? .none
        attempt.usage.inputUncached = row["input_uncached"]
        attempt.usage.cacheRead = row["cache_read"]
        attempt.usage.cacheWrite5m = row["cache_write_5m"]
        attempt.usage.cacheWrite1h = row["cache_write_1h"]
        attempt.usage.output = row["output"]
        attempt.usage.reasoning = row["reasoning"]
        if let rest: Data = row["usage_rest"] { rest.withUnsafeBytes { attempt.usage.takeRest($0) } }
        attempt.cost = (row["cost"] as Int64?).map { Money(picoUSD: Int128($0)) }
        attempt.statedCost = (row["stated_cost"] as Int64?).map { Money(picoUSD: Int128($0)) }
        return attempt
    }

    private static func takeTags(_ row: Row, _ record: inout ExchangeRecord) {
        for name in ["feature", "user", "session", "environment", "prompt", "team"] {
            if let value: String = row[name] { record.tags.set(name, value) }
        }
        guard let rest: String = row["tags"] else { return }
        for (name, value) in TagsText.read(rest) { record.tags.set(name, value) }
    }

    private static func word(_ value: Int64) -> UInt64 { UInt64(bitPattern: value) }
}
