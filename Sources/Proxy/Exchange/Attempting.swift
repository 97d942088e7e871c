import Core
import NIOCore
import Plan
import Policy
import Wire

/// An attempt that gave an answer, as far as it is known when the answer begins to be passed on.
struct Answered {
    let attempt: Attempt
    let provider: Provider
    var status: Int
    /// How the answer is streamed; nil: it is none that is.
    let framing: StreamFraming?
    let body: UpstreamBody
    /// The place of the provider's credential that was used; nil for a provider without.
    let credential: Int?
    /// How the upstream writes its answer.
    let format: AnswerFormat
    /// What a whole answer says, where it is one that fits the endpoint.
    var observed: AnswerObservation?
    /// A stream's beginning, where it is read in passing.
    var opening: StreamOpening?
    /// The stream that broke off and that it goes on with; nil: it begins.
    var interrupted: EventStage?
    /// The error that stood where a stream was to begin; nil: an error is the answer's body.
    var error: ByteBuffer?

    /// nil where the upstream speaks the client's format.
    var translation: ChatTranslation? { body.translation }
    /// How the provider's kind spells its usage.
    var flavour: UsageFlavour { UsageFlavour(kind: provider.kind.name) }

    /// Empty once the head has been passed on.
    var fields: HeaderFields { attempt.head?.fields ?? HeaderFields() }
}

/// An attempt that did not serve the call.
struct FailedAttempt {
    let outcome: AttemptOutcome
    /// What the client is told if nothing better comes.
    let error: GatewayError
    /// The upstream's own error, which may be passed on as it came.
    var answered: Answered?

    var reason: FailureReason {
        if case .failed(let reason, _) = outcome { reason } else { .unavailable }
    }
}

/// Phase 10: the plan says where to send the call, and how often; where it ends, a fallback may answer.
extension LoopWorker {
    /// - Returns: nil where the gateway itself has answered.
    func attempt(_ exchange: Exchange, _ call: inout Call) async throws(Ending) -> Answered? {
        var failed: FailedAttempt?
        while true {
            let step = call.leg.plan.next(
                after: failed?.outcome, among: candidates(exchange, call.leg), timeLeft: exchange.timeLeft,
                random: random.next())
            switch step {
            case .send(let place, let fresh, let wait, let isRetry):
                if wait > 0 { try await exchange.pause(nanoseconds: wait) }
                switch try await attempt(exchange, call, place, fresh: fresh, isRetry: isRetry) {
                case .success(let answered):
                    noteProviderFallback(exchange)
                    return answered
                case .failure(let failure): failed = failure
                }
                // Whose answer is read on for its usage gets no other.
                if exchange.hasClientLeft { throw .clientLeft }
            case .stop(let reason, let retryAfter):
                let failure = failed ?? Self.untried(reason ?? .unavailable, retryAfter, call.leg.model)
                if try await fallBack(exchange, &call, failure) {
                    if exchange.isAnswerWhole { return nil }
                    failed = nil
                } else if let answered = failure.answered, !exchange.hasAnswered {
                    return answered
                } else {
                    throw .failed(failure.error)
                }
            }
        }
    }

    enum AttemptResult {
        case success(Answered)
        case failure(FailedAttempt)
    }

    /// One call to one target.
    func attempt(
        _ exchange: Exchange, _ call: Call, _ place: Int, fresh: Bool, isRetry: Bool,
        goingOnWith interrupted: EventStage? = nil
    ) async throws(Ending) -> AttemptResult {
        let target = call.leg.targets[place]
        let provider = exchange.snapshot.providers[target.provider]
        let model = call.leg.upstreamModel(place)
        let body = try makeBody(exchange, call, provider, model, goingOnWith: interrupted?.continuableText)
        exchange.record.translationDropped = body.dropped
        let upstream = upstreams.upstream(target.provider, in: exchange.snapshot)
        let credential = try credential(call, provider, model: model)
        let attempt = begin(exchange, call, target, provider, model, fresh: fresh)
        track(exchange, call, place, isRetry: isRetry)
        let proof: CredentialProof
        do throws(GatewayError) {
            proof = try self.proof(provider, upstream, credential: credential)
        } catch {
            return .failure(fail(exchange, attempt, error, .failed(.unavailable, retryAfter: nil)))
        }
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
        let result: AttemptResult
        if let head = attempt.head, attempt.failure == nil {
            exchange.note(head)
            var answered = Answered(
                attempt: attempt, provider: provider, status: head.status, framing: head.streamFraming, body: body,
                credential: credential, format: body.answerFormat ?? provider.kind.answerFormat(at: call.endpoint))
            answered.interrupted = interrupted
            result = try await judge(exchange, call, answered)
        } else {
            result = .failure(lost(exchange, attempt, provider))
        }
        note(exchange, result, provider, credential, model)
        return result
    }

    // MARK: Before it is sent

    private func begin(
        _ exchange: Exchange, _ call: Call, _ target: Target, _ provider: Provider, _ model: String, fresh: Bool
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
        exchange.record.attempts.append(
            AttemptRecord(
                provider: provider.name, providerKind: provider.kind.name, upstreamModel: model, region: target.region,
                spanID: SpanID(random.next()), startedAfter: (loop.now - exchange.startedAt).nanoseconds))
        return attempt
    }

