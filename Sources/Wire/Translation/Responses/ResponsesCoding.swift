import Core
import NIOCore

/// OpenAI's Responses: `POST /v1/responses`.
///
/// What a client keeps at OpenAI (a response before, a conversation, a stored prompt) is out of other providers' reach
/// and refused. Custom tools become functions with one text argument, and tools in namespaces get names that hold both;
/// calls of either go back as what they were.
enum ResponsesCoding: ChatCoding {
    typealias RequestWriter = ResponsesRequestWriter

    static func readRequest(_ body: ByteBuffer) throws(TranslationError) -> ChatRequest {
        try ResponsesRequestReader.read(body)
    }

    static func takes(_ kind: MediaType.Kind, at url: String, model: String) -> Bool { kind != .audio }

    static func readAnswer(_ body: ByteBuffer) throws(TranslationError) -> ChatAnswer? {
        try ResponsesAnswers.read(body)
    }

    static func writeAnswer(_ answer: ChatAnswer, usage: TokenUsage, _ context: ChatAnswerContext) -> ByteBuffer {
        ResponsesAnswers.write(answer, usage: usage, context)
    }

    static func makeStreamReader() -> any ChatStreamReader { ResponsesStreamReader() }

    static func makeStreamWriter(_ context: ChatAnswerContext) -> any ChatStreamWriter {
        ResponsesStreamWriter(context)
    }

    static func errorMessage(_ body: JSONObjectView) -> String? { OpenAIChatCoding.errorMessage(body) }
}
