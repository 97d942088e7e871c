public import NIOCore

/// Tokens that a client wants counted in Anthropic's or Gemini's format and a provider of the other one counts.
/// Sources: Anthropic's "Count tokens in a Message"; Google's "Counting tokens", and "CountTokens" of Vertex.
public struct CountTranslation: Sendable {
    /// The client's.
    private let client: EndpointKind
    /// The provider's.
    public let endpoint: EndpointKind

    /// Vertex takes what counts beside the contents, Gemini's API a whole request in a member.
    private let isVertex: Bool

    private init(client: EndpointKind, endpoint: EndpointKind, isVertex: Bool) {
        self.client = client
        self.endpoint = endpoint
        self.isVertex = isVertex
    }

    /// How a provider can count what it is not asked for in its own format.
    /// - Parameter model: the upstream's name of it.
    /// - Returns: nil where the format is its own, or it counts nothing.
    public static func between(_ client: EndpointKind, _ kind: ProviderKind, model: String) -> CountTranslation? {
        let other: EndpointKind
        switch client {
        case .countTokens: other = .countContentTokens
        case .countContentTokens: other = .countTokens
        default: return nil
        }
        let paths = kind.paths(of: model)
        guard paths[client] == nil, paths[other] != nil else { return nil }
        return CountTranslation(client: client, endpoint: other, isVertex: kind.name == ProviderKind.vertex.name)
    }

    /// How the provider's answers are read.
    public var answerFormat: AnswerFormat { endpoint == .countTokens ? .anthropicMessages : .gemini }

    /// - Parameter model: the upstream's.
    /// - Returns: the provider's body, and the members of the client's that were left out.
    public func request(
        _ body: ByteBuffer, model: ServedModel, _ mode: TranslationLosses.Mode
    ) throws(TranslationError) -> (body: ByteBuffer, dropped: [String]) {
        do throws(TranslationError) {
            return try written(try CountedRequest.read(body, client), model, mode)
        } catch {
            // What a file costs shows in the file alone, and a count is not worth to fetch it.
            throw error.withoutFetch
        }
    }

    private func written(
        _ request: ChatRequest, _ model: ServedModel, _ mode: TranslationLosses.Mode
    ) throws(TranslationError) -> (body: ByteBuffer, dropped: [String]) {
        var request = request
        try request.refuseURLs(for: model)
        var losses = TranslationLosses(mode)
        for (member, reason) in request.leftOut { try losses.drop(member, reason) }
        try request.fitReasoning(to: model.knownName, &losses)
        let written =
            endpoint == .countTokens
            ? try CountedRequest.anthropic(request, model: model, &losses)
            : try CountedRequest.gemini(request, model: model, isVertex: isVertex, &losses)
        return (written, losses.dropped)
    }

    /// - Returns: nil for a body that is no answer.
    public func answer(_ body: ByteBuffer) -> ByteBuffer? {
        let count = body.withUnsafeReadableBytes { bytes in
            JSONObjectView(bytes).flatMap { $0.integer(endpoint == .countTokens ? "input_tokens" : "totalTokens") }
        }
        return count.map { Self.answer(tokens: $0, client) }
    }

    /// What a client of an endpoint is told.
    public static func answer(tokens: Int, _ client: EndpointKind) -> ByteBuffer {
        var writer = JSONWriter()
        writer.beginObject()
        writer.member(client == .countTokens ? "input_tokens" : "totalTokens", tokens)
        writer.endObject()
        return writer.buffer
    }

    /// What a provider's error says, for a person.
    public func errorMessage(_ body: ByteBuffer) -> String? {
        body.withUnsafeReadableBytes { JSONObjectView($0)?.object("error")?.string("message") }
    }
}
