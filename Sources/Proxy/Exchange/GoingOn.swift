import Core
import NIOCore
import Plan
import Policy
import Wire

/// A stream that broke off after its content had begun, and whose rest another target writes.
extension LoopWorker {
    /// - Returns: the stream that goes on with it, begun well; nil where it ends as it is.
    func goOn(
        _ exchange: Exchange, _ call: Call, _ answered: Answered, _ pump: AnswerPump
    ) async throws(Ending) -> Answered? {
        guard exchange.ending == nil, !exchange.hasClientLeft, call.pin == nil, let stage = pump.stage,
            stage.continuableText != nil, Self.mayGoOn(call, exchange.intake.body),
            let error = interruption(exchange, answered, pump, isStream: true)
        else { return nil }
        exchange.note(
            UsageEstimate.complete(
                stage.observation, request: exchange.intake.body, maxOutputTokens: call.facts?.maxTokens),
            of: answered.attempt)
        exchange.endAttemptRecord(answered.attempt, error: error.code)
        endTracking(answered.attempt, isFailure: true)
        answered.attempt.abandon()
        answered.attempt.pump = nil
        do throws(Ending) {
            return try await next(exchange, call, stage)
        } catch {
            // The client is told of the first failure, behind what it has.
            if case .failed = error { return nil }
            throw error
        }
    }

    /// Of several answers only one is followed, and one of a given shape is no text that others could go on with.
    private static func mayGoOn(_ call: Call, _ body: ByteBuffer) -> Bool {
        guard let facts = call.facts else { return false }
        let isShaped = RequestTraits(body: body, endpoint: call.endpoint.kind).asksForSchema
        return !isShaped && ["n", "response_format"].allSatisfy { facts.members(named: $0, in: body).isEmpty }
    }

    private func next(
        _ exchange: Exchange, _ call: Call, _ stage: EventStage
    ) async throws(Ending) -> Answered? {
        var leg = call.leg
        var outcome = AttemptOutcome.failed(.unavailable, retryAfter: nil)
        while case .send(let place, let fresh, let wait, let isRetry) = leg.plan.next(
            after: outcome, among: candidates(exchange, call), timeLeft: exchange.timeLeft, random: random.next())
        {
            if wait > 0 { try await exchange.pause(nanoseconds: wait) }
            if exchange.hasClientLeft { throw .clientLeft }
            if let missing = try await fetchMedia(exchange, call, place) {
                outcome = missing.outcome
                continue
            }
            if let refused = await refusal(exchange, call, place) {
                outcome = refused.outcome
                continue
            }
            let running = try start(exchange, call, place, fresh: fresh, isRetry: isRetry, goingOnWith: stage)
            switch try await finish(exchange, call, running) {
            // A stream, or it is none that can go on with one.
            case .success(let next): return next.opening == nil ? nil : next
            case .failure(let failed): outcome = failed.outcome
            }
        }
        return nil
    }

    /// The rest of the answer, behind what the client has.
    func passContinuation(
        _ exchange: Exchange, _ call: Call, _ next: Answered, _ pump: AnswerPump
    ) async throws(Ending) {
        guard let opening = next.opening else { return }
        exchange.record.fallback = "continued"
        let request = exchange.intake.body
        exchange.forgetRequest()
        next.attempt.forgetHead()
        next.attempt.pump = pump
        pump.goOn(next.attempt, opening, target: exchange.record.attempts.last?.target ?? "")
        exchange.connection.flush()
        next.attempt.connection?.resume()
        await watch(exchange, next.attempt, pump)
        exchange.record.timeToFirstToken = pump.firstContentAt.map { ($0 - exchange.startedAt).nanoseconds }
        exchange.note(
            UsageEstimate.complete(pump.observation, request: request, maxOutputTokens: call.facts?.maxTokens))
        try finishPump(exchange, next, pump, isStream: true)
    }
}
