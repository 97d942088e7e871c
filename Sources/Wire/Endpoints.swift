/// What an endpoint does.
public enum EndpointKind: String, Sendable, CaseIterable {
    case chatCompletions, completions, embeddings
    case messages, countTokens
    case images, speech, transcriptions, moderations, rerank
    /// Chats that only providers are asked for: Bedrock's, Cohere's and Ollama's.
    case converse, cohereChat, ollamaChat
    case responses
    /// What of Responses makes none: a conversation made shorter, and its tokens counted.
    case compact, inputTokens
    /// A session over a WebSocket, passed on as it is.
    case realtime
    /// A WebSocket on which each message is a call of `responses`.
    case responsesSocket
    /// Stored responses, files and batches: what a provider keeps for the key that made it.
    case objects
    /// Gemini's chats, and what it counts and embeds.
    case generateContent, countContentTokens, embedContent, batchEmbedContents
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
        case .chatCompletions, .completions, .embeddings, .messages, .countTokens, .converse, .cohereChat, .ollamaChat,
            .images, .speech, .transcriptions, .moderations, .rerank, .responses, .compact, .inputTokens, .realtime:
            true
        case .generateContent, .countContentTokens, .embedContent, .batchEmbedContents: true
        default: false
        }
    }

    /// Whether a good answer may be anything: sound, subtitles, plain text.
    public var answersAnything: Bool { self == .speech || self == .transcriptions }

    /// The chats whose input an endpoint counts.
    public var counted: EndpointKind? {
        switch self {
        case .countTokens: .messages
        case .countContentTokens: .generateContent
        default: nil
        }
    }

    /// Whether a stream is asked for its usage by `stream_options`.
    public var takesStreamOptions: Bool { self == .chatCompletions || self == .completions }

    /// Whether it is a call that goes on the record; whatever else is asked of the gateway is only logged.
    public var isCall: Bool { isInference || self == .passthrough || self == .objects }

    /// Whether the configuration's settings go into the body: what counts tokens takes nothing that concerns an answer,
    /// and Gemini refuses members that it does not know.
    public var takesSettings: Bool {
        switch self {
        case .countTokens, .countContentTokens, .embedContent, .batchEmbedContents: false
        default: true
        }
    }

    /// Whether the body's `stream` asks for server-sent events.
    public var mayStream: Bool {
        switch self {
        case .chatCompletions, .completions, .messages, .converse, .cohereChat, .ollamaChat, .images, .responses,
            .generateContent:
            true
        default: false
        }
    }
}

/// What a key must be allowed to do to use an endpoint.
public enum Permission: String, Sendable, CaseIterable {
    case infer, feedback, ingest, passthrough
}

/// What a call does with objects that a provider keeps.
public enum ObjectOperation: Sendable, Equatable {
    /// Makes one, at the provider that the call names.
    case create
    /// Makes one where the file is that it works on.
    case createFromFile
    /// Lists those that are the key's own.
    /// - prefix: how their ids begin.
    case list(prefix: String)
    /// Reads or changes the one in the path.
    case use
    case remove
    /// Reads what is in it, as it is.
    case content
}

/// A row of the endpoint table. A class, so that passing it on costs one reference.
public final class Endpoint: Sendable {
    /// nil: all methods that are known.
    public let method: RequestMethod?
    /// The path as documented. What stands between braces is taken from the path: one segment where its name ends in
    /// `_id`, else any number of them.
    public let pattern: String
    public let kind: EndpointKind
    public let dialect: Dialect
    /// nil: open to anyone who reaches the port.
    public let permission: Permission?
    /// What it does with objects that providers keep; nil: nothing.
    public let object: ObjectOperation?
    /// Where the call says which model is meant and whether it wants a stream.
    public let naming: Naming
    /// The fixed parts of `pattern`, before the first `{` and after the last `}`.
    private let prefix: [UInt8]
    private let suffix: [UInt8]
    private let takes: Taking

    public enum Naming: Sendable {
        /// The members `model` and `stream` of the body.
        case body
        /// The body's `model`, or this one where it has none.
        case bodyOrDefault(String)
        /// The field `model` of a form.
        case form
        /// The path.
        case path(streams: Bool)
        /// The path names the model, whatever the body calls it; the body's `stream` is asked as everywhere.
        case pathAndBody
        /// The query's `model`.
        case query
    }

    private enum Taking { case nothing, segment, segments }

    init(
        _ method: RequestMethod?, _ pattern: String, _ kind: EndpointKind, _ dialect: Dialect,
        _ permission: Permission?, naming: Naming = .body, object: ObjectOperation? = nil
    ) {
        self.object = object
        self.method = method
        self.pattern = pattern
        self.kind = kind
        self.dialect = dialect
        self.permission = permission
        self.naming = naming
        guard let open = pattern.firstIndex(of: "{"), let close = pattern.lastIndex(of: "}") else {
            prefix = Array(pattern.utf8)
            suffix = []
            takes = .nothing
            return
        }
        prefix = Array(pattern[..<open].utf8)
        suffix = Array(pattern[pattern.index(after: close)...].utf8)
        takes = pattern[..<close].hasSuffix("_id") ? .segment : .segments
    }

    /// - Returns: what stands in a path for the pattern's braces, as it came; nil where the path is another's.
    func rest(of path: UnsafeRawBufferPointer) -> Slice<UnsafeRawBufferPointer>? {
        guard path.starts(with: prefix) else { return nil }
        let end = path.count - suffix.count
        guard takes != .nothing else { return path.count == prefix.count ? path[path.count...] : nil }
        guard end > prefix.count, path[end...].elementsEqual(suffix) else { return nil }
        let rest = path[prefix.count..<end]
        return takes == .segment && rest.contains(UInt8(ascii: "/")) ? nil : rest
    }
}

