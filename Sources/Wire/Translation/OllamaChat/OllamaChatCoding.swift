import Core
import NIOCore

/// Ollama's own chat. Only providers speak it. Source: Ollama's API documentation, "Generate a chat completion".
enum OllamaChatCoding: ChatProviderCoding {
    typealias RequestWriter = OllamaRequestWriter

    static func takes(_ kind: MediaType.Kind, at url: String, model: String) -> Bool { false }

    static func readAnswer(_ body: ByteBuffer) throws(TranslationError) -> ChatAnswer? { try OllamaAnswer.read(body) }

    static func makeStreamReader() -> any ChatStreamReader { OllamaStreamReader() }

    static func errorMessage(_ body: JSONObjectView) -> String? { body.string("error") }
}

/// What Ollama leaves out of its calls of tools.
enum OllamaCall {
    /// An id, where the server gives none: the time of the answer tells those of two answers apart.
    /// - Parameter created: `created_at`.
    static func id(created: String?, number: Int) -> String {
        "call_" + (created ?? "").filter { $0.isASCII && $0.isNumber } + "_\(number)"
    }

    /// A finished answer with calls says `stop` all the same.
    static func finish(_ word: String?, hasCalls: Bool) -> FinishReason {
        if hasCalls { return .toolCalls }
        return word == "length" ? .length : .stop
    }
}
