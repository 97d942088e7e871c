/// What an endpoint does.
public enum EndpointKind: String, Sendable, CaseIterable {
    case chatCompletions, completions, embeddings
    case messages, countTokens
    case models, model
    case passthrough
    case health, ready, root

    /// Whether a call of this kind goes to a model named in its body.
    public var isInference: Bool {
        switch self {
        case .chatCompletions, .completions, .embeddings, .messages, .countTokens: true
        default: false
        }
    }

    /// Whether the body's `stream` asks for server-sent events.
    public var mayStream: Bool {
        switch self {
        case .chatCompletions, .completions, .messages: true
        default: false
        }
    }
}

/// What a key must be allowed to do to use an endpoint.
public enum Permission: String, Sendable, CaseIterable {
    case infer, feedback, ingest, passthrough
}

/// A row of the endpoint table.
public struct Endpoint: Sendable {
    public let method: String
    /// The path as documented; a trailing `{...}` takes the rest.
    public let pattern: String
    public let kind: EndpointKind
    public let dialect: Dialect
    /// nil: open to anyone who reaches the port.
    public let permission: Permission?
    /// The fixed part of `pattern`, before a `{`.
    let prefix: String
    let takesRest: Bool

    init(_ method: String, _ pattern: String, _ kind: EndpointKind, _ dialect: Dialect, _ permission: Permission?) {
        self.method = method
        self.pattern = pattern
        self.kind = kind
        self.dialect = dialect
        self.permission = permission
        if let brace = pattern.firstIndex(of: "{") {
            prefix = String(pattern[..<brace])
            takesRest = true
        } else {
            prefix = pattern
            takesRest = false
        }
    }

    /// The method that stands for all methods.
    public static let anyMethod = "ANY"
}

/// The endpoint table: everything the data plane answers. A new endpoint is a new row.
public enum Endpoints {
    public static let all: [Endpoint] = [
        Endpoint("POST", "/v1/chat/completions", .chatCompletions, .openAI, .infer),
        Endpoint("POST", "/v1/messages", .messages, .anthropic, .infer),
        Endpoint("POST", "/v1/embeddings", .embeddings, .openAI, .infer),
        Endpoint("POST", "/v1/completions", .completions, .openAI, .infer),
        Endpoint("POST", "/v1/messages/count_tokens", .countTokens, .anthropic, .infer),
        Endpoint("GET", "/v1/models", .models, .openAI, .infer),
        Endpoint("GET", "/v1/models/{id}", .model, .openAI, .infer),
        Endpoint(Endpoint.anyMethod, "/providers/{name}/{path}", .passthrough, .openAI, .passthrough),
        Endpoint("GET", "/health", .health, .openAI, nil),
        Endpoint("GET", "/ready", .ready, .openAI, nil),
        Endpoint("HEAD", "/", .root, .openAI, nil),
    ]

    public enum Match: Sendable {
        /// `rest` is what stood for the pattern's `{...}`, as it came.
        case found(Endpoint, rest: Substring)
        /// The path exists; these methods are served on it.
        case otherMethod(allowed: [String])
        case none
    }

    /// - Parameter path: the request target without its query.
    public static func match(method: String, path: Substring) -> Match {
        var allowed: [String] = []
        for endpoint in all {
            let rest: Substring
            if endpoint.takesRest {
                guard path.utf8.count > endpoint.prefix.utf8.count, path.hasPrefix(endpoint.prefix) else { continue }
                rest = path.dropFirst(endpoint.prefix.count)
            } else {
                guard path.utf8.elementsEqual(endpoint.prefix.utf8) else { continue }
                rest = ""
            }
            if endpoint.method == method || endpoint.method == Endpoint.anyMethod {
                return .found(endpoint, rest: rest)
            }
            allowed.append(endpoint.method)
        }
        return allowed.isEmpty ? .none : .otherMethod(allowed: allowed)
    }
}
