import Core
import NIOCore

/// Amazon Bedrock's Converse, which models of all makers answer. Only providers speak it.
/// Source: Amazon's Bedrock API reference, "Converse" and "ConverseStream".
enum BedrockConverseCoding: ChatProviderCoding {
    typealias RequestWriter = BedrockRequestWriter

    static func takes(_ kind: MediaType.Kind, at url: String, model: String) -> Bool { url.hasPrefix("s3://") }

    static func readAnswer(_ body: ByteBuffer) throws(TranslationError) -> ChatAnswer? { try BedrockAnswer.read(body) }

    static func makeStreamReader() -> any ChatStreamReader { BedrockStreamReader() }

    static func errorMessage(_ body: JSONObjectView) -> String? { body.string("message") ?? body.string("Message") }
}

/// `stopReason`.
enum BedrockStop {
    static func reason(_ word: String?) -> FinishReason {
        switch word {
        case "stop_sequence": .stopSequence
        case "max_tokens", "model_context_window_exceeded": .length
        case "tool_use": .toolCalls
        case "guardrail_intervened", "content_filtered": .filtered
        default: .stop
        }
    }
}
