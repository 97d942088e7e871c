public import Core
public import NIOCore

/// Records as lines of CSV (RFC 4180), for a spreadsheet.
///
/// A cell that a spreadsheet would take for a formula is given an apostrophe: what stands in it may come from anybody.
public enum RecordCSV {
    private static let columns: [(name: String, text: @Sendable (StoredRecord) -> String)] = [
        ("id", { $0.record.id.description }),
        ("started_at", { Timestamp.text($0.record.startedAtUnixMicroseconds) }),
        ("project", { $0.record.project }), ("key", { $0.record.key ?? "" }),
        ("feature", { $0.record.tags["feature"] ?? "" }), ("user", { $0.record.tags["user"] ?? "" }),
        ("session", { $0.record.tags["session"] ?? "" }), ("prompt", { $0.record.tags["prompt"] ?? "" }),
        ("model", { $0.record.model ?? "" }), ("provider", { $0.record.attempts.last?.provider ?? "" }),
        ("served_model", { $0.record.servedModel ?? "" }), ("endpoint", { $0.record.endpoint }),
        ("status", { "\($0.record.status)" }), ("outcome", { $0.record.outcome.rawValue }),
        ("error_code", { $0.record.errorCode?.rawValue ?? "" }), ("streamed", { "\($0.record.streamed)" }),
        ("duration_ms", { milliseconds($0.record.duration) }),
        ("time_to_first_token_ms", { $0.record.timeToFirstToken.map(milliseconds) ?? "" }),
        ("attempts", { "\($0.record.attempts.count)" }), ("fallback", { $0.record.fallback ?? "" }),
        ("input_tokens", { "\($0.record.usage.inputTotal)" }), ("cache_read", { "\($0.record.usage.cacheRead)" }),
        ("output_tokens", { "\($0.record.usage.outputTotal)" }), ("cost_usd", { $0.record.cost?.usdText ?? "" }),
        ("trace_id", { $0.record.traceID.description }), ("request_preview", { $0.requestPreview ?? "" }),
        ("response_preview", { $0.responsePreview ?? "" }),
    ]

    /// The first line, with its end.
    public static let header = columns.map(\.name).joined(separator: ",") + "\r\n"

    public static func lines(_ records: [StoredRecord]) -> ByteBuffer {
        var lines = ByteBuffer()
        for record in records {
            lines.writeString(columns.map { cell($0.text(record)) }.joined(separator: ",") + "\r\n")
        }
        return lines
    }

    static func cell(_ text: String) -> String {
        var text = text
        if let first = text.unicodeScalars.first, "=+-@\t\r".unicodeScalars.contains(first) { text = "'" + text }
        guard text.utf8.contains(where: { [0x22, 0x2C, 0x3B, 0x09, 0x0A, 0x0D].contains($0) }) else { return text }
        return "\"" + text.replacing("\"", with: "\"\"") + "\""
    }

    private static func milliseconds(_ nanoseconds: Int64) -> String {
        DecimalText.text(Int128(max(0, nanoseconds) / 1000), decimals: 3)
    }
}
