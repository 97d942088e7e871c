import Core
import NIOCore

/// Cohere's chat, version 2. Only providers speak it. Source: Cohere's API reference, "Chat" and "Chat with streaming".
enum CohereChatCoding: ChatProviderCoding {
    typealias RequestWriter = CohereRequestWriter

    static func takes(_ kind: MediaType.Kind, at url: String, model: String) -> Bool { kind == .image }

    static func readAnswer(_ body: ByteBuffer) throws(TranslationError) -> ChatAnswer? { try CohereAnswer.read(body) }

    static func makeStreamReader() -> any ChatStreamReader { CohereStreamReader() }

    static func errorMessage(_ body: JSONObjectView) -> String? { body.string("message") }
}

/// `finish_reason`.
enum CohereFinish {
    static func reason(_ word: String?) -> FinishReason {
        switch word {
        case "STOP_SEQUENCE": .stopSequence
        case "MAX_TOKENS", "TIMEOUT": .length
        case "TOOL_CALL": .toolCalls
        case "ERROR_TOXIC": .filtered
        default: .stop
        }
    }
}
