import Core
import GRDB

/// Filters and dimensions in the words of a day's tables.
enum FilterSQL {
    struct Condition {
        var sql: String
        var arguments: [any DatabaseValueConvertible]
    }

    /// What a dimension's value is, as SQL. `r` is the record, `a` the table its attempt's columns stand in.
    ///
    /// Words are given as their number, tags as text; nil where rows have no such thing.
    static func expression(_ dimension: RecordDimension, attempt: String) -> (sql: String, form: Form)? {
        switch dimension {
        case .project, .endpoint, .route, .model, .key, .feature, .team, .environment, .prompt, .user, .session,
            .fallback, .cache:
            ("r.\(dimension)", .word)
        case .errorCode: ("r.error_code", .word)
        case .finishReason: ("r.finish_reason", .word)
        case .provider, .region: ("\(attempt).\(dimension)", .word)
        case .upstreamModel: ("\(attempt).upstream_model", .word)
        case .servedModel: ("\(attempt).served_model", .word)
        case .serviceTier: ("\(attempt).service_tier", .word)
        case .status: ("r.status", .integer)
        case .outcome: ("r.outcome", .outcome)
        case .streamed: ("r.streamed", .flag)
        case .tag(let name): ("json_extract(r.tags, '$.\"\(escaped(name))\"')", .text)
        case .cohort: nil
        }
    }

    enum Form { case word, integer, outcome, flag, text }

    /// - Returns: nil where no row can fit.
    static func condition(
        _ filter: RecordFilter, in day: Day, attempt: String, _ database: Database
    ) throws -> Condition? {
        var parts = ["r.record >= ?", "r.record < ?"]
        var arguments: [any DatabaseValueConvertible] = [
            DayKey.first(unixMicroseconds: filter.since, in: day),
            filter.until >= day.end ? Int64.max : DayKey.first(unixMicroseconds: filter.until, in: day),
        ]
        for term in filter.terms {
            guard let (sql, form) = expression(term.dimension, attempt: attempt) else { return nil }
            let isExcluded = term.isExcluded
            guard let value = value(of: term, form, &arguments) else {
                // No row has what cannot be.
                if isExcluded { continue } else { return nil }
            }
            parts.append("\(sql) \(isExcluded ? "IS NOT" : "IS") \(value)")
        }
        if let duration = filter.durationMin {
            parts.append("r.duration >= ?")
            arguments.append(duration / 1000)
        }
        if let firstToken = filter.firstTokenMin {
            parts.append("r.first_token >= ?")
            arguments.append(firstToken / 1000)
        }
        if let cost = filter.costMin {
            parts.append(
                "coalesce(r.cost, 0) + coalesce((SELECT sum(cost) FROM attempts WHERE record = r.record), 0) >= ?")
            arguments.append(Int64(clamping: cost.picoUSD))
        }
        var condition = Condition(sql: parts.joined(separator: " AND "), arguments: arguments)
        if let text = filter.text { try condition.add(TextQuery(text), database) }
        return condition
    }

    /// What a term's value is in the tables; nil where no row can have it.
    private static func value(
        of term: RecordFilter.Term, _ form: Form, _ arguments: inout [any DatabaseValueConvertible]
    ) -> String? {
        switch form {
        case .word where term.value.isEmpty: return "0"
        case .word:
            arguments.append(term.value)
            // -1 is the number of no word: a word that the day does not know is nobody's.
            return "coalesce((SELECT id FROM strings WHERE text = ?), -1)"
        case .integer: return Int64(term.value).map { "\($0)" }
        case .outcome:
            return Outcome(rawValue: term.value).map { "\(ClosedWords.number($0, in: ClosedWords.outcomes))" }
        case .flag: return term.value == "true" ? "1" : "0"
        case .text where term.value.isEmpty: return "NULL"
        case .text:
            arguments.append(term.value)
            return "?"
        }
    }

    /// A tag's name inside a path of `json_extract`, inside a string of SQL.
    private static func escaped(_ name: String) -> String {
        name.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("'", with: "''")
    }
}

extension FilterSQL.Condition {
    /// The index of words where the day has one; then what is quick to look for; then the whole truth.
    fileprivate mutating func add(_ query: TextQuery, _ database: Database) throws {
        if let match = query.match, try WordIndex.isComplete(database) {
            sql +=
                " AND r.record IN (SELECT record FROM words_rows WHERE number IN"
                + " (SELECT rowid FROM words WHERE words MATCH ?))"
            arguments.append(match)
        }
        for part in query.parts {
            if let plain = part.plain {
                sql += " AND (r.request_preview LIKE ? ESCAPE '\\' OR r.response_preview LIKE ? ESCAPE '\\')"
                let pattern = "%" + Self.likeEscaped(plain) + "%"
                arguments += [pattern, pattern]
            }
            guard !part.words.isEmpty else { continue }
            sql += " AND has_words(r.request_preview, r.response_preview, ?)"
            arguments.append(String(decoding: part.words, as: UTF8.self))
        }
    }

    private static func likeEscaped(_ word: String) -> String {
        word.replacing("\\", with: "\\\\").replacing("%", with: "\\%").replacing("_", with: "\\_")
    }
}