    /// What cannot be said in the provider's format is refused before anything is tried.
    private func makeBody(
        _ exchange: Exchange, _ call: Call, _ provider: Provider, _ model: String, goingOnWith said: ByteBuffer?
    ) throws(Ending) -> UpstreamBody {
        do throws(GatewayError) {
            return try UpstreamBody(exchange, call, provider, model: model, goingOnWith: said)
        } catch {
            throw .failed(error)
        }
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

    // MARK: After it

    /// What an attempt came to is of use to the next ones.
    private func note(
        _ exchange: Exchange, _ result: AttemptResult, _ provider: Provider, _ credential: Int?, _ model: String
    ) {
        switch result {
        case .success(let answered):
            // A stream may still break off: it is well when it has ended well.
            if answered.opening == nil { endTracking(exchange, isFailure: false) }
            if let credential { shared.credentials.succeeded(provider.credentials[credential], model: model) }
        case .failure(let failed):
            endTracking(exchange, isFailure: failed.saysOfTarget)
            guard let credential, case .failed(let reason, let retryAfter) = failed.outcome else { return }
            shared.credentials.failed(
                provider.credentials[credential], model: model, reason: reason, retryAfter: retryAfter,
                now: loop.now.nanoseconds)
        }
    }

    private func track(_ exchange: Exchange, _ call: Call, _ place: Int, isRetry: Bool) {
        endTracking(exchange, isFailure: nil)
        guard !call.leg.health.isEmpty else { return }
        exchange.tracker = TargetTracker(
            call.leg.health[place], settings: exchange.snapshot.breaker, isRetry: isRetry,
            retryPercent: call.leg.retries.budgetPercent, now: loop.now.nanoseconds)
    }

    /// - Parameter isFailure: whether it counts against the target; nil: it says nothing of it.
    func endTracking(_ exchange: Exchange, isFailure: Bool?) {
        guard let opened = exchange.tracker?.end(isFailure: isFailure, now: loop.now.nanoseconds) else { return }
        shared.log.warning("The target \(opened) fails: calls go elsewhere, where they can, until it is well again.")
    }

    func fail(
        _ exchange: Exchange, _ attempt: Attempt, _ error: GatewayError, _ outcome: AttemptOutcome
    ) -> FailedAttempt {
        exchange.endAttemptRecord(attempt, error: error.code)
        attempt.abandon()
        return FailedAttempt(outcome: outcome, error: error)
    }

    /// The one place that says what an attempt without an answer means to the client and to the plan.
    func lost(_ exchange: Exchange, _ attempt: Attempt, _ provider: Provider) -> FailedAttempt {
        let name = provider.name
        switch attempt.failure {
        case .notConnected(.poolExhausted):
            let error = GatewayError(
                .overloaded, "Too many calls wait for a connection to '\(name)'.", retryAfterSeconds: 1)
            return fail(exchange, attempt, error, .failed(.unavailable, retryAfter: nil))
        case .notConnected(let reason):
            let error = GatewayError(.upstreamUnreachable, "'\(name)' cannot be reached: \(reason.explanation).")
            return fail(exchange, attempt, error, .failed(.unavailable, retryAfter: nil))
        case .firstTokenTimeout, .betweenTokensTimeout:
            let error = GatewayError(.upstreamTimeout, "'\(name)' did not answer in time.")
            return fail(exchange, attempt, error, .failed(.timeout, retryAfter: nil))
        case .lost(let reused, afterHead: false, _):
            let error = GatewayError(.upstreamError, "'\(name)' closed the connection without an answer.")
            return fail(exchange, attempt, error, reused ? .deadConnection : .failed(.unavailable, retryAfter: nil))
        case .lost(_, afterHead: true, _), nil:
            let error = GatewayError(.upstreamError, "'\(name)' closed the connection inside its answer.")
            return fail(exchange, attempt, error, .failed(.unavailable, retryAfter: nil))
        }
    }

    /// No target takes the call at all.
    private static func untried(_ reason: FailureReason, _ retryAfter: Int64?, _ model: String) -> FailedAttempt {
        let seconds = retryAfter.map { Int(($0 + 999_999_999) / 1_000_000_000) }
        let error =
            reason == .rateLimited
            ? GatewayError(
                .rateLimitExceeded, "Every account that serves '\(model)' has reached its provider's limit.",
                retryAfterSeconds: seconds)
            : GatewayError(
                .overloaded, "Every target of '\(model)' is failing; they are tried again soon.", retryAfterSeconds: 5)
        return FailedAttempt(outcome: .failed(reason, retryAfter: retryAfter), error: error)
    }
}

extension FailedAttempt {
    /// Whether it counts against the target; nil: it says nothing of it.
    fileprivate var saysOfTarget: Bool? {
        guard case .failed(let reason, _) = outcome else { return nil }
        // The gateway's own pool was full.
        if answered == nil, error.code == .overloaded { return nil }
        switch reason {
        case .unavailable, .timeout: return true
        case .contextLength, .contentFilter, .invalidRequest: return false
        case .rateLimited, .quotaExhausted, .credential: return nil
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
