public import NIOCore

/// The names that a key may use, in the shape of the caller's dialect.
public enum ModelList {
    public static func json(_ names: [String], dialect: Dialect) -> ByteBuffer {
        var writer = JSONWriter()
        writer.beginObject()
        if dialect == .openAI { writer.member("object", "list") }
        writer.key(dialect == .gemini ? "models" : "data")
        writer.beginArray()
        for name in names { write(name, dialect, &writer) }
        writer.endArray()
        if dialect == .anthropic {
            writer.member("has_more", false)
            writer.key("first_id")
            if let first = names.first { writer.value(first) } else { writer.null() }
            writer.key("last_id")
            if let last = names.last { writer.value(last) } else { writer.null() }
        }
        writer.endObject()
        return writer.buffer
    }

    /// What Codex takes as "nothing to add to the models that I know". It wants each model with the instructions that
    /// an agent gets with it, which would replace its own.
    public static let codex = ByteBuffer(string: #"{"models":[]}"#)

    public static func json(_ name: String, dialect: Dialect) -> ByteBuffer {
        var writer = JSONWriter()
        write(name, dialect, &writer)
        return writer.buffer
    }

    /// The date that Anthropic's shape requires and nobody knows: its reference allows the epoch for that.
    private static let unknownDate = "1970-01-01T00:00:00Z"

    private static func write(_ name: String, _ dialect: Dialect, _ writer: inout JSONWriter) {
        writer.beginObject()
        switch dialect {
        case .openAI:
            writer.member("id", name)
            writer.member("object", "model")
            writer.member("created", 0)
            writer.member("owned_by", "headgate")
        case .anthropic:
            writer.member("type", "model")
            writer.member("id", name)
            writer.member("display_name", name)
            writer.member("created_at", unknownDate)
            writer.member("lifecycle", "active")
        case .gemini:
            writer.member("name", "models/" + name)
            writer.member("displayName", name)
            writer.key("supportedGenerationMethods")
            writer.beginArray()
            for method in ["generateContent", "countTokens", "embedContent"] { writer.value(method) }
            writer.endArray()
        }
        writer.endObject()
    }
}
