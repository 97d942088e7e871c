import NIOCore

/// Responses: the last event holds the whole answer. One that broke off has the items that were done, and the text of
/// the one that was not.
struct ResponsesAssembly {
    private var last: ByteBuffer?
    private var first: ByteBuffer?
    private var items: [ByteBuffer] = []
    private var text = ""

    mutating func take(_ event: JSONObjectView) {
        guard let type = event.inside("type") else { return }
        if type.isText("response.output_text.delta") {
            text += event.string("delta") ?? ""
        } else if type.isText("response.output_item.done") {
            text = ""
            if let item = event.object("item") { items.append(ByteBuffer(bytes: item.bytes)) }
        } else if let response = event.object("response") {
            let isLast = ["response.completed", "response.incomplete", "response.failed"].contains { type.isText($0) }
            if isLast { last = ByteBuffer(bytes: response.bytes) } else { first = ByteBuffer(bytes: response.bytes) }
        }
    }

    var json: ByteBuffer? {
        if let last { return last }
        guard let first else { return nil }
        var writer = JSONWriter()
        writer.beginObject()
        first.withUnsafeReadableBytes { bytes in
            guard let view = JSONObjectView(bytes) else { return }
            for member in view.members where !view.isNamed(member, "output") {
                writer.rawMember(view.key(member), ByteBuffer(bytes: view.value(member)))
            }
        }
        writer.key("output")
        writer.beginArray()
        for item in items { writer.raw(item) }
        if !text.isEmpty { writeText(&writer) }
        writer.endArray()
        writer.endObject()
        return writer.buffer
    }

    private func writeText(_ writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("type", "message")
        writer.member("status", "incomplete")
        writer.member("role", "assistant")
        writer.key("content")
        writer.beginArray()
        writer.beginObject()
        writer.member("type", "output_text")
        writer.member("text", text)
        writer.endObject()
        writer.endArray()
        writer.endObject()
    }
}
