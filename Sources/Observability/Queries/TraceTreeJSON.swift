public import Core
public import NIOCore
import Wire

/// A trace's tree as the API and the command line write it.
public enum TraceTreeJSON {
    public static func object(_ id: TraceID, _ tree: TraceTree) -> ByteBuffer {
        var writer = JSONWriter()
        writer.beginObject()
        writer.member("trace_id", id.description)
        writer.sums(tree.sums)
        writer.member("without_attributes", tree.spans.withoutAttributes)
        writer.member("is_cut", tree.spans.isCut)
        writer.key("spans")
        writer.beginArray()
        for root in tree.roots { write(root, of: tree, &writer) }
        writer.endArray()
        writer.endObject()
        return writer.buffer
    }

    private static func write(_ place: Int, of tree: TraceTree, _ writer: inout JSONWriter) {
        let node = tree.nodes[place]
        writer.beginObject()
        writer.member("span_id", node.content.spanID.description)
        writer.nullable("parent_span_id", node.content.parentSpanID?.description)
        writer.member("project", node.content.project)
        writer.member("kind", node.content.kind)
        writer.member("name", node.content.name)
        writer.member("started_at", Timestamp.text(node.content.startedAt))
        writer.milliseconds("duration_ms", node.content.duration)
        switch node.content {
        case .call(let call): write(call, &writer)
        case .span(let span): write(span, &writer)
        }
        writer.key("subtree")
        writer.beginObject()
        writer.sums(node.sums)
        writer.endObject()
        writer.key("children")
        writer.beginArray()
        for child in node.children { write(child, of: tree, &writer) }
        writer.endArray()
        writer.endObject()
    }

    private static func write(_ call: StoredRecord, _ writer: inout JSONWriter) {
        let record = call.record
        writer.member("request_id", record.id.description)
        writer.member("outcome", record.outcome.rawValue)
        writer.nullable("error_code", record.errorCode?.rawValue)
        writer.nullable("model", record.model)
        writer.nullable("request_preview", call.requestPreview)
        writer.nullable("response_preview", call.responsePreview)
        writer.usage(record.usage)
        writer.cost(record.cost)
        writer.key("attempts")
        writer.beginArray()
        for attempt in record.attempts {
            writer.beginObject()
            writer.member("span_id", attempt.spanID.description)
            writer.member("target", attempt.target)
            writer.milliseconds("duration_ms", attempt.duration)
            writer.member("status", attempt.status)
            writer.cost(attempt.cost)
            writer.endObject()
        }
        writer.endArray()
    }

    private static func write(_ span: ApplicationSpan, _ writer: inout JSONWriter) {
        writer.nullable("error", span.error)
        writer.nullable("user", span.user)
        writer.nullable("session", span.session)
        writer.json("attributes", span.attributes.map { Array($0.utf8) })
    }
}

extension JSONWriter {
    fileprivate mutating func sums(_ sums: TraceTree.Sums) {
        member("calls", sums.calls)
        member("unpriced", sums.unpriced)
        usage(sums.usage)
        cost(sums.cost)
    }
}
