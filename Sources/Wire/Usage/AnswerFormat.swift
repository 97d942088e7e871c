/// How an answer is written, whoever gives it. Whether it is streamed shows in its content type.
public enum AnswerFormat: String, Sendable, CaseIterable {
    /// Chat completions, completions, embeddings and reranks, and all who copied them.
    case openAIChat
    case openAIResponses
    case openAIImages
    /// Transcriptions, translations and the events of streamed speech.
    case openAIAudio
    /// The events of a Realtime session.
    case openAIRealtime
    case anthropicMessages
    /// `generateContent`, `streamGenerateContent`, `embedContent` and Vertex's `predict`.
    case gemini
    case bedrockConverse
    /// A model's own answer, and in a stream its own chunks in Bedrock's envelope.
    case bedrockInvoke
    case cohere
    case ollama
    case voyage

    public func makeReader(flavour: UsageFlavour = .standard) -> any AnswerReader {
        switch self {
        case .openAIChat, .voyage: OpenAIAnswerReader(flavour: flavour)
        case .openAIResponses: ResponsesAnswerReader(flavour: flavour)
        case .openAIImages: ImagesAnswerReader()
        case .openAIAudio: AudioAnswerReader()
        case .openAIRealtime: RealtimeAnswerReader()
        case .anthropicMessages: AnthropicAnswerReader()
        case .gemini: GeminiAnswerReader()
        case .bedrockConverse: ConverseAnswerReader()
        case .bedrockInvoke: InvokeAnswerReader()
        case .cohere: CohereAnswerReader()
        case .ollama: OllamaAnswerReader()
        }
    }
}

extension ProviderKind {
    /// How it writes its answers at an endpoint of its own.
    public func answerFormat(at endpoint: Endpoint) -> AnswerFormat {
        switch endpoint.kind {
        case .rerank where name == ProviderKind.cohere.name: .cohere
        case .rerank where name == ProviderKind.voyage.name, .embeddings where name == ProviderKind.voyage.name: .voyage
        default: endpoint.answerFormat
        }
    }
}

extension Endpoint {
    /// How its answers are written.
    var answerFormat: AnswerFormat {
        switch kind {
        case .images: .openAIImages
        case .compact: .openAIResponses
        case .realtime: .openAIRealtime
        case .speech, .transcriptions: .openAIAudio
        default: ChatFormat(endpoint: kind)?.answerFormat ?? dialect.answerFormat
        }
    }
}

extension Dialect {
    /// The format of this dialect's chats.
    public var answerFormat: AnswerFormat {
        switch self {
        case .openAI: .openAIChat
        case .anthropic: .anthropicMessages
        case .gemini: .gemini
        }
    }
}
