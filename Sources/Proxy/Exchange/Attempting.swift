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
    /// The target was asked.
    var wasSent = true

    /// What fallbacks are asked for. A request that no target has words for is a wrong one.
    var reason: FailureReason {
        guard case .failed(let reason, _) = outcome else { return .unavailable }
        return !wasSent && error.code == .invalidRequest ? .invalidRequest : reason
    }

    /// The target cannot be asked so; another one may be.
    static func unasked(_ error: GatewayError) -> FailedAttempt {
        FailedAttempt(outcome: .failed(.missing, retryAfter: nil), error: error, wasSent: false)
    }

    /// Whether something stands in for it that does so for these reasons.
    func isAnswered(by reasons: Set<FailureReason>) -> Bool {
        if case .noRoom = outcome, reasons.contains(.rateLimited) { return true }
        return reasons.contains(reason)
    }
}

/// Phase 10: the plan says where to send the call, and how often; where it ends, a fallback may answer.
extension LoopWorker {
    /// - Returns: nil where the gateway itself has answered.
    func attempt(_ exchange: Exchange, _ call: inout Call) async throws(Ending) -> Answered? {
        var failed: FailedAttempt?
        var outcome: AttemptOutcome?
        limitTime(exchange, call)
        while true {
            let step = call.leg.plan.next(
                after: outcome, among: candidates(exchange, call), timeLeft: exchange.timeLeft, random: random.next())
            switch step {
            case .send(let place, let fresh, let wait, let isRetry):
                if wait > 0 { try await exchange.pause(nanoseconds: wait) }
                // Whose client left in between gets no other attempt.
                if exchange.hasClientLeft { throw .clientLeft }
                switch try await attempt(exchange, call, place, fresh: fresh, isRetry: isRetry) {
                case .success(let answered):
                    noteProviderFallback(exchange)
                    return answered
                case .failure(let failure):
                    outcome = failure.outcome
                    // What a target was never asked says less than what another one answered.
                    if failure.wasSent || failed == nil { failed = failure }
                }
                // Whose answer is read on for its usage gets no other.
                if exchange.hasClientLeft { throw .clientLeft }
            case .stop(let reason, let retryAfter):
                let failure = failed ?? Self.untried(reason ?? .unavailable, retryAfter, call.leg.model)
                if try await fallBack(exchange, &call, failure) {
                    if exchange.isAnswerWhole { return nil }
                    (failed, outcome) = (nil, nil)
                } else if let answered = failure.answered, !exchange.hasAnswered {
                    return answered
                } else {
                    throw .failed(failure.error)
                }
            }
        }
    }

    /// One target's turn: it may not be asked at all, because the gateway's own limits or its format forbid it.
    private func attempt(
        _ exchange: Exchange, _ call: Call, _ place: Int, fresh: Bool, isRetry: Bool
    ) async throws(Ending) -> AttemptResult {
        if let missing = try await fetchMedia(exchange, call, place) { return .failure(missing) }
        if let full = try await waitForRoom(exchange, call, place) { return .failure(full) }
        if let refused = await refusal(exchange, call, place) {
            releaseRoom(exchange)
            try exchange.checkEnding()
            return .failure(refused)
        }
        let first: RunningAttempt
        do throws(Ending) {
            first = try start(exchange, call, place, fresh: fresh, isRetry: isRetry)
        } catch {
            releaseRoom(exchange)
            guard case .failed(let error) = error else { throw error }
            return .failure(.unasked(error))
        }
        return try await race(exchange, call, first)
    }

    /// nil: limits of the gateway's own leave room for an attempt at this target's provider.
    func refusal(_ exchange: Exchange, _ call: Call, _ place: Int) async -> FailedAttempt? {
        let provider = exchange.snapshot.providers[call.leg.targets[place].provider]
        guard let error = await reserveAttempt(exchange, call, provider) else { return nil }
        let retryAfter = error.retryAfterSeconds.map { Int64($0) * 1_000_000_000 }
        return FailedAttempt(outcome: .noRoom(retryAfter: retryAfter ?? 0), error: error, wasSent: false)
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
        return FailedAttempt(outcome: .failed(reason, retryAfter: retryAfter), error: error, wasSent: false)
    }
}
