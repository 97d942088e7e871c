import Core
import NIOCore
import Plan
import Policy
import Wire

/// What an attempt came to: for its target, its account and the record, and in words for the client.
extension LoopWorker {
    /// What an attempt came to is of use to the next ones.
    func note(_ exchange: Exchange, _ call: Call, _ result: AttemptResult, _ running: RunningAttempt) {
        let (provider, key) = (running.provider, running.credential)
        switch result {
        case .success(let answered):
            // A stream may still break off: it is well when it has ended well.
            if answered.opening == nil { endTracking(running.attempt, isFailure: false) }
            noteFirstToken(exchange, running, call, isStream: answered.opening != nil)
            if let key { shared.credentials.succeeded(key, of: provider, model: running.model) }
        case .failure(let failed):
            endTracking(
                running.attempt, isFailure: failed.saysOfTarget,
                isOverload: failed.tellsOverload(exchange.record.attempts[running.attempt.recordPlace].status))
            guard let key, case .failed(let reason, let retryAfter) = failed.outcome else { return }
            shared.credentials.failed(
                key, of: provider, model: running.model, reason: reason, retryAfter: retryAfter,
                now: loop.now.nanoseconds)
        }
    }

    /// A whole answer has all its content at once.
    private func noteFirstToken(_ exchange: Exchange, _ running: RunningAttempt, _ call: Call, isStream: Bool) {
        if isStream, let sentAt = running.attempt.sentAt {
            running.attempt.tracker?.streamBegan(
                after: (loop.now - sentAt).nanoseconds, inputTokens: exchange.mirrorDemand(call).inputTokens,
                now: loop.now.nanoseconds)
        }
        guard call.route?.hedge != nil || call.route?.strategy == .leastLatency, let sentAt = running.attempt.sentAt,
            call.leg.health.indices.contains(running.place)
        else { return }
        call.leg.health[running.place].firstContentCame(
            after: (loop.now - sentAt).nanoseconds, isStream: isStream, now: loop.now.nanoseconds)
    }

    func track(
        _ exchange: Exchange, _ call: Call, _ attempt: Attempt, _ place: Int, _ provider: Provider, isRetry: Bool
    ) {
        guard !call.leg.health.isEmpty else { return }
        let hasRoom = exchange.room === call.leg.health[place]
        if hasRoom { exchange.room = nil }
        attempt.tracker = TargetTracker(
            call.leg.health[place], exchange.snapshot, connectionsMax: provider.connectionsMax, hasRoom: hasRoom,
            isRetry: isRetry, retryPerMillion: call.leg.retries.budgetPerMillion, now: loop.now.nanoseconds)
    }

    /// What the answer's head says of the account's limits.
    func restate(_ attempt: Attempt, _ head: ResponseHead) {
        guard let mirrored = attempt.mirrored else { return }
        endMirroring(attempt)
        guard let limits = ProviderLimits(head.fields, unixMicroseconds: shared.unixMicroseconds()) else { return }
        shared.mirrors.restate(mirrored.name, limits, now: loop.now.nanoseconds)
    }

    private func endMirroring(_ attempt: Attempt) {
        guard let (name, demand) = attempt.mirrored else { return }
        attempt.mirrored = nil
        shared.mirrors.end(name, demand)
    }

    /// - Parameters:
    ///   - isFailure: whether it counts against the target; nil: it says nothing of it.
    ///   - isOverload: the target had no room for it.
    func endTracking(_ attempt: Attempt, isFailure: Bool?, isOverload: Bool = false) {
        endMirroring(attempt)
        guard let opened = attempt.tracker?.end(isFailure: isFailure, isOverload: isOverload, now: loop.now.nanoseconds)
        else { return }
        shared.log.warning("The target \(opened) fails: calls go elsewhere, where they can, until it is well again.")
    }

    /// - Parameter wasSent: the target was asked.
    func fail(
        _ exchange: Exchange, _ attempt: Attempt, _ error: GatewayError, _ outcome: AttemptOutcome,
        wasSent: Bool = true
    ) -> FailedAttempt {
        exchange.endAttemptRecord(attempt, error: error.code)
        attempt.abandon()
        return FailedAttempt(outcome: outcome, error: error, wasSent: wasSent)
    }

    /// The one place that says what an attempt without an answer means to the client and to the plan.
    func lost(_ exchange: Exchange, _ attempt: Attempt, _ provider: Provider) -> FailedAttempt {
        let name = provider.name
        switch attempt.failure {
        case .notBegun(let error):
            return fail(exchange, attempt, error, .failed(.unavailable, retryAfter: nil), wasSent: false)
        case .notConnected(.poolExhausted):
            let error = GatewayError(
                .overloaded, "Too many calls wait for a connection to '\(name)'.", retryAfterSeconds: 1)
            return fail(exchange, attempt, error, .failed(.unavailable, retryAfter: nil), wasSent: false)
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
}

extension FailedAttempt {
    /// The target had no room: its status says so, or it limits the rate and does not say for how long.
    /// - Parameter status: of the head of its answer.
    fileprivate func tellsOverload(_ status: Int) -> Bool {
        switch answered?.status ?? status {
        case 503, 529: true
        case 429: outcome == .failed(.rateLimited, retryAfter: nil)
        default: false
        }
    }

    /// Whether it counts against the target; nil: it says nothing of it.
    fileprivate var saysOfTarget: Bool? {
        guard wasSent, case .failed(let reason, _) = outcome else { return nil }
        switch reason {
        case .unavailable, .timeout: return true
        case .missing, .contextLength, .contentFilter, .invalidRequest: return false
        case .rateLimited, .quotaExhausted, .credential: return nil
        }
    }
}
