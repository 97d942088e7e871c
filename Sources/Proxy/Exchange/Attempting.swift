import Core
import NIOCore
import Plan
import Policy
import Wire

/// An attempt that gave an answer, as far as it is known when the answer begins to be passed on.
struct Answered {
    let attempt: Attempt
    let provider: Provider
    let status: Int
    /// How the answer is streamed; nil: it is none that is.
    let framing: StreamFraming?
    let body: UpstreamBody
    /// The place of the provider's credential that was used; nil for a provider without.
    let credential: Int?
    /// How the upstream writes its answer.
    let format: AnswerFormat

    /// nil where the upstream speaks the client's format.
    var translation: ChatTranslation? { body.translation }
    /// How the provider's kind spells its usage.
    var flavour: UsageFlavour { UsageFlavour(kind: provider.kind.name) }

    /// Empty once the head has been passed on.
    var fields: HeaderFields { attempt.head?.fields ?? HeaderFields() }
}

/// Phase 10: the plan says where to send the call, and how often.
extension LoopWorker {
    func attempt(_ exchange: Exchange, _ call: inout Call) async throws(Ending) -> Answered {
        var outcome: AttemptOutcome?
        var failure = GatewayError(.upstreamUnreachable, "No target could be tried.")
        while case .send(let place, let fresh) = call.plan.next(after: outcome, random: random.next()) {
            let target = call.targets[place]
            let provider = exchange.snapshot.providers[target.provider]
            if let refusal = await reserveAttempt(exchange, call, provider) {
                (failure, outcome) = (refusal, .failed(refusal.code))
                try exchange.checkEnding()
                continue
            }
            let body = try makeBody(exchange, call, target, provider)
            exchange.record.translationDropped = body.dropped
            let upstream = upstreams.upstream(target.provider, in: exchange.snapshot)
            let credential = try credential(call, provider)
            let attempt = begin(exchange, call, target, provider, fresh: fresh)
            let proof = try prove(exchange, attempt, provider, upstream, credential)
            upstream.pool.lease(for: attempt, fresh: fresh)
            while attempt.connection == nil && attempt.failure == nil {
                try exchange.checkEnding()
                await exchange.wait()
            }
            try exchange.checkEnding()
            send(exchange, call, provider, upstream, attempt, proof, body)
            // An answer that is streamed goes on as it comes; any other is first seen whole, up to a size.
            while !attempt.hasEnough(for: call) {
                try exchange.checkEnding()
                await exchange.wait()
            }
            try exchange.checkEnding()
            note(exchange, attempt, provider, credential)
            if let head = attempt.head, attempt.failure == nil || attempt.pump != nil {
                return Answered(
                    attempt: attempt, provider: provider, status: head.status, framing: head.streamFraming,
                    body: body, credential: credential,
                    format: body.answerFormat ?? provider.kind.answerFormat(at: call.endpoint))
            }
            (failure, outcome) = Self.explain(attempt.failure, provider)
            exchange.endAttemptRecord(attempt, error: failure.code)
            if exchange.hasClientLeft { throw .clientLeft }
        }
        throw .failed(failure)
    }

    private func begin(
        _ exchange: Exchange, _ call: Call, _ target: Target, _ provider: Provider, fresh: Bool
    ) -> Attempt {
        let timeouts = exchange.snapshot.timeouts(
            provider: provider, route: call.route, key: exchange.key, clientTotal: call.clientTotal)
        exchange.limitTotal(nanoseconds: timeouts.total)
        let attempt = Attempt(exchange, loop: loop, timeouts: timeouts, fresh: fresh)
        attempt.wakesAtHead =
            call.streams || call.isPassthrough || call.passesAsItComes || call.endpoint.object != nil || call.isSession
        exchange.attempt = attempt
        let level = exchange.snapshot.recordLevel(key: exchange.key, route: call.route, provider: provider)
        exchange.record.level = exchange.record.attempts.isEmpty ? level : max(exchange.record.level, level)
        exchange.keepRequestBody()
        let model = Self.upstreamModel(exchange, call, target)
        exchange.record.attempts.append(
            AttemptRecord(
                provider: provider.name, providerKind: provider.kind.name, upstreamModel: model, region: target.region,
                spanID: SpanID(random.next()), startedAfter: (loop.now - exchange.startedAt).nanoseconds))
        return attempt
    }

