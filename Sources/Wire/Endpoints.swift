/// What an endpoint does.
public enum EndpointKind: String, Sendable, CaseIterable {
    case chatCompletions, completions, embeddings
    case messages, countTokens
    case responses
    case models, model
    case passthrough
    /// What somebody thinks of an answer.
    case feedback
    /// An application's own spans.
    case traces
    case health, ready, root
    /// A browser's question whether a page may send a request.
    case preflight

    /// Whether a call of this kind goes to a model named in its body.
    public var isInference: Bool {
        switch self {
        case .chatCompletions, .completions, .embeddings, .messages, .countTokens, .responses: true
        default: false
        }
    }

    /// Whether a stream is asked for its usage by `stream_options`.
    public var takesStreamOptions: Bool { self == .chatCompletions || self == .completions }

    /// Whether it is a call that goes on the record; whatever else is asked of the gateway is only logged.
    public var isCall: Bool { isInference || self == .passthrough }

    /// Whether the body's `stream` asks for server-sent events.
    public var mayStream: Bool {
        switch self {
        case .chatCompletions, .completions, .messages, .responses: true
        default: false
        }
    }
}

/// What a key must be allowed to do to use an endpoint.
public enum Permission: String, Sendable, CaseIterable {
    case infer, feedback, ingest, passthrough
}

/// A row of the endpoint table. A class, so that passing it on costs one reference.
public final class Endpoint: Sendable {
    /// nil: all methods that are known.
    public let method: RequestMethod?
    /// The path as documented; a trailing `{...}` takes the rest.
    public let pattern: String
    public let kind: EndpointKind
    public let dialect: Dialect
    /// nil: open to anyone who reaches the port.
    public let permission: Permission?
    /// The fixed part of `pattern`, before a `{`.
    let prefix: [UInt8]
    let takesRest: Bool

    init(
        _ method: RequestMethod?, _ pattern: String, _ kind: EndpointKind, _ dialect: Dialect, _ permission: Permission?
    ) {
        self.method = method
        self.pattern = pattern
        self.kind = kind
        self.dialect = dialect
        self.permission = permission
        let brace = pattern.firstIndex(of: "{")
        prefix = Array(pattern[..<(brace ?? pattern.endIndex)].utf8)
        takesRest = brace != nil
    }
}

/// The endpoint table: everything the data plane answers. A new endpoint is a new row.
public enum Endpoints {
    public static let all: [Endpoint] = [
        Endpoint(.post, "/v1/chat/completions", .chatCompletions, .openAI, .infer),
        Endpoint(.post, "/v1/messages", .messages, .anthropic, .infer),
        Endpoint(.post, "/v1/responses", .responses, .openAI, .infer),
        Endpoint(.post, "/v1/embeddings", .embeddings, .openAI, .infer),
        Endpoint(.post, "/v1/completions", .completions, .openAI, .infer),
        Endpoint(.post, "/v1/messages/count_tokens", .countTokens, .anthropic, .infer),
        Endpoint(.get, "/v1/models", .models, .openAI, .infer),
        Endpoint(.get, "/v1/models/{id}", .model, .openAI, .infer),
        Endpoint(nil, "/providers/{name}/{path}", .passthrough, .openAI, .passthrough),
        Endpoint(.post, "/v1/feedback", .feedback, .openAI, .feedback),
        Endpoint(.post, "/v1/traces", .traces, .openAI, .ingest),
        Endpoint(.get, "/health", .health, .openAI, nil),
        Endpoint(.get, "/ready", .ready, .openAI, nil),
        Endpoint(.head, "/", .root, .openAI, nil),
    ]

    /// What answers a browser's question before its request, whatever path it is about.
    public static let preflight = Endpoint(.options, "*", .preflight, .openAI, nil)

    public enum Match: Sendable {
        /// `rest` is what stood for the pattern's `{...}`, as it came.
        case found(Endpoint, rest: String)
        /// The path exists; these methods are served on it.
        case otherMethod(allowed: [String])
        case none
    }

    /// - Parameter path: the request target without its query.
    public static func match(method: RequestMethod, path: UnsafeRawBufferPointer) -> Match {
        var allowed: [String] = []
        for index in all.indices where all[index].matches(path) {
            let endpoint = all[index]
            if endpoint.serves(method) {
                let rest = endpoint.takesRest ? String(decoding: path[endpoint.prefix.count...], as: UTF8.self) : ""
                return .found(endpoint, rest: rest)
            }
            allowed += endpoint.method.map { [$0.rawValue] } ?? RequestMethod.known.map(\.rawValue)
        }
        return allowed.isEmpty ? .none : .otherMethod(allowed: allowed)
    }
}

extension Endpoint {
    /// What is not known is not passed on either: `CONNECT` and its like give an answer another meaning.
    fileprivate func serves(_ method: RequestMethod) -> Bool {
        guard let own = self.method else { return method != .other }
        return own == method || own == .get && method == .head
    }

    fileprivate func matches(_ path: UnsafeRawBufferPointer) -> Bool {
        takesRest
            ? path.count > prefix.count && path.starts(with: prefix)
            : path.count == prefix.count && path.elementsEqual(prefix)
    }
}
