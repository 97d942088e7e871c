import Core
import NIOCore
import Plan
import Policy
import Wire

/// One call as it may go upstream: the plan of attempts, and what does not change between them.
struct Call {
    let endpoint: Endpoint
    /// Where it may go now; a fallback may put another in its place.
    var leg: Leg
    /// The fallbacks that have not been asked.
    var fallbacks: ArraySlice<Fallback> = []
    let facts: RequestFacts?
    /// The client's own bound on the whole exchange, in nanoseconds.
    let clientTotal: Int64?
    /// The path and query on the upstream; nil where the provider's own list says it.
    let rawTarget: String?
    /// What the pass-through endpoint's answer is, where its path tells.
    var passthroughAnswer: UpstreamAnswer?
    /// Tokens are to be counted for a model none of whose providers counts them.
    var isEstimated = false
    /// Something that the call builds upon is at one account only.
    var pin: Pin?
    /// The fields by which a session is asked for.
    var handshake = ByteBuffer()
    /// Several accounts may serve it, so that it matters which one made what it builds upon.
    var isAmbiguous = false
    /// Its provider keeps the answer.
    var storesAnswer = false

    /// The connection is to become a WebSocket.
    var isSession: Bool { endpoint.kind == .realtime }
    /// A good answer is no JSON that must be seen first.
    var passesAsItComes: Bool { endpoint.kind.answersAnything || endpoint.object == .content }
    /// nil on the pass-through endpoint.
    var route: Route? { leg.route }
    var streams: Bool { facts?.streams ?? false }
    var isPassthrough: Bool { rawTarget != nil && endpoint.object == nil }
}

/// Phases 3 to 6: the body, what it asks for, and who may serve it.
extension LoopWorker {
    func receiveBody(_ exchange: Exchange) async throws(Ending) {
        do throws(GatewayError) {
            try exchange.intake.check()
        } catch {
            throw .failed(error)
        }
        if exchange.client.expectsContinue && !exchange.isRequestComplete && exchange.request.isHTTP11 {
            exchange.connection.write(ByteBuffer(string: "HTTP/1.1 100 Continue\r\n\r\n"))
            exchange.connection.flush()
        }
        while !exchange.isRequestComplete {
            try exchange.checkEnding()
            await exchange.wait()
        }
        try exchange.checkEnding()
        exchange.record.requestBytes = exchange.intake.body.readableBytes
    }

    func decide(_ exchange: Exchange, _ endpoint: Endpoint) throws(Ending) -> Call {
        do throws(GatewayError) {
            try exchange.readPriority()
            let clientTotal = try Self.clientTimeout(exchange.client)
            if let operation = endpoint.object {
                return try decideObject(exchange, endpoint, operation, clientTotal)
            }
            return endpoint.kind == .passthrough
                ? try decidePassthrough(exchange, endpoint, clientTotal)
                : try decideInference(exchange, endpoint, clientTotal)
        } catch {
            throw .failed(error)
        }
    }

    private func decideInference(
        _ exchange: Exchange, _ endpoint: Endpoint, _ clientTotal: Int64?
    ) throws(GatewayError) -> Call {
        let facts = try Self.facts(exchange, endpoint)
        exchange.record.streamed = facts.streams
        exchange.collectTags(facts)
        let isAmbiguous = exchange.snapshot.isAmbiguous(model: facts.model)
        let pin =
            try (facts.formModel == nil ? pin(exchange) : nil)
            ?? (isAmbiguous ? statePin(exchange, model: facts.model) : nil)
        let decision = try exchange.snapshot.decide(
            model: facts.model, endpoint: endpoint.kind, key: exchange.key, provider: pin?.provider,
            call: callFacts(exchange, facts, model: facts.model, endpoint))
        // A name that nothing answers to is told in the error: as a dimension anybody could invent any number.
        exchange.record.model = facts.model
        exchange.record.route = decision.route.pattern
        exchange.record.level = exchange.snapshot.recordLevel(
            key: exchange.key, route: decision.route, provider: nil)
        var call = Call(
            endpoint: endpoint, leg: firstLeg(exchange, decision, facts.model, endpoint, isPinned: pin != nil),
            facts: facts, clientTotal: clientTotal,
            rawTarget: nil, isEstimated: decision.isEstimated)
        call.pin = pin
        call.fallbacks = decision.route.fallbacks[...]
        // Written twice, one of them may be the one that counts.
        let stored = facts.members(named: "store", in: exchange.intake.body)
        let stores = stored.isEmpty || stored.contains { $0.kind != .no }
        call.isAmbiguous = isAmbiguous
        if call.isSession { call.handshake = try Self.handshake(exchange) }
        call.storesAnswer = endpoint.kind == .responses && stores
        return call
    }

