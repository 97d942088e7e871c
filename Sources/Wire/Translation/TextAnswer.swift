import Core
public import NIOCore

/// A text of the gateway's own, told as a model's answer in a client's format.
public struct TextAnswer {
    private let text: String
    private let context: ChatAnswerContext
    /// nil for clients of the format that it is written in first.
    private let translation: ChatTranslation?

    public init(_ text: String, endpoint: EndpointKind, _ context: ChatAnswerContext) {
        self.text = text
        self.context = context
        translation = ChatFormat(endpoint: endpoint).flatMap { format in
            format == .openAIChat ? nil : ChatTranslation(client: format, provider: .openAIChat)
        }
    }

    public var whole: ByteBuffer {
        var json = JSONWriter()
        json.beginObject()
        begin("chat.completion", &json)
        beginChoice("message", &json)
        json.member("role", "assistant")
        json.member("content", text)
        json.endObject()
        json.member("finish_reason", "stop")
        endChoice(&json)
        writeUsage(&json)
        json.endObject()
        return translation?.answer(json.buffer, usage: .init(), context) ?? json.buffer
    }

    /// The events of a stream, in order.
    public var stream: [ByteBuffer] {
        var events = ByteBuffer()
        events.event(chunk(content: text, finish: nil))
        events.event(chunk(content: nil, finish: "stop"))
        if context.wantsUsage { events.event(usageChunk) }
        events.writeStaticString("data: [DONE]\n\n")
        guard let translation else { return [events] }
        var stage = EventStage(
            format: .openAIChat, stripsUsage: false, translator: translation.stream(context))
        var output = StageOutput()
        try? stage.push(events, into: &output)
        try? stage.finish(into: &output)
        return output.buffers
    }

    private func chunk(content: String?, finish: String?) -> ByteBuffer {
        var json = JSONWriter()
        json.beginObject()
        begin("chat.completion.chunk", &json)
        beginChoice("delta", &json)
        if let content {
            json.member("role", "assistant")
            json.member("content", content)
        }
        json.endObject()
        json.key("finish_reason")
        if let finish { json.value(finish) } else { json.null() }
        endChoice(&json)
        json.endObject()
        return json.buffer
    }

    private var usageChunk: ByteBuffer {
        var json = JSONWriter()
        json.beginObject()
        begin("chat.completion.chunk", &json)
        json.key("choices")
        json.beginArray()
        json.endArray()
        writeUsage(&json)
        json.endObject()
        return json.buffer
    }

    private func begin(_ object: String, _ json: inout JSONWriter) {
        json.member("id", context.id)
        json.member("object", object)
        json.member("created", context.created)
        json.member("model", context.model)
    }

    private func beginChoice(_ name: String, _ json: inout JSONWriter) {
        json.key("choices")
        json.beginArray()
        json.beginObject()
        json.member("index", 0)
        json.key(name)
        json.beginObject()
    }

    private func endChoice(_ json: inout JSONWriter) {
        json.endObject()
        json.endArray()
    }

    /// No model has worked.
    private func writeUsage(_ json: inout JSONWriter) {
        json.key("usage")
        json.beginObject()
        json.member("prompt_tokens", 0)
        json.member("completion_tokens", 0)
        json.member("total_tokens", 0)
        json.endObject()
    }
}

extension ByteBuffer {
    fileprivate mutating func event(_ data: ByteBuffer) {
        writeStaticString("data: ")
        writeImmutableBuffer(data)
        writeStaticString("\n\n")
    }
}
