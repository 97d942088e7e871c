public import Core
public import NIOCore
import Wire

/// A trace as a tree: each call under the span that made it, each attempt under its call, with the cost of every
/// subtree.
public enum TraceTreeJSON {
    public static func object(_ id: TraceID, calls: [StoredRecord]) -> ByteBuffer {
        let spans = Set(calls.flatMap { [$0.record.spanID] + $0.record.attempts.map(\.spanID) })
        var children: [SpanID: [StoredRecord]] = [:]
        var roots: [StoredRecord] = []
        for call in calls {
            if let parent = call.record.parentSpanID, spans.contains(parent), parent != call.record.spanID {
                children[parent, default: []].append(call)
            } else {
                roots.append(call)
            }
        }
        var writer = JSONWriter()
        writer.beginObject()
        writer.member("trace_id", id.description)
        writer.cost(total(calls))
        writer.key("spans")
        writer.beginArray()
        for root in roots { write(root, children, depth: 0, &writer) }
        writer.endArray()
        writer.endObject()
        return writer.buffer
    }

    /// Deeper than any agent goes; what is below is left out.
    private static let depthMax = 100

    private static func write(
        _ call: StoredRecord, _ children: [SpanID: [StoredRecord]], depth: Int, _ writer: inout JSONWriter
    ) {
        let record = call.record
        var below = children[record.spanID] ?? []
        for attempt in record.attempts { below += children[attempt.spanID] ?? [] }
        writer.beginObject()
        writer.member("span_id", record.spanID.description)
        writer.nullable("parent_span_id", record.parentSpanID?.description)
        writer.member("kind", "call")
        writer.member("name", "\(record.endpoint) \(record.model ?? "")")
        writer.member("request_id", record.id.description)
        writer.member("started_at", Timestamp.text(record.startedAtUnixMicroseconds))
        writer.milliseconds("duration_ms", record.duration)
        writer.member("outcome", record.outcome.rawValue)
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
        writer.nullable("subtree_cost_usd", subtreeCost(call, children, depth: depth)?.usdText)
        writer.key("children")
        writer.beginArray()
        if depth < depthMax {
            for child in below { write(child, children, depth: depth + 1, &writer) }
        }
        writer.endArray()
        writer.endObject()
    }

    private static func subtreeCost(
        _ call: StoredRecord, _ children: [SpanID: [StoredRecord]], depth: Int
    ) -> Money? {
        guard var sum = call.record.cost else { return nil }
        guard depth < depthMax else { return sum }
        let below = ([call.record.spanID] + call.record.attempts.map(\.spanID)).flatMap { children[$0] ?? [] }
        for child in below {
            guard let cost = subtreeCost(child, children, depth: depth + 1) else { return nil }
            sum += cost
        }
        return sum
    }

    private static func total(_ calls: [StoredRecord]) -> Money? {
        calls.reduce(Money?.some(.zero)) { sum, call in
            guard let sum, let cost = call.record.cost else { return nil }
            return sum + cost
        }
    }
}
