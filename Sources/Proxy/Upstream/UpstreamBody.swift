import Core
import NIOCore
import Plan
import Wire

/// A call's body as one provider gets it: the client's with the gateway's few changes, in the provider's own format.
struct UpstreamBody {
    private(set) var edited: EditedBody
    /// Usage was asked for on the gateway's own account.
    private(set) var asksForUsage = false
    /// nil where the provider speaks the client's format.
    private(set) var translation: ChatTranslation?
    /// Members of the client's body that the provider's format cannot say.
    private(set) var dropped: [String] = []
    /// The client asked for usage at its stream's end; where it is told of it in the translation.
    private(set) var wantsUsage = false
    /// What the translated answer repeats of the client's body.
    private(set) var echo: ChatRequestEcho?

    init(_ exchange: Exchange, _ call: Call, _ provider: Provider, model: String) throws(GatewayError) {
        let body = exchange.intake.body
        edited = EditedBody(body, edits: [])
        guard let facts = call.facts, let route = call.route else { return }
        translation = ChatTranslation.between(call.endpoint.kind, provider.kind)
        var rewriter = RequestRewriter(body: body, facts: facts)
        rewriter.setModel(model)
        // What counts tokens takes nothing that concerns an answer.
        if call.endpoint.kind != .countTokens {
            let kind = call.endpoint.kind
            for field in route.force { rewriter.force(kind.name(of: field.name), json: field.json) }
            for field in route.defaults { rewriter.setDefault(kind.name(of: field.name), json: field.json) }
        }
        for (from, to) in provider.kind.renames { rewriter.rename(from, to: to) }
        if let translation {
            edited = rewriter.finish()
            try translate(translation, exchange, provider, facts, model: model)
            return
        }
        if facts.streams && call.endpoint.kind.takesStreamOptions && provider.streamUsage == .ask
            && !rewriter.asksForUsage
        {
            rewriter.askForUsage()
            asksForUsage = true
        }
        edited = rewriter.finish()
    }

    private mutating func translate(
        _ translation: ChatTranslation, _ exchange: Exchange, _ provider: Provider, _ facts: RequestFacts,
        model: String
    ) throws(GatewayError) {
        let request: ChatTranslation.Request
        do throws(TranslationError) {
            request = try translation.request(
                edited.joined(), model: model, asksForUsage: facts.streams && provider.streamUsage == .ask,
                renames: provider.kind.renames,
                try exchange.client.translationMode())
        } catch {
            throw GatewayError(
                .invalidRequest,
                "This cannot be asked of '\(provider.name)', which speaks \(translation.provider.rawValue): "
                    + "\(error.member): \(error.message).", parameter: error.member)
        }
        edited = EditedBody(request.body, edits: [])
        dropped = request.dropped
        wantsUsage = request.wantsUsage
        echo = request.echo
    }
}

extension EndpointKind {
    /// What the configuration calls a limit of tokens has a name of its own among Responses.
    fileprivate func name(of member: String) -> String {
        self == .responses && (member == "max_tokens" || member == "max_completion_tokens")
            ? "max_output_tokens" : member
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