    /// What the conditions of a model's targets ask of; nil where none has one.
    func callFacts(
        _ exchange: Exchange, _ facts: RequestFacts?, model: String, _ endpoint: Endpoint
    ) -> CallFacts? {
        guard let facts, let route = exchange.snapshot.routes.match(model)?.route, route.hasConditions else {
            return nil
        }
        let body = exchange.intake.body
        return CallFacts(
            facts: facts, endpoint: endpoint.pattern, key: exchange.key, tags: exchange.record.tags,
            unixMicroseconds: exchange.record.startedAtUnixMicroseconds,
            traits: route.conditionsReadBody ? RequestTraits(body: body, endpoint: endpoint.kind) : nil,
            inputTokens: route.conditionNeeds.contains(.inputTokens) ? UsageEstimate.inputTokens(of: body) : 0)
    }

    private static func facts(_ exchange: Exchange, _ endpoint: Endpoint) throws(GatewayError) -> RequestFacts {
        let body = exchange.intake.body
        if case .query = endpoint.naming { return RequestFacts(model: try queryModel(exchange)) }
        guard case .form = endpoint.naming else {
            return try RequestFacts(
                body: body, endpoint: endpoint, wantsTags: true, pathModel: try pathModel(exchange, endpoint))
        }
        let types = exchange.request.fields.lines.filter { $0.name == .contentType }
        let form = try MultipartForm(
            body, contentType: types.count == 1 ? exchange.request.fields.text(types[0].valuePlace) : nil)
        return try RequestFacts(form: form, body: body)
    }

    private static func queryModel(_ exchange: Exchange) throws(GatewayError) -> String {
        let parts = QueryText.parts(exchange.request.query)
        // A call's sessions are its caller's alone, and no call is made through the gateway: nobody here can say whose
        // it is.
        guard !parts.contains(where: { $0.name == "call_id" }) else {
            throw GatewayError(
                .invalidRequest,
                "'call_id' names a call that was not made through this gateway, which cannot tell whose it is. Leave "
                    + "it out to begin a session of your own, or join the call at its provider.",
                parameter: "call_id")
        }
        let given = parts.first { $0.name == "model" }.flatMap {
            PercentEncoding.decoded(String($0.text.drop { $0 != "=" }.dropFirst()))
        }
        guard let model = given, (1...Limits.modelNameBytesMax).contains(model.utf8.count) else {
            throw GatewayError(.invalidRequest, "The query has no 'model'.", parameter: "model")
        }
        return model
    }

    /// nil where the path does not name the model.
    private static func pathModel(_ exchange: Exchange, _ endpoint: Endpoint) throws(GatewayError) -> String? {
        switch endpoint.naming {
        case .path, .pathAndBody: break
        case .body, .bodyOrDefault, .form, .query: return nil
        }
        guard let model = PercentEncoding.decoded(exchange.pathRest), model.utf8.count <= Limits.modelNameBytesMax
        else {
            throw GatewayError(
                .invalidRequest,
                "The path must name a model of 1 to \(Limits.modelNameBytesMax) bytes, percent-encoded where needed.",
                parameter: "model")
        }
        return model
    }

    private func decidePassthrough(
        _ exchange: Exchange, _ endpoint: Endpoint, _ clientTotal: Int64?
    ) throws(GatewayError) -> Call {
        let target = try PassthroughTarget(rest: exchange.pathRest, query: exchange.request.query)
        exchange.collectTags(nil)
        guard let place = exchange.snapshot.provider(named: target.provider),
            exchange.snapshot.providers[place].passthrough
        else {
            throw GatewayError(
                .notFound, "There is no provider of this name that allows pass-through ('passthrough: true').")
        }
        let provider = exchange.snapshot.providers[place]
        let rawTarget = target.joined(to: provider.basePath)
        let answer = UpstreamAnswer(kind: provider.kind.name, path: String(rawTarget.prefix { $0 != "?" }))
        if answer != nil {
            exchange.record.model =
                answer?.model
                ?? exchange.intake.body.withUnsafeReadableBytes {
                    JSONObjectView($0)?.string("model")
                }
        }
        return Call(
            endpoint: endpoint,
            leg: Self.onlyLeg(
                Plan.Target(provider: place, model: nil, region: provider.region), model: exchange.record.model ?? ""),
            facts: nil, clientTotal: clientTotal, rawTarget: rawTarget, passthroughAnswer: answer)
    }

    private static func clientTimeout(_ client: ClientHead) throws(GatewayError) -> Int64? {
        guard let text = client.timeoutMilliseconds else { return nil }
        guard let milliseconds = Int64(text), milliseconds > 0, milliseconds <= 86_400_000 else {
            throw GatewayError(
                .invalidRequest, "x-headgate-timeout-ms must be a whole number of milliseconds from 1 to 86400000.",
                parameter: "x-headgate-timeout-ms")
        }
        return milliseconds * 1_000_000
    }
}
