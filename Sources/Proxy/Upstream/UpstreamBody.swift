import Core
import NIOCore
import Plan
import Wire

/// A call's body as one provider gets it: the client's with the gateway's few changes, in the provider's own format.
struct UpstreamBody {
    private(set) var edited: EditedBody
    /// The upstream's name of the model.
    let model: String
    /// Usage was asked for on the gateway's own account.
    private(set) var asksForUsage = false
    /// nil where the provider speaks the client's format.
    private(set) var translation: ChatTranslation?
    /// The same for embeddings.
    private(set) var embedding: EmbeddingTranslation?
    /// And for counts of tokens.
    private(set) var counting: CountTranslation?
    /// Members of the client's body that the provider's format cannot say.
    private(set) var dropped: [String] = []
    /// The client asked for usage at its stream's end; where it is told of it in the translation.
    private(set) var wantsUsage = false
    /// What the translated answer repeats of the client's body.
    private(set) var echo: ChatRequestEcho?

    /// - Parameter said: what an answer has said so far that is to be gone on with; nil: it begins.
    init(
        _ exchange: Exchange, _ call: Call, _ provider: Provider, model: String, goingOnWith said: ByteBuffer? = nil
    ) throws(GatewayError) {
        let body = exchange.intake.body
        self.model = model
        edited = EditedBody(body, edits: [])
        guard let facts = call.facts, let route = call.route, !call.isSession else { return }
        if let place = facts.formModel {
            let name = ByteBuffer(string: provider.deployment(of: model))
            edited = EditedBody(body, edits: [BodyEdit(range: place, replacement: name)])
            return
        }
        let isOfResponses = Self.isOfResponses(call, body)
        translation = Self.translation(
            call, provider, model: model, isOfResponses: isOfResponses, goesOn: said != nil)
        var rewriter = RequestRewriter(body: body, facts: facts)
        rewriter.settle(call, route, provider, model: model, isOfResponses: isOfResponses)
        if let translation {
            edited = rewriter.finish()
            try translate(translation, exchange, provider, facts, model: model, goingOnWith: said)
            return
        }
        embedding = EmbeddingTranslation.between(call.endpoint.kind, provider.kind, model: model)
        if embedding != nil {
            edited = rewriter.finish()
            try translateEmbedding(exchange, provider)
            return
        }
        counting = CountTranslation.between(call.endpoint.kind, provider.kind, model: model)
        if let counting {
            try translateCount(counting, exchange, provider)
            return
        }
        if let family = provider.kind.family(of: model) {
            rewriter.fit(family, call.endpoint.kind)
            if exchange.client.hasBetas { try dropBetas(exchange, provider, family) }
        }
        if facts.streams && call.endpoint.kind.takesStreamOptions && provider.streamUsage == .ask
            && !rewriter.asksForUsage
        {
            rewriter.askForUsage()
            asksForUsage = true
        }
        edited = rewriter.finish()
        if call.endpoint.dialect == .gemini { edited = GeminiModelNames.renamed(edited, to: model) }
    }

    /// What is said about the answer stays.
    mutating func forgetBytes() { edited = EditedBody() }

    /// A body of Responses that came to where chats are asked for.
    private static func isOfResponses(_ call: Call, _ body: ByteBuffer) -> Bool {
        call.endpoint.kind == .chatCompletions && call.facts?.isOfResponses(body) == true
    }

    /// - Parameter goesOn: an answer is to be gone on with.
    private static func translation(
        _ call: Call, _ provider: Provider, model: String, isOfResponses: Bool, goesOn: Bool
    ) -> ChatTranslation? {
        if goesOn { return ChatTranslation.always(call.endpoint.kind, provider.kind, model: model) }
        return isOfResponses
            ? ChatTranslation.ofResponsesInChat(provider.kind, model: model)
            : ChatTranslation.between(call.endpoint.kind, provider.kind, model: model)
    }

    /// What must be fetched before the call can be put into the provider's format.
    static func mediaToFetch(
        _ exchange: Exchange, _ call: Call, _ provider: Provider, model: String
    ) -> [MediaReference] {
        let body = exchange.intake.body
        guard let translation = usualTranslation(exchange, call, provider, model: model) else { return [] }
        return translation.mediaToFetch(body, model: provider.served(model))
    }

