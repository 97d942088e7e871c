public import Core
public import NIOCore

/// Calls that a client makes in one format and a provider serves in another.
///
/// A request is read into what all formats have in common and written from it; an answer goes the other way. What the
/// provider's format cannot say is refused or told, never left out in silence.
public struct ChatTranslation: Sendable {
    public let client: ChatFormat
    public let provider: ChatFormat
    private let coding: any ChatClientCoding.Type

    /// - Returns: nil for a client's format that only providers speak.
    public init?(client: ChatFormat, provider: ChatFormat) {
        guard let coding = client.clientCoding else { return nil }
        self.init(client: client, provider: provider, coding: coding)
    }

    private init(client: ChatFormat, provider: ChatFormat, coding: any ChatClientCoding.Type) {
        self.client = client
        self.provider = provider
        self.coding = coding
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
    public func request(
        _ body: ByteBuffer, model: String, asksForUsage: Bool, streams: Bool = false,
        renames: [(from: String, to: String)] = [],
        _ mode: TranslationLosses.Mode
    ) throws(TranslationError) -> Request {
        var request = try coding.readRequest(body)
        if streams { request.streams = true }
        var losses = TranslationLosses(mode)
        for (member, reason) in request.leftOut { try losses.drop(member, reason) }
        let target = ChatRequestTarget(model: model, asksForUsage: asksForUsage, renames: renames)
        let written = try provider.providerCoding.writeRequest(request, target, losses: &losses)
        return Request(body: written, dropped: losses.dropped, wantsUsage: request.wantsUsage, echo: request.echo)
    }

    /// - Returns: nil for a body that is no answer.
    public func answer(_ body: ByteBuffer, usage: TokenUsage, _ context: ChatAnswerContext) -> ByteBuffer? {
        guard var answer = try? provider.providerCoding.readAnswer(body) else { return nil }
        if answer.id == nil { answer.id = RawText(context.id) }
        if answer.model == nil { answer.model = RawText(context.model) }
        return coding.writeAnswer(answer, usage: usage, context)
    }

    public func stream(_ context: ChatAnswerContext) -> ChatStreamTranslator {
        ChatStreamTranslator(
            reader: provider.providerCoding.makeStreamReader(), writer: coding.makeStreamWriter(context),
            id: RawText(context.id), model: RawText(context.model))
    }

    /// What a provider's error says, for a person.
    public func errorMessage(_ body: ByteBuffer) -> String? {
        body.withUnsafeReadableBytes { JSONObjectView($0).flatMap { provider.providerCoding.errorMessage($0) } }
    }
}

/// Turns a provider's events into a client's, one by one: what an event says goes on before the next one is read.
public struct ChatStreamTranslator {
    private var reader: any ChatStreamReader
    private var writer: any ChatStreamWriter
    /// Stand for the answer's own.
    private let id: ByteBuffer
    private let model: ByteBuffer
    private var isFinished = false
    private var isEnded = false

    init(reader: any ChatStreamReader, writer: any ChatStreamWriter, id: RawText, model: RawText) {
        self.reader = reader
        self.writer = writer
        self.id = id.escaped
        self.model = model.escaped
    }

    /// - Parameter usage: what is known of it by now; a stream's end tells it.
    mutating func take(_ event: borrowing SSEEvent, usage: TokenUsage, into output: inout ByteBuffer) {
        guard !isEnded else { return }
        var (finished, failed) = (isFinished, false)
        let (ownID, ownModel) = (id, model)
        let isLast = reader.read(event) { event in
            if case .finish = event { finished = true }
            if case .failure = event { failed = true }
            guard case .start(let id, let model) = event, id == nil || model == nil else {
                return writer.write(event, into: &output)
            }
            ownID.withUnsafeReadableBytes { ownID in
                ownModel.withUnsafeReadableBytes { ownModel in
                    writer.write(.start(id: id ?? ownID, model: model ?? ownModel), into: &output)
                }
            }
        }
        isFinished = finished
        // An error is an end by itself: no other follows it.
        if failed { isEnded = true }
        if isLast { end(usage: usage, into: &output) }
    }

    /// The upstream's stream is over. One that has not said why it ended is not ended here either.
    mutating func finish(usage: TokenUsage, into output: inout ByteBuffer) {
        if isFinished { end(usage: usage, into: &output) }
    }

    /// - Returns: nil where any sign of life of the dialect will do.
    mutating func keepAlive() -> ByteBuffer? {
        var output = ByteBuffer()
        return writer.keepAlive(into: &output) ? output : nil
    }

    /// - Returns: nil where any error of the dialect will do.
    mutating func failure(_ error: GatewayError) -> ByteBuffer? {
        var output = ByteBuffer()
        let message = RawText(error.message).escaped
        let isTold = writer.fail(code: ResponseErrorCode.word(error.code), message: message, into: &output)
        return isTold ? output : nil
    }

    private mutating func end(usage: TokenUsage, into output: inout ByteBuffer) {
        guard !isEnded else { return }
        isEnded = true
        writer.end(usage: usage, into: &output)
    }
}