/// The endpoint table: everything the data plane answers. A new endpoint is a new row.
public enum Endpoints {
    public static let all: [Endpoint] =
        [
            Endpoint(.post, "/v1/chat/completions", .chatCompletions, .openAI, .infer),
            Endpoint(.post, "/v1/messages", .messages, .anthropic, .infer),
            Endpoint(.post, "/v1/responses", .responses, .openAI, .infer),
            Endpoint(.get, "/v1/responses", .responsesSocket, .openAI, .infer),
            Endpoint(.post, "/v1/embeddings", .embeddings, .openAI, .infer),
            Endpoint(.post, "/v1/completions", .completions, .openAI, .infer),
            Endpoint(.post, "/v1/images/generations", .images, .openAI, .infer),
            Endpoint(.post, "/v1/audio/speech", .speech, .openAI, .infer),
            Endpoint(.post, "/v1/audio/transcriptions", .transcriptions, .openAI, .infer, naming: .form),
            Endpoint(
                .post, "/v1/moderations", .moderations, .openAI, .infer,
                naming: .bodyOrDefault("omni-moderation-latest")),
            Endpoint(.post, "/v1/rerank", .rerank, .openAI, .infer),
            Endpoint(.post, "/v1/messages/count_tokens", .countTokens, .anthropic, .infer),
            Endpoint(.post, "/v1/responses/compact", .compact, .openAI, .infer),
            Endpoint(.post, "/v1/responses/input_tokens", .inputTokens, .openAI, .infer),
            Endpoint(.get, "/v1/realtime", .realtime, .openAI, .infer, naming: .query),
            Endpoint(.get, "/v1/models", .models, .openAI, .infer),
            Endpoint(.get, "/v1/models/{id}", .model, .openAI, .infer),
            Endpoint(nil, "/providers/{name}/{path}", .passthrough, .openAI, .passthrough),
            Endpoint(.post, "/v1/feedback", .feedback, .openAI, .feedback),
            Endpoint(.post, "/v1/traces", .traces, .openAI, .ingest),
            Endpoint(.get, "/health", .health, .openAI, nil),
            Endpoint(.get, "/ready", .ready, .openAI, nil),
            Endpoint(.head, "/", .root, .openAI, nil),
            Endpoint(.get, "/v1beta/models", .models, .gemini, .infer),
            Endpoint(.get, "/v1beta/models/{id}", .model, .gemini, .infer),
        ] + gemini("/v1beta") + gemini("/v1") + objects + azure

    /// Gemini's methods on models, under a version of its API.
    private static func gemini(_ version: String) -> [Endpoint] {
        let methods: [(String, EndpointKind, streams: Bool)] = [
            ("generateContent", .generateContent, false), ("streamGenerateContent", .generateContent, true),
            ("countTokens", .countContentTokens, false), ("embedContent", .embedContent, false),
            ("batchEmbedContents", .batchEmbedContents, false),
        ]
        return methods.map { method, kind, streams in
            Endpoint(
                .post, "\(version)/models/{model}:\(method)", kind, .gemini, .infer, naming: .path(streams: streams))
        }
    }

    private static let objects: [Endpoint] = [
        (RequestMethod.get, "/v1/responses/{response_id}", ObjectOperation.use),
        (.delete, "/v1/responses/{response_id}", .remove),
        (.post, "/v1/responses/{response_id}/cancel", .use), (.get, "/v1/responses/{response_id}/input_items", .use),
        (.post, "/v1/files", .create), (.get, "/v1/files", .list(prefix: "file")),
        (.get, "/v1/files/{file_id}", .use), (.delete, "/v1/files/{file_id}", .remove),
        (.get, "/v1/files/{file_id}/content", .content),
        (.post, "/v1/batches", .createFromFile), (.get, "/v1/batches", .list(prefix: "batch")),
        (.get, "/v1/batches/{batch_id}", .use), (.post, "/v1/batches/{batch_id}/cancel", .use),
    ].map { Endpoint($0, $1, .objects, .openAI, .infer, object: $2) }

    /// What Azure's clients call; `api-version` in their query means nothing here. Source: Microsoft's reference of
    /// Azure OpenAI, which names a deployment where OpenAI names a model.
    private static let azure: [Endpoint] = [
        ("chat/completions", .chatCompletions), ("completions", .completions), ("embeddings", .embeddings),
    ].map { path, kind in
        Endpoint(.post, "/openai/deployments/{model}/\(path)", kind, .openAI, .infer, naming: .pathAndBody)
    }

    /// What answers a browser's question before its request, whatever path it is about.
    public static let preflight = Endpoint(.options, "*", .preflight, .openAI, nil)

    public enum Match: Sendable {
        /// `rest` is what stands for the pattern's braces, as it came.
        case found(Endpoint, rest: String)
        /// The path exists; these methods are served on it.
        case otherMethod(allowed: [String])
        case none
    }

    /// - Parameter path: the request target without its query.
    public static func match(method: RequestMethod, path: UnsafeRawBufferPointer) -> Match {
        var allowed: [String] = []
        for endpoint in all {
            guard let rest = endpoint.rest(of: path) else { continue }
            if endpoint.serves(method) {
                return .found(endpoint, rest: rest.isEmpty ? "" : String(decoding: rest, as: UTF8.self))
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
}
