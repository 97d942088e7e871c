import Core
import NIOCore

enum GeminiCoding: ChatCoding {
    typealias RequestWriter = GeminiRequestWriter

    static func readRequest(_ body: ByteBuffer) throws(TranslationError) -> ChatRequest {
        try GeminiRequestReader.read(body)
    }

    /// Models since 2.5 get what stands at a URL, if they are told what it is. Source: Google's "File input methods".
    static func takes(_ kind: MediaType.Kind, at url: String, model: String) -> Bool {
        GeminiModel(model).getsURLs && GeminiMediaType.guess(url) != nil
    }

    static func readAnswer(_ body: ByteBuffer) throws(TranslationError) -> ChatAnswer? { try GeminiAnswers.read(body) }

    static func writeAnswer(_ answer: ChatAnswer, usage: TokenUsage, _ context: ChatAnswerContext) -> ByteBuffer {
        GeminiAnswers.write(answer, usage: usage)
    }

    static func makeStreamReader() -> any ChatStreamReader { GeminiStreamReader() }
    static func makeStreamWriter(_ context: ChatAnswerContext) -> any ChatStreamWriter { GeminiStreamWriter() }

    static func errorMessage(_ body: JSONObjectView) -> String? { body.object("error")?.string("message") }
}
