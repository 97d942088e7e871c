import Core
import Foundation
import GRDB

/// Applications' spans in a day's file. Their attributes are content: where a key is configured they are encrypted, as
/// bodies are.
struct SpanRows {
    let texts: SealedText

    func insert(_ spans: [ApplicationSpan], _ database: Database) throws {
        let statement = try database.cachedStatement(
            sql: """
                INSERT OR REPLACE INTO spans
                (project, trace, span, parent, name, kind, started, duration, error, user, session, attributes)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """)
        for span in spans {
            try statement.execute(arguments: [
                span.project, Data(span.traceID.bytes), Int64(bitPattern: span.spanID.value),
                span.parentSpanID.map { Int64(bitPattern: $0.value) }, span.name, span.kind, span.startedAt,
                span.duration, span.error, span.user, span.session, try texts.seal(span.attributes, of: span.traceID),
            ])
        }
    }

    /// - Parameters:
    ///   - found: takes the spans, within the limits of all of them together.
    ///   - attributeBytes: what their attributes may take yet.
    func read(
        _ trace: TraceID, into found: inout TraceSpans, attributeBytes: inout Int, _ database: Database
    ) throws {
        guard try database.has(table: "spans") else { return }
        let rows = try Row.fetchCursor(
            database, sql: "SELECT * FROM spans WHERE trace = ?", arguments: [Data(trace.bytes)])
        while let row = try rows.next() {
            guard found.spans.count < Limits.traceSpansMax else {
                found.isCut = true
                return
            }
            var span = ApplicationSpan(
                project: row["project"], traceID: trace, spanID: SpanID(UInt64(bitPattern: row["span"] as Int64)),
                parentSpanID: (row["parent"] as Int64?).map { SpanID(UInt64(bitPattern: $0)) }, name: row["name"],
                kind: row["kind"], startedAt: row["started"], duration: row["duration"])
            span.error = row["error"]
            span.user = row["user"]
            span.session = row["session"]
            let attributes = try texts.open(row["attributes"], of: span.traceID)
            attributeBytes -= attributes?.utf8.count ?? 0
            if attributeBytes >= 0 { span.attributes = attributes } else { found.withoutAttributes += 1 }
            found.spans.append(span)
        }
    }
}