    /// Puts the call into the provider's format with examples of the files.
    /// - Throws: what that format cannot say, whatever the files hold: then nothing need be fetched.
    static func tryOut(
        _ exchange: Exchange, _ call: Call, _ provider: Provider, model: String, fetching references: [MediaReference]
    ) throws(GatewayError) {
        guard let facts = call.facts, let route = call.route,
            let translation = usualTranslation(exchange, call, provider, model: model)
        else { return }
        var rewriter = RequestRewriter(body: exchange.intake.body, facts: facts)
        rewriter.settle(
            call, route, provider, model: model, isOfResponses: isOfResponses(call, exchange.intake.body))
        let edited = rewriter.finish()
        func tryOut(asText isText: Bool) throws(GatewayError) {
            let examples = references.map { ($0.url, FetchedMedia.example(of: $0.kind, isText: isText)) }
            _ = try translated(
                edited, by: translation, exchange, provider, facts, model: model,
                fetched: Dictionary(examples) { first, _ in first }, goingOnWith: nil)
        }
        do throws(GatewayError) {
            try tryOut(asText: false)
        } catch {
            guard references.contains(where: { $0.kind == .document }) else { throw error }
            try tryOut(asText: true)
        }
    }

    /// By what a request that begins anew is put into the provider's format; nil: it is in it.
    private static func usualTranslation(
        _ exchange: Exchange, _ call: Call, _ provider: Provider, model: String
    ) -> ChatTranslation? {
        guard let facts = call.facts, call.route != nil, !call.isSession, facts.formModel == nil else { return nil }
        return translation(
            call, provider, model: model, isOfResponses: isOfResponses(call, exchange.intake.body), goesOn: false)
    }

    private mutating func translate(
        _ translation: ChatTranslation, _ exchange: Exchange, _ provider: Provider, _ facts: RequestFacts,
        model: String, goingOnWith said: ByteBuffer?
    ) throws(GatewayError) {
        if translation.client == .anthropicMessages {
            try AnthropicVersion.check(exchange.intake.body, version: exchange.client.anthropicVersion)
        }
        do throws(TranslationError) {
            dropped = try Self.droppedFields(exchange.client)
        } catch {
            throw Self.refusal(error, provider, format: translation.provider.rawValue)
        }
        let request = try Self.translated(
            edited, by: translation, exchange, provider, facts, model: model,
            fetched: exchange.fetched.compactMapValues { try? $0.get() }, goingOnWith: said)
        edited = try Self.fitted(request.body, provider, translation.provider.endpoint, model)
        dropped += request.dropped
        wantsUsage = request.wantsUsage
        echo = request.echo
    }

    /// - Parameter fetched: what stands at URLs of the body, by them.
    private static func translated(
        _ edited: EditedBody, by translation: ChatTranslation, _ exchange: Exchange, _ provider: Provider,
        _ facts: RequestFacts, model: String, fetched: [String: FetchedMedia], goingOnWith said: ByteBuffer?
    ) throws(GatewayError) -> ChatTranslation.Request {
        do throws(TranslationError) {
            return try translation.request(
                edited.joined(), model: provider.served(model),
                asksForUsage: facts.streams && provider.streamUsage == .ask, streams: facts.streams,
                renames: provider.kind.renames, thoughts: provider.kind.thoughts, fetched: fetched, goingOnWith: said,
                try exchange.client.translationMode())
        } catch {
            throw refusal(error, provider, format: translation.provider.rawValue)
        }
    }

    private mutating func translateEmbedding(_ exchange: Exchange, _ provider: Provider) throws(GatewayError) {
        let request: (body: ByteBuffer, dropped: [String])?
        do throws(TranslationError) {
            request = try embedding?.request(
                edited.joined(), model: provider.deployment(of: model), try exchange.client.translationMode())
        } catch {
            throw Self.refusal(error, provider, format: "another format")
        }
        edited = EditedBody(request?.body ?? ByteBuffer(), edits: [])
        dropped = request?.dropped ?? []
    }

    private mutating func translateCount(
        _ counting: CountTranslation, _ exchange: Exchange, _ provider: Provider
    ) throws(GatewayError) {
        if exchange.endpoint?.dialect == .anthropic {
            try AnthropicVersion.check(exchange.intake.body, version: exchange.client.anthropicVersion)
        }
        let request: (body: ByteBuffer, dropped: [String])
        do throws(TranslationError) {
            dropped = try Self.droppedFields(exchange.client)
            request = try counting.request(
                exchange.intake.body, model: provider.served(model),
                try exchange.client.translationMode())
        } catch {
            throw Self.refusal(error, provider, format: "another format")
        }
        edited = try Self.fitted(request.body, provider, counting.endpoint, model)
        dropped += request.dropped
    }

    /// Fields of the head that say something about the body and mean nothing to another dialect's provider.
    private static func droppedFields(_ client: ClientHead) throws(TranslationError) -> [String] {
        guard client.hasBetas else { return [] }
        var losses = TranslationLosses(try client.translationMode())
        try losses.drop("anthropic-beta", "it means nothing in another format than it was sent with")
        return losses.dropped
    }

