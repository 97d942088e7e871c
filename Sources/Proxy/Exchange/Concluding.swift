import Core
import Ledger
import NIOCore
import Plan
import Wire

/// Phases 12 and 13: how it ended, what was used, and the record. Synchronous, so that nothing can cancel it.
extension LoopWorker {
    /// An exchange that could not go on: the client is told, if it is still there and can be.
    func conclude(_ exchange: Exchange, _ ending: Ending) {
        switch ending {
        case .clientLeft:
            exchange.record.outcome = .clientClosed
        case .failed(let error):
            exchange.record.errorCode = error.code
            exchange.record.errorMessage = error.message
            exchange.record.outcome = exchange.record.attempts.isEmpty ? .rejected : .error
            if !exchange.hasAnswered { answer(exchange, error) }
        }
        exchange.attempt?.abandon()
        if let attempt = exchange.attempt { exchange.endAttemptRecord(attempt, error: exchange.record.errorCode) }
    }

    func settle(_ exchange: Exchange) {
        exchange.end()
        if exchange.hasClientLeft { exchange.record.outcome = .clientClosed }
        if let attempt = exchange.attempt { exchange.endAttemptRecord(attempt, error: nil) }
        settleLimits(exchange)
        // The attempt and its pump hold each other, and the connections of both sides with them.
        exchange.attempt?.pump = nil
        exchange.attempt = nil
        exchange.pump = nil
    }

    func record(_ exchange: Exchange) {
        let duration = (loop.now - exchange.startedAt).nanoseconds
        exchange.record.duration = duration
        let upstream = exchange.record.attempts.reduce(0) { $0 + $1.duration }
        let intake = exchange.requestCompletedAt.map { ($0 - exchange.startedAt).nanoseconds } ?? 0
        exchange.record.gatewayTime = max(0, duration - upstream - intake)
        price(exchange)
        exchange.releaseAnswer()
        _ = records.append(exchange.record)
    }

    /// Once for each attempt: a whole answer tells its cost before it is recorded.
    func price(_ exchange: Exchange) {
        let first = exchange.pricedAttempts
        exchange.pricedAttempts = exchange.record.attempts.count
        for place in first..<exchange.record.attempts.count {
            exchange.record.attempts[place].cost = exchange.snapshot.prices.cost(
                of: exchange.record.attempts[place], at: exchange.record.startedAtUnixMicroseconds)
        }
    }
}

extension Exchange {
    /// What was seen of the answer becomes part of the record.
    func note(_ observation: AnswerObservation) {
        record.servedModel = observation.servedModel
        record.serviceTier = observation.serviceTier
        record.finishReason = observation.finishReason
        record.unreadableEvents = observation.unreadableEvents
        guard let last = record.attempts.indices.last else { return }
        record.attempts[last].usage = observation.usage
        record.attempts[last].usageSource = observation.usageSource
        record.attempts[last].servedModel = observation.servedModel
        record.attempts[last].serviceTier = observation.serviceTier
        record.attempts[last].statedCost = observation.statedCost
    }

    /// Closes the newest attempt's record; a second call changes nothing but a missing error.
    func endAttemptRecord(_ attempt: Attempt, error: ErrorCode?) {
        guard let last = record.attempts.indices.last else { return }
        if record.attempts[last].errorCode == nil { record.attempts[last].errorCode = error }
        guard record.attempts[last].duration == 0 else { return }
        let start = startedAt + .nanoseconds(record.attempts[last].startedAfter)
        record.attempts[last].duration = (attempt.end - start).nanoseconds
    }
}
