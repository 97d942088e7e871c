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
            if !exchange.hasAnswered {
                answer(exchange, error)
            } else if let framing = exchange.begunStream {
                endStream(exchange, framing, error)
            }
        }
        exchange.forEachRunningAttempt { attempt in
            attempt.abandon()
            exchange.endAttemptRecord(attempt, error: exchange.record.errorCode)
        }
    }

    func settle(_ exchange: Exchange) {
        exchange.end()
        if exchange.hasClientLeft { exchange.record.outcome = .clientClosed }
        exchange.forEachRunningAttempt { attempt in
            // Whatever still waits or runs for it would come back to an exchange that is gone.
            attempt.abandon()
            exchange.noteUnseen(attempt)
            exchange.endAttemptRecord(attempt, error: nil)
            endTracking(attempt, isFailure: nil)
            // It and its pump hold each other, and the connections of both sides with them.
            attempt.pump = nil
            attempt.opening = nil
        }
        releaseRoom(exchange)
        exchange.releaseMemory()
        settleLimits(exchange)
        if let (name, journal) = exchange.journal {
            let isWhole = exchange.isAnswerWhole && exchange.record.errorCode == nil && exchange.record.status == 200
            shared.journals.ended(
                name, journal, isWhole: isWhole || exchange.isKeptAnswerWhole, now: loop.now.nanoseconds)
        }
        exchange.attempt = nil
        exchange.hedge = nil
        exchange.pump = nil
    }

    func record(_ exchange: Exchange) {
        let duration = (loop.now - exchange.startedAt).nanoseconds
        exchange.record.duration = duration
        let upstream = exchange.record.attempts.reduce(0) { $0 + $1.duration }
        let intake = exchange.requestCompletedAt.map { ($0 - exchange.startedAt).nanoseconds } ?? 0
        exchange.record.gatewayTime = max(
            0,
            duration - upstream - intake - exchange.pausedTime - exchange.record.queueTime
                - exchange.record.fetch.duration)
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
        if let last = record.attempts.indices.last { noteAttempt(observation, at: last) }
    }

    /// The attempt that the exchange waits for, and the one that was sent beside it.
    func forEachRunningAttempt(_ body: (Attempt) -> Void) {
        let (first, second) = (attempt, hedge)
        if let first { body(first) }
        if let second { body(second) }
    }

    /// What an answer's head says of its attempt.
    func note(_ head: ResponseHead, of attempt: Attempt) {
        record.attempts[attempt.recordPlace].status = head.status
        record.attempts[attempt.recordPlace].upstreamRequestID =
            head.fields.first(.xRequestID) ?? head.fields.first(.requestID)
    }

    /// What was seen of an attempt's answer.
    func note(_ observation: AnswerObservation, of attempt: Attempt) {
        noteAttempt(observation, at: attempt.recordPlace)
    }

    private func noteAttempt(_ observation: AnswerObservation, at place: Int) {
        record.attempts[place].usage = observation.usage
        record.attempts[place].usageSource = observation.usageSource
        record.attempts[place].servedModel = observation.servedModel
        record.attempts[place].serviceTier = observation.serviceTier
        record.attempts[place].statedCost = observation.statedCost
    }

    /// A call that was sent and given up before anything came of it is worked for all the same: its input is reckoned,
    /// so that nobody gets around a budget by hanging up. An error costs nothing.
    func noteUnseen(_ attempt: Attempt) {
        let place = attempt.recordPlace
        guard attempt.isSent, !attempt.isComplete, record.attempts.indices.contains(place),
            record.attempts[place].usageSource == .none, record.attempts[place].errorCode == nil,
            intake.body.readableBytes > 0, let kind = endpoint?.kind, ChatFormat(endpoint: kind) != nil
        else { return }
        record.attempts[place].usage.inputUncached = UsageEstimate.inputTokens(of: intake.body)
        record.attempts[place].usageSource = .estimated
    }

    /// Closes an attempt's record; a second call changes nothing but a missing error.
    func endAttemptRecord(_ attempt: Attempt, error: ErrorCode?) {
        let place = attempt.recordPlace
        guard record.attempts.indices.contains(place) else { return }
        if record.attempts[place].errorCode == nil { record.attempts[place].errorCode = error }
        guard record.attempts[place].duration == 0 else { return }
        let start = startedAt + .nanoseconds(record.attempts[place].startedAfter)
        record.attempts[place].duration = (attempt.end - start).nanoseconds
    }

    /// What the answer's own attempt is, the last of the record is: the other was given up.
    func putLast(_ winner: Attempt, before loser: Attempt) {
        guard winner.recordPlace < loser.recordPlace else { return }
        record.attempts.swapAt(winner.recordPlace, loser.recordPlace)
        swap(&winner.recordPlace, &loser.recordPlace)
    }
}
