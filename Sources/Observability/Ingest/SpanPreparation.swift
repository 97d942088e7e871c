import Core
import Foundation
import NIOCore
import Wire

/// Makes of a span what is stored of it: sampled with its trace, redacted, cut to size.
struct SpanPreparation: Sendable {
    private let settings: RecordSettings
    private let redactor: Redactor

    init(_ settings: RecordSettings) throws(RedactionError) {
        self.settings = settings
        redactor = try Redactor(settings)
    }

    static func isInTime(_ span: OTLPSpan, now: Int64) -> Bool {
        let started = Int64(clamping: span.startedAt / 1000)
        return started > now - Limits.spanDaysMax * 86_400_000_000 && started < now + 3_600_000_000
    }

    /// - Returns: nil when it is not kept.
    func prepare(_ span: OTLPSpan, _ request: IngestRequest) -> ApplicationSpan? {
        guard request.level != .off, settings.keeps(span.traceID) || span.status == .error else { return nil }
        var result = ApplicationSpan(
            project: request.project, traceID: span.traceID, spanID: span.spanID, parentSpanID: span.parentSpanID,
            name: cut(redacted(span.name) ?? "", to: 256), kind: redacted(SpanKind.name(of: span)) ?? "",
            startedAt: Int64(clamping: span.startedAt / 1000),
            duration: Int64(clamping: span.endedAt > span.startedAt ? span.endedAt - span.startedAt : 0))
        if span.status == .error { result.error = cut(redacted(span.statusMessage) ?? "", to: 1024) }
        result.user = SpanNames.user.lazy.compactMap { span.text($0) }.first.map { cut($0, to: 256) }
        result.session = SpanNames.session.lazy.compactMap { span.text($0) }.first.map { cut($0, to: 256) }
        if request.level == .full { result.attributes = redacted(attributes(of: span)) }
        return result
    }

    private func redacted(_ text: String) -> String? {
        redactor.isIdle ? text : redactor.redacted(ByteBuffer(string: text)).map { String(buffer: $0) }
    }

    /// The largest go first where all are too much.
    private func attributes(of span: OTLPSpan) -> String {
        var parts = span.attributes.map { attribute in
            var writer = JSONWriter()
            writer.write(attribute.value)
            let bytes = attribute.key.utf8.count + writer.buffer.readableBytes
            return (key: attribute.key, json: writer.buffer, bytes: bytes)
        }
        var bytes = parts.reduce(0) { $0 + $1.bytes }
        if bytes > Limits.spanAttributeBytesMax {
            var gone: Set<Int> = []
            for place in parts.indices.sorted(by: { parts[$0].bytes > parts[$1].bytes })
            where bytes > Limits.spanAttributeBytesMax {
                gone.insert(place)
                bytes -= parts[place].bytes
            }
            parts = parts.enumerated().filter { !gone.contains($0.offset) }.map(\.element)
        }
        var writer = JSONWriter()
        writer.beginObject()
        for part in parts {
            writer.key(part.key)
            writer.raw(part.json)
        }
        writer.endObject()
        return String(buffer: writer.buffer)
    }

    private func cut(_ text: String, to bytes: Int) -> String {
        text.utf8.count <= bytes ? text : String(decoding: text.utf8.prefix(bytes), as: UTF8.self)
    }
}

/// Names under which instrumentations tell the same.
private enum SpanNames {
    static let user = ["user.id", "enduser.id", "langfuse.user.id"]
    static let session = ["session.id", "gen_ai.conversation.id", "langfuse.session.id"]
}

/// What a span is, in one word.
enum SpanKind {
    private static let names = ["openinference.span.kind", "langfuse.observation.type", "traceloop.span.kind"]
    /// OpenTelemetry's operations, in the words of the others.
    private static let operations = [
        "invoke_agent": "agent", "create_agent": "agent", "execute_tool": "tool", "chat": "llm",
        "text_completion": "llm", "generate_content": "llm", "embeddings": "embedding", "retrieval": "retriever",
    ]

    static func name(of span: OTLPSpan) -> String {
        for name in names {
            if let text = span.text(name) { return String(text.prefix(32)).lowercased() }
        }
        if let operation = span.text("gen_ai.operation.name") {
            return operations[operation] ?? String(operation.prefix(32))
        }
        return "\(span.kind)"
    }
}

extension OTLPSpan {
    /// An attribute that is a text and not empty.
    fileprivate func text(_ key: String) -> String? {
        guard case .string(let text) = self[key], !text.isEmpty else { return nil }
        return text
    }
}

extension JSONWriter {
    /// Bytes are written in base64.
    fileprivate mutating func write(_ value: OTLPValue) {
        switch value {
        case .string(let text): self.value(text)
        case .int(let number): raw(ByteBuffer(string: "\(number)"))
        case .double(let number): number.isFinite ? raw(ByteBuffer(string: "\(number)")) : self.value("\(number)")
        case .bool(let flag): self.value(flag)
        case .bytes(let bytes): self.value(Data(bytes).base64EncodedString())
        case .none: null()
        case .array(let values):
            beginArray()
            for value in values { write(value) }
            endArray()
        case .map(let attributes):
            beginObject()
            for attribute in attributes {
                key(attribute.key)
                write(attribute.value)
            }
            endObject()
        }
    }
}
