public import Core
public import NIOCore

/// Embeddings that a client asks for in OpenAI's or Gemini's format and a provider of the other one makes.
public struct EmbeddingTranslation: Sendable {
    /// The client's.
    private let client: EndpointKind
    /// The provider's.
    public let endpoint: EndpointKind
    /// OpenAI's SDKs ask for bytes in base64 and take nothing else then.
    private var wantsBase64 = false

    private init(client: EndpointKind, endpoint: EndpointKind) {
        self.client = client
        self.endpoint = endpoint
    }

    /// How a provider can make embeddings that it is not asked for in its own format.
    /// - Parameter model: the upstream's name of it.
    /// - Returns: nil where the format is its own, or it makes none.
    public static func between(
        _ client: EndpointKind, _ kind: ProviderKind, model: String
    ) -> EmbeddingTranslation? {
        let other: EndpointKind
        switch client {
        case .embeddings: other = .batchEmbedContents
        case .embedContent, .batchEmbedContents: other = .embeddings
        default: return nil
        }
        let paths = kind.paths(of: model)
        guard paths[client] == nil, paths[other] != nil else { return nil }
        return EmbeddingTranslation(client: client, endpoint: other)
    }

    /// How the provider's answers are read for their usage.
    public var answerFormat: AnswerFormat { endpoint == .embeddings ? .openAIChat : .gemini }

    /// - Returns: the provider's body, and the members of the client's that were left out.
    public mutating func request(
        _ body: ByteBuffer, model: String, _ mode: TranslationLosses.Mode
    ) throws(TranslationError) -> (body: ByteBuffer, dropped: [String]) {
        let request = try client == .embeddings ? OpenAIEmbeddings.read(body) : GeminiEmbeddings.read(body, client)
        wantsBase64 = request.wantsBase64
        var losses = TranslationLosses(mode)
        let isOpenAI = endpoint == .embeddings
        for member in request.ownMembers {
            try losses.drop(member, "\(isOpenAI ? "OpenAI" : "Gemini") has no '\(member)' for embeddings")
        }
        let written =
            isOpenAI ? OpenAIEmbeddings.write(request, model) : GeminiEmbeddings.write(request, model)
        return (written, losses.dropped)
    }

    /// - Returns: nil for a body that is no answer.
    public func answer(_ body: ByteBuffer, usage: TokenUsage, model: String) -> ByteBuffer? {
        let vectors = endpoint == .embeddings ? OpenAIEmbeddings.vectors(body) : GeminiEmbeddings.vectors(body)
        guard let vectors else { return nil }
        guard client == .embeddings else { return GeminiEmbeddings.write(vectors, client, usage) }
        return OpenAIEmbeddings.write(vectors, usage, model: model, asBase64: wantsBase64)
    }

    /// What a provider's error says, for a person.
    public func errorMessage(_ body: ByteBuffer) -> String? {
        body.withUnsafeReadableBytes { JSONObjectView($0)?.object("error")?.string("message") }
    }
}

/// What a client wants made into vectors, apart from any dialect.
struct EmbeddingRequest {
    var inputs: [RawText] = []
    var dimensions: RawJSON?
    var wantsBase64 = false
    /// Members that the client's dialect alone has, by their paths.
    var ownMembers: [String] = []
}
