import Core
import Hummingbird
import NIOCore
import Observability
import Wire

/// `/api/v1/traces`: the list, and one as a tree.
enum TraceHandlers {
    /// The newest calls that fit, put together by trace: a page of calls, not of traces.
    static func list(_ call: AdminCall) async throws -> Response {
        let listing = TraceListing(try await call.page(limit: 200))
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("data")
        writer.beginArray()
        for entry in listing.entries { write(entry, &writer) }
        writer.endArray()
        writer.nullable("next_cursor", listing.next)
        writer.endObject()
        return .json(writer.buffer)
    }

    static func show(_ call: AdminCall) async throws -> Response {
        let text = call.parameters.get("id") ?? ""
        guard let id = TraceID(text) else { throw AdminError.notFound("trace '\(text)'") }
        let records = call.plane.records
        let spans = call.plane.spans
        let found = try await call.querying { (calls: try records.trace(id), spans: try spans.spans(of: id)) }
        let tree = TraceTree(calls: found.calls, spans: found.spans)
        guard !tree.nodes.isEmpty else { throw AdminError.notFound("trace '\(text)'") }
        return .json(TraceTreeJSON.object(id, tree))
    }

    private static func write(_ entry: TraceListing.Entry, _ writer: inout JSONWriter) {
        let first = entry.first.record
        writer.beginObject()
        writer.member("trace_id", entry.id.description)
        writer.member("started_at", Timestamp.text(entry.startedAt))
        writer.milliseconds("duration_ms", (entry.endedAt - entry.startedAt) * 1000)
        writer.member("calls", entry.calls)
        writer.member("errors", entry.errors)
        writer.member("unpriced", entry.unpriced)
        writer.member("project", first.project)
        for name in ["feature", "user", "session", "prompt"] { writer.nullable(name, first.tags[name]) }
        writer.key("models")
        writer.beginArray()
        for model in entry.models { writer.value(model) }
        writer.endArray()
        writer.nullable("request_preview", entry.first.requestPreview)
        writer.usage(entry.usage)
        writer.cost(entry.cost)
        writer.endObject()
    }
}
