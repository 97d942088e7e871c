public import Core
public import NIOCore

/// Calls that a client makes in one format and a provider serves in another.
///
/// A request is read into what all formats have in common and written from it; an answer goes the other way. What the
/// provider's format cannot say is refused or told, never left out in silence.
public struct ChatTranslation: Sendable {
    public let client: ChatFormat
    public let provider: ChatFormat
    let clientCoding: any ChatClientCoding.Type

    /// - Returns: nil for a client's format that only providers speak.
    public init?(client: ChatFormat, provider: ChatFormat) {
        guard let coding = client.clientCoding else { return nil }
        self.init(client: client, provider: provider, coding: coding)
    }

    private init(client: ChatFormat, provider: ChatFormat, coding: any ChatClientCoding.Type) {
        self.client = client
        self.provider = provider
        clientCoding = coding
    }

    /// How a provider can serve an endpoint that it does not have itself.
    /// - Parameter model: the upstream's name of it.
    /// - Returns: nil where it has it, or where nothing it has can stand for it.
    public static func between(
        _ endpoint: EndpointKind, _ kind: ProviderKind, model: String
    ) -> ChatTranslation? {
        let paths = kind.paths(of: model)
        guard paths[endpoint] == nil, let client = ChatFormat(endpoint: endpoint) else { return nil }
        return format(of: kind, model: model).flatMap { ChatTranslation(client: client, provider: $0) }
    }

    /// How a provider can serve a body of Responses that came to where chats are asked for.
    /// - Returns: nil where nothing it has can stand for it.
    public static func ofResponsesInChat(_ kind: ProviderKind, model: String) -> ChatTranslation? {
        format(of: kind, model: model).map {
            ChatTranslation(client: .openAIChat, provider: $0, coding: ResponsesInChatCoding.self)
        }
    }

    /// From a client's format to what a provider has, be it the same: for answers that are not passed on as they come.
    public static func always(
        _ endpoint: EndpointKind, _ kind: ProviderKind, model: String
    ) -> ChatTranslation? {
        guard let client = ChatFormat(endpoint: endpoint) else { return nil }
        let own = kind.paths(of: model)[endpoint] != nil ? client : format(of: kind, model: model)
        return own.flatMap { ChatTranslation(client: client, provider: $0) }
    }

    private static func format(of kind: ProviderKind, model: String) -> ChatFormat? {
        let paths = kind.paths(of: model)
        let formats = (kind.preferredFormat.map { [$0] } ?? []) + ChatFormat.allCases
        return formats.first { paths[$0.endpoint] != nil }
    }

    /// A request as the provider takes it.
    public struct Request: Sendable {
        public let body: ByteBuffer
        /// Members of the client's body that were left out.
        public let dropped: [String]
        public let wantsUsage: Bool
        /// What the answer repeats of the client's body.
        public let echo: ChatRequestEcho?
    }

    /// - Parameters:
    ///   - model: the upstream's.
    ///   - asksForUsage: the provider may be asked for usage in its stream.
    ///   - streams: a stream is asked for, where the client's body does not say it.
    ///   - renames: members that the provider knows by another name.
    ///   - thoughts: where it takes back thinking, among OpenAI's chats.
    ///   - fetched: what stood at URLs of the body, by them.
    ///   - said: what an answer has said so far that is to be gone on with, as the inside of a JSON string.
    public func request(
        _ body: ByteBuffer, model: ServedModel, asksForUsage: Bool, streams: Bool = false,
        renames: [(from: String, to: String)] = [], thoughts: ThoughtsMember = .details,
        fetched: [String: FetchedMedia] = [:],
        goingOnWith said: ByteBuffer? = nil,
        _ mode: TranslationLosses.Mode
    ) throws(TranslationError) -> Request {
        var request = try clientCoding.readRequest(body)
        if streams { request.streams = true }
        if let said { request.goOn(with: RawText(escaped: said)) }
        request.inline(fetched) { needsBytes($0, at: $1, model) }
        try request.refuseURLs(for: model)
        var losses = TranslationLosses(mode)
        for (member, reason) in request.leftOut { try losses.drop(member, reason) }
        try request.fitReasoning(to: model.knownName, &losses)
        let target = ChatRequestTarget(model: model, asksForUsage: asksForUsage, renames: renames, thoughts: thoughts)
        let written = try provider.providerCoding.writeRequest(request, target, losses: &losses)
        return Request(body: written, dropped: losses.dropped, wantsUsage: request.wantsUsage, echo: request.echo)
    }

    /// - Returns: nil for a body that is no answer.
    public func answer(_ body: ByteBuffer, usage: TokenUsage, _ context: ChatAnswerContext) -> ByteBuffer? {
        guard var answer = try? provider.providerCoding.readAnswer(body) else { return nil }
        if answer.id == nil { answer.id = RawText(context.id) }
        if answer.model == nil { answer.model = RawText(context.model) }
        return clientCoding.writeAnswer(answer, usage: usage, context)
    }

    public func stream(_ context: ChatAnswerContext) -> ChatStreamTranslator {
        ChatStreamTranslator(
            reader: provider.providerCoding.makeStreamReader(), writer: clientCoding.makeStreamWriter(context),
            id: RawText(context.id), model: RawText(context.model))
    }

    /// What a provider's error says, for a person.
    public func errorMessage(_ body: ByteBuffer) -> String? {
        body.withUnsafeReadableBytes { JSONObjectView($0).flatMap { provider.providerCoding.errorMessage($0) } }
    }
}
