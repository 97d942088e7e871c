import Core
public import NIOCore

/// Cursor's agents: the body of Responses where a chat is asked for, and a chat's answer to it. Custom tools are called
/// as functions with one text argument. Source: Cursor's forum, "Override OpenAI Base URL sends Responses API payload".
enum ResponsesInChatCoding: ChatClientCoding {
    static func readRequest(_ body: ByteBuffer) throws(TranslationError) -> ChatRequest {
        var request = try ResponsesRequestReader.read(body)
        request.wantsUsage = body.withUnsafeReadableBytes { bytes in
            JSONObjectView(bytes)?.object("stream_options")?.flag("include_usage") ?? false
        }
        return request
    }

    static func writeAnswer(_ answer: ChatAnswer, usage: TokenUsage, _ context: ChatAnswerContext) -> ByteBuffer {
        OpenAIChatCoding.writeAnswer(answer, usage: usage, context)
    }

    static func makeStreamWriter(_ context: ChatAnswerContext) -> any ChatStreamWriter {
        OpenAIChatCoding.makeStreamWriter(context)
    }
}

extension RequestFacts {
    /// Whether this is a body of Responses: it has an `input` and no `messages`.
    public func isOfResponses(_ body: ByteBuffer) -> Bool {
        body.withUnsafeReadableBytes { bytes in
            func has(_ name: StaticString) -> Bool {
                members.contains { member in
                    UnsafeRawBufferPointer(rebasing: bytes[member.keyStart..<member.keyEnd]).isText(name)
                }
            }
            return !has("messages") && has("input")
        }
    }
}
