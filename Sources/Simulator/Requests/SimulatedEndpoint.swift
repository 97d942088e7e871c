import Wire

/// The wire formats that the simulator speaks.
enum SimulatedDialect {
    case openAI, anthropic, gemini
    case bedrock, cohere, ollama
}

/// What the simulator serves.
enum SimulatedEndpoint: Equatable {
    case chatCompletions, completions, embeddings
    case messages, countTokens
    case responses
    /// Gemini's methods on a model.
    case gemini(GeminiMethod, model: String)
    case converse(model: String, streams: Bool)
    case cohereChat, ollamaChat
    case models, model(String)
    case geminiModels
    case health

    /// What stands before `/v1` where the provider has more than OpenAI's dialect: Azure's and Cohere's.
    private static let prefixes = ["/openai", "/compatibility"]

    init?(path: Substring) {
        let prefix = Self.prefixes.first { path.hasPrefix($0 + "/v1/") } ?? ""
        self.init(plain: path.dropFirst(prefix.count))
    }

    private init?(plain path: Substring) {
        switch path {
        case "/v1/chat/completions": self = .chatCompletions
        case "/v1/completions": self = .completions
        case "/v1/embeddings": self = .embeddings
        case "/v1/messages": self = .messages
        case "/v1/responses": self = .responses
        case "/v1/messages/count_tokens": self = .countTokens
        case "/v1/models": self = .models
        case "/health": self = .health
        case "/v1beta/models": self = .geminiModels
        case "/v2/chat": self = .cohereChat
        case "/api/chat": self = .ollamaChat
        default:
            if let (method, model) = GeminiMethod.parse(path) {
                self = .gemini(method, model: model)
                return
            }
            if let converse = Self.converse(path) {
                self = converse
                return
            }
            guard path.hasPrefix("/v1/models/") else { return nil }
            self = .model(String(path.dropFirst("/v1/models/".count)))
        }
    }

    /// `/model/{id}/converse` and `/model/{id}/converse-stream`.
    private static func converse(_ path: Substring) -> SimulatedEndpoint? {
        let segments = path.split(separator: "/", omittingEmptySubsequences: false)
        guard segments.count == 4, segments[0].isEmpty, segments[1] == "model",
            ["converse", "converse-stream"].contains(segments[3]),
            let model = PercentEncoding.decoded(String(segments[2]))
        else { return nil }
        return .converse(model: model, streams: segments[3] == "converse-stream")
    }

    var method: String {
        switch self {
        case .models, .model, .geminiModels, .health: "GET"
        default: "POST"
        }
    }

    var dialect: SimulatedDialect {
        switch self {
        case .messages, .countTokens: .anthropic
        case .gemini, .geminiModels: .gemini
        case .converse: .bedrock
        case .cohereChat: .cohere
        case .ollamaChat: .ollama
        default: .openAI
        }
    }
}

/// What follows the colon of Gemini's paths.
enum GeminiMethod: String {
    case generateContent, streamGenerateContent, countTokens, embedContent, batchEmbedContents

    /// - Parameter path: `/v1beta/models/{model}:{method}`, or the same under `/v1`.
    static func parse(_ path: Substring) -> (GeminiMethod, model: String)? {
        for prefix in ["/v1beta/models/", "/v1/models/"] where path.hasPrefix(prefix) {
            let rest = path.dropFirst(prefix.count)
            guard let colon = rest.lastIndex(of: ":"),
                let method = Self(rawValue: String(rest[rest.index(after: colon)...]))
            else { return nil }
            return (method, String(rest[..<colon]))
        }
        return nil
    }
}