    /// Betas of Anthropic's that another host of its models does not have.
    private mutating func dropBetas(
        _ exchange: Exchange, _ provider: Provider, _ family: ModelFamily
    ) throws(GatewayError) {
        let fields = exchange.request.fields
        do throws(TranslationError) {
            var losses = TranslationLosses(try exchange.client.translationMode())
            for line in fields.lines where line.name == .anthropicBeta {
                for beta in family.sorted(betas: fields.text(line.valuePlace)).unknown {
                    try losses.drop("anthropic-beta: " + beta, "it would refuse the call for this beta")
                }
            }
            dropped = losses.dropped
        } catch {
            throw Self.refusal(error, provider, format: "Anthropic's messages without it")
        }
    }

    private static func refusal(_ error: TranslationError, _ provider: Provider, format: String) -> GatewayError {
        GatewayError(
            .invalidRequest,
            "This cannot be asked of '\(provider.name)', which speaks \(format): \(error.member): \(error.message).",
            parameter: error.member)
    }

    // MARK: What a translation changes

    var isTranslated: Bool { translation != nil || embedding != nil || counting != nil }

    /// The provider's own endpoint; nil where it is the client's.
    var endpoint: EndpointKind? { translation?.provider.endpoint ?? embedding?.endpoint ?? counting?.endpoint }

    /// nil where the answer is in the client's own format.
    var answerFormat: AnswerFormat? {
        translation?.provider.answerFormat ?? embedding?.answerFormat ?? counting?.answerFormat
    }

    /// A whole answer in the client's format; nil for what cannot be read.
    func answer(_ body: ByteBuffer, usage: TokenUsage, _ context: ChatAnswerContext) -> ByteBuffer? {
        if let translation { return translation.answer(body, usage: usage, context) }
        if let embedding { return embedding.answer(body, usage: usage, model: context.model) }
        if let counting { return counting.answer(body) }
        return body
    }

    /// What a provider's error says, for a person.
    func errorMessage(_ body: ByteBuffer) -> String? {
        translation?.errorMessage(body) ?? embedding?.errorMessage(body) ?? counting?.errorMessage(body)
    }
}

extension EndpointKind {
    /// What the configuration calls a limit of tokens has a name of its own among Responses.
    fileprivate func name(of member: String) -> String {
        self == .responses && (member == "max_tokens" || member == "max_completion_tokens")
            ? "max_output_tokens" : member
    }
}

extension UpstreamBody {
    /// A body in the format that is another's own, with what this provider wants in it beside.
    private static func fitted(
        _ body: ByteBuffer, _ provider: Provider, _ kind: EndpointKind, _ model: String
    ) throws(GatewayError) -> EditedBody {
        guard let family = provider.kind.family(of: model), !family.members.isEmpty,
            let endpoint = Endpoints.all.first(where: { $0.kind == kind })
        else { return EditedBody(body, edits: []) }
        let facts = try RequestFacts(body: body, endpoint: endpoint, wantsTags: false)
        var rewriter = RequestRewriter(body: body, facts: facts)
        rewriter.fit(family, endpoint.kind)
        return rewriter.finish()
    }
}

extension RequestRewriter {
    /// What every provider's body has of the configuration: its name of the model, and the route's members.
    fileprivate mutating func settle(
        _ call: Call, _ route: Route, _ provider: Provider, model: String, isOfResponses: Bool
    ) {
        if provider.kind.paths(of: model)[call.endpoint.kind]?.whole.namesModel == true {
            removeModel()
        } else {
            setModel(provider.deployment(of: model))
        }
        let kind = isOfResponses ? .responses : call.endpoint.kind
        if kind.takesSettings {
            for field in route.force { force(kind.name(of: field.name), json: field.json) }
            for field in route.defaults { setDefault(kind.name(of: field.name), json: field.json) }
        }
        for (from, to) in provider.kind.renames { rename(from, to: to) }
    }

    /// What a family of models wants in a body of its own format.
    fileprivate mutating func fit(_ family: ModelFamily, _ endpoint: EndpointKind) {
        if family.paths[endpoint]?.whole.namesModel == true { removeModel() }
        for (name, json) in family.members { force(name, json: Array(json.utf8)) }
    }
}

extension ClientHead {
    /// `x-headgate-translation`.
    fileprivate func translationMode() throws(TranslationError) -> TranslationLosses.Mode {
        guard let text = translation else { return .lenient }
        guard let mode = TranslationLosses.Mode(rawValue: text.lowercased()) else {
            throw TranslationError("x-headgate-translation", "expected strict or lenient")
        }
        return mode
    }
}
