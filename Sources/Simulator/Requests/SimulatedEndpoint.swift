/// The two wire formats that the simulator speaks.
enum SimulatedDialect {
    case openAI, anthropic
}

/// What the simulator serves.
enum SimulatedEndpoint: Equatable {
    case chatCompletions, completions, embeddings
    case messages, countTokens
    case responses
    case models, model(String)
    case health

    init?(path: Substring) {
        switch path {
        case "/v1/chat/completions": self = .chatCompletions
        case "/v1/completions": self = .completions
        case "/v1/embeddings": self = .embeddings
        case "/v1/messages": self = .messages
        case "/v1/responses": self = .responses
        case "/v1/messages/count_tokens": self = .countTokens
        case "/v1/models": self = .models
        case "/health": self = .health
        default:
            guard path.hasPrefix("/v1/models/") else { return nil }
            self = .model(String(path.dropFirst("/v1/models/".count)))
        }
    }

    var method: String {
        switch self {
        case .models, .model, .health: "GET"
        default: "POST"
        }
    }

    var dialect: SimulatedDialect {
        switch self {
        case .messages, .countTokens: .anthropic
        default: .openAI
        }
    }
}
