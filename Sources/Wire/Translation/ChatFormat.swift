public import Core
public import NIOCore

/// The wire formats in which chat models are spoken to. A new one is a folder here and a line in `providerCoding`.
public enum ChatFormat: String, Sendable, CaseIterable {
    case openAIChat = "openai-chat"
    case anthropicMessages = "anthropic-messages"
    case responses = "openai-responses"
    case bedrockConverse = "bedrock-converse"
    case gemini
    case cohereChat = "cohere-chat"
    case ollamaChat = "ollama-chat"

    /// The endpoint at which it is spoken.
    public var endpoint: EndpointKind {
        switch self {
        case .openAIChat: .chatCompletions
        case .anthropicMessages: .messages
        case .responses: .responses
        case .bedrockConverse: .converse
        case .gemini: .generateContent
        case .cohereChat: .cohereChat
        case .ollamaChat: .ollamaChat
        }
    }

    /// - Returns: nil for an endpoint at which no client speaks any of them.
    public init?(endpoint: EndpointKind) {
        guard let format = Self.allCases.first(where: { $0.endpoint == endpoint && $0.clientCoding != nil }) else {
            return nil
        }
        self = format
    }

    /// How its answers are read for their usage.
    public var answerFormat: AnswerFormat {
        switch self {
        case .openAIChat: .openAIChat
        case .anthropicMessages: .anthropicMessages
        case .responses: .openAIResponses
        case .bedrockConverse: .bedrockConverse
        case .gemini: .gemini
        case .cohereChat: .cohere
        case .ollamaChat: .ollama
        }
    }

    var providerCoding: any ChatProviderCoding.Type {
        switch self {
        case .openAIChat: OpenAIChatCoding.self
        case .anthropicMessages: AnthropicMessagesCoding.self
        case .responses: ResponsesCoding.self
        case .bedrockConverse: BedrockConverseCoding.self
        case .gemini: GeminiCoding.self
        case .cohereChat: CohereChatCoding.self
        case .ollamaChat: OllamaChatCoding.self
        }
    }

    /// nil for what only providers speak here.
    var clientCoding: (any ChatClientCoding.Type)? { providerCoding as? any ChatClientCoding.Type }
}

/// What an answer becomes beside its content.
public struct ChatAnswerContext: Sendable {
    /// Seconds since 1970.
    public var created: Int
    /// The client asked for usage at its stream's end.
    public var wantsUsage: Bool
    /// Stand for the answer's own where its provider states none.
    public var id: String
    public var model: String
    /// What the answer repeats of its request.
    public var echo: ChatRequestEcho?

    public init(created: Int, wantsUsage: Bool, id: String, model: String, echo: ChatRequestEcho? = nil) {
        self.created = created
        self.wantsUsage = wantsUsage
        self.id = id
        self.model = model
        self.echo = echo
    }
}

/// Reads and writes one format for those who speak it to Headgate and those to whom Headgate speaks it.
typealias ChatCoding = ChatClientCoding & ChatProviderCoding

/// What clients of a format need. Pure: bytes and values in, bytes and values out.
protocol ChatClientCoding: SendableMetatype {
    static func readRequest(_ body: ByteBuffer) throws(TranslationError) -> ChatRequest
    static func writeAnswer(_ answer: ChatAnswer, usage: TokenUsage, _ context: ChatAnswerContext) -> ByteBuffer
    static func makeStreamWriter(_ context: ChatAnswerContext) -> any ChatStreamWriter
}

/// What providers of a format need. Pure like its counterpart.
protocol ChatProviderCoding: SendableMetatype {
    associatedtype RequestWriter: ChatRequestWriter

    /// Whether the provider gets what stands at a URL itself; if not, it must be sent the bytes.
    ///
    /// - Parameter model: what everybody calls it.
    static func takes(_ kind: MediaType.Kind, at url: String, model: String) -> Bool
    /// - Returns: nil for a body that is no answer.
    static func readAnswer(_ body: ByteBuffer) throws(TranslationError) -> ChatAnswer?
    static func makeStreamReader() -> any ChatStreamReader
    /// What an error's body says, for a person; nil where it says nothing.
    static func errorMessage(_ body: JSONObjectView) -> String?
}

extension ChatProviderCoding {
    static func writeRequest(
        _ request: ChatRequest, _ target: ChatRequestTarget, losses: inout TranslationLosses
    ) throws(TranslationError) -> ByteBuffer {
        try RequestWriter.write(request, target, losses: &losses)
    }

    static func takes(_ kind: MediaType.Kind, at url: String, model: String) -> Bool { true }
}

enum OpenAIChatCoding: ChatCoding {
    typealias RequestWriter = OpenAIChatRequestWriter

    static func readRequest(_ body: ByteBuffer) throws(TranslationError) -> ChatRequest {
        try OpenAIChatRequestReader.read(body)
    }

    static func takes(_ kind: MediaType.Kind, at url: String, model: String) -> Bool { kind == .image }

    static func readAnswer(_ body: ByteBuffer) throws(TranslationError) -> ChatAnswer? {
        try OpenAIChatAnswers.read(body)
    }

    static func writeAnswer(_ answer: ChatAnswer, usage: TokenUsage, _ context: ChatAnswerContext) -> ByteBuffer {
        OpenAIChatAnswers.write(answer, usage: usage, created: context.created)
    }

    static func makeStreamReader() -> any ChatStreamReader { OpenAIChatStreamReader() }

    static func makeStreamWriter(_ context: ChatAnswerContext) -> any ChatStreamWriter {
        OpenAIChatStreamWriter(created: context.created, wantsUsage: context.wantsUsage)
    }

    /// Mistral and DeepSeek write their errors flat.
    static func errorMessage(_ body: JSONObjectView) -> String? {
        body.object("error")?.string("message") ?? body.string("error") ?? body.string("message")
    }
}

enum AnthropicMessagesCoding: ChatCoding {
    typealias RequestWriter = AnthropicRequestWriter

    static func readRequest(_ body: ByteBuffer) throws(TranslationError) -> ChatRequest {
        try AnthropicRequestReader.read(body)
    }

    static func readAnswer(_ body: ByteBuffer) throws(TranslationError) -> ChatAnswer? {
        try AnthropicAnswers.read(body)
    }

    static func writeAnswer(_ answer: ChatAnswer, usage: TokenUsage, _ context: ChatAnswerContext) -> ByteBuffer {
        AnthropicAnswers.write(answer, usage: usage)
    }

    static func makeStreamReader() -> any ChatStreamReader { AnthropicStreamReader() }
    static func makeStreamWriter(_ context: ChatAnswerContext) -> any ChatStreamWriter { AnthropicStreamWriter() }

    static func errorMessage(_ body: JSONObjectView) -> String? { body.object("error")?.string("message") }
}