    /// What cannot be said in the provider's format is refused before anything is tried.
    private func makeBody(
        _ exchange: Exchange, _ call: Call, _ target: Target, _ provider: Provider
    ) throws(Ending) -> UpstreamBody {
        do throws(GatewayError) {
            return try UpstreamBody(exchange, call, provider, model: Self.upstreamModel(exchange, call, target))
        } catch {
            throw .failed(error)
        }
    }

    private func prove(
        _ exchange: Exchange, _ attempt: Attempt, _ provider: Provider, _ upstream: Upstream, _ credential: Int?
    ) throws(Ending) -> CredentialProof {
        do throws(GatewayError) {
            return try proof(provider, upstream, credential: credential)
        } catch {
            exchange.endAttemptRecord(attempt, error: error.code)
            throw .failed(error)
        }
    }

    private static func upstreamModel(_ exchange: Exchange, _ call: Call, _ target: Target) -> String {
        (call.model ?? exchange.record.model).map { target.upstreamModel(requested: $0, star: call.star) } ?? ""
    }

    private func send(
        _ exchange: Exchange, _ call: Call, _ provider: Provider, _ upstream: Upstream, _ attempt: Attempt,
        _ proof: CredentialProof, _ body: UpstreamBody
    ) {
        guard attempt.connection != nil else { return }
        let request = UpstreamRequest(
            exchange: exchange, call: call, provider: provider, upstream: upstream, proof: proof, body: body)
        attempt.send(
            request.pieces, method: exchange.request.method, waitsForContent: call.streams, mayUpgrade: call.isSession)
    }

    private func note(_ exchange: Exchange, _ attempt: Attempt, _ provider: Provider, _ credential: Int?) {
        guard let head = attempt.head, let credential else { return }
        let seconds = RetryAfter.seconds(
            retryAfter: head.fields.first(.retryAfter),
            retryAfterMilliseconds: head.fields.first(.retryAfterMilliseconds))
        shared.credentials.note(
            provider.credentials[credential], status: head.status, retryAfterSeconds: seconds,
            now: loop.now.nanoseconds)
    }

    /// The one place that says what a failed attempt means to the client and to the plan.
    private static func explain(
        _ failure: AttemptFailure?, _ provider: Provider
    ) -> (GatewayError, AttemptOutcome) {
        switch failure {
        case .notConnected(.poolExhausted):
            let error = GatewayError(
                .overloaded, "Too many calls wait for a connection to '\(provider.name)'.", retryAfterSeconds: 1)
            return (error, .failed(.overloaded))
        case .notConnected(let reason):
            let error = GatewayError(
                .upstreamUnreachable, "'\(provider.name)' cannot be reached: \(reason.explanation).")
            return (error, .failed(.upstreamUnreachable))
        case .firstTokenTimeout, .betweenTokensTimeout:
            let error = GatewayError(.upstreamTimeout, "'\(provider.name)' did not answer in time.")
            return (error, .failed(.upstreamTimeout))
        case .lost(let reused, afterHead: false, _):
            let error = GatewayError(.upstreamError, "'\(provider.name)' closed the connection without an answer.")
            return (error, .connectionLostBeforeAnswer(reused: reused))
        case .lost(_, afterHead: true, _), nil:
            let error = GatewayError(.upstreamError, "'\(provider.name)' closed the connection inside its answer.")
            return (error, .failed(.upstreamError))
        }
    }
}

extension Attempt {
    /// Whether the exchange's task can go on: it has the whole answer, a failure, or what it was waiting for.
    fileprivate func hasEnough(for call: Call) -> Bool {
        if isComplete || failure != nil { return true }
        guard let head else { return false }
        if call.isPassthrough || call.passesAsItComes && head.status == 200 { return true }
        if call.isSession && head.status == 101 { return true }
        if call.endpoint.object != nil && head.status == 200 && head.streamFraming != nil { return true }
        if call.streams && head.status == 200 && head.streamFraming != nil { return true }
        return held.readableBytes > Limits.responseHoldBytesMax
    }
}
