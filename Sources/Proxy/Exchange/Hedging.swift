import Core
import NIOCore
import Plan
import Policy
import Wire

/// A second attempt elsewhere, where the first one's content is later than is usual: the one that comes first answers,
/// and the other is given up.
extension LoopWorker {
    func race(_ exchange: Exchange, _ call: Call, _ first: RunningAttempt) async throws(Ending) -> AttemptResult {
        guard let due = hedgeDue(exchange, call, first) else { return try await finish(exchange, call, first) }
        let timer = Deadline(wheel) { [unowned exchange] in exchange.wake() }
        timer.set(due)
        defer { timer.end() }
        var running = [first]
        var mayHedge = true
        while true {
            for one in running {
                guard let result = advance(exchange, call, one) else { continue }
                running.removeAll { $0 === one }
                if case .failure = result, !running.isEmpty {
                    exchange.putLast(running[0].attempt, before: one.attempt)
                    keep(exchange, running[0].attempt)
                    exchange.record.translationDropped = running[0].body.dropped
                    continue
                }
                if let other = running.first { giveUp(exchange, call, other, for: one) }
                return result
            }
            if mayHedge, loop.now >= due {
                mayHedge = false
                if let second = try hedge(exchange, call, first) { running.append(second) }
                continue
            }
            await exchange.wait()
            try exchange.checkEnding()
        }
    }

    /// When a second attempt is worth it; nil: never.
    private func hedgeDue(_ exchange: Exchange, _ call: Call, _ first: RunningAttempt) -> NIODeadline? {
        // Limits of a provider's are reserved for one attempt at a time.
        guard let settings = call.route?.hedge, call.leg.targets.count > 1, call.pin == nil,
            exchange.snapshot.limits.ofAttempts.isEmpty, !exchange.wasHedged,
            ChatFormat(endpoint: call.endpoint.kind) != nil
        else { return nil }
        let usual = call.leg.health[first.place].slowFirstContent(ofStreams: call.streams)
        guard let after = settings.after ?? usual else { return nil }
        shared.hedges.called(call.route?.pattern ?? "", bytes: exchange.intake.body.readableBytes)
        return loop.now + .nanoseconds(after)
    }

    /// nil: no other target may take it now, or enough were sent twice.
    private func hedge(
        _ exchange: Exchange, _ call: Call, _ first: RunningAttempt
    ) throws(Ending) -> RunningAttempt? {
        guard let settings = call.route?.hedge else { return nil }
        var candidates = candidates(exchange, call)
        for place in candidates.indices {
            candidates[place].isEligible =
                place != first.place && candidates[place].weight >= 0 && candidates[place].ejectedSince == nil
                && candidates[place].restsFor == 0 && !candidates[place].isDoubtful
                && !candidates[place].isFull
        }
        let strategy = call.route?.strategy ?? .weighted
        var chosen = TargetChoice.index(of: candidates, strategy: strategy, random: random.next())
        while let place = chosen, !hasMedia(exchange, call, for: place) {
            candidates[place].isEligible = false
            chosen = TargetChoice.index(of: candidates, strategy: strategy, random: random.next())
        }
        guard let place = chosen,
            shared.hedges.mayHedge(
                call.route?.pattern ?? "", bytes: exchange.intake.body.readableBytes, settings: settings)
        else { return nil }
        let dropped = exchange.record.translationDropped
        do throws(Ending) {
            let second = try start(exchange, call, place, fresh: false, isRetry: false)
            exchange.attempt = first.attempt
            exchange.hedge = second.attempt
            exchange.wasHedged = true
            return second
        } catch {
            // What cannot be said to that target is no failure of the call.
            exchange.record.translationDropped = dropped
            return nil
        }
    }

    /// One of two has failed: the other one is the exchange's.
    private func keep(_ exchange: Exchange, _ attempt: Attempt) {
        exchange.attempt = attempt
        exchange.hedge = nil
    }

    /// The other one comes too late. What it has said until now was worked for.
    private func giveUp(_ exchange: Exchange, _ call: Call, _ loser: RunningAttempt, for winner: RunningAttempt) {
        if case .opening(_, let opening) = loser.phase {
            let seen = UsageEstimate.complete(
                opening.stage.observation, request: exchange.intake.body, maxOutputTokens: call.facts?.maxTokens)
            exchange.note(seen, of: loser.attempt)
        }
        loser.attempt.abandon()
        exchange.noteUnseen(loser.attempt)
        loser.attempt.opening = nil
        exchange.endAttemptRecord(loser.attempt, error: nil)
        endTracking(loser.attempt, isFailure: nil)
        exchange.putLast(winner.attempt, before: loser.attempt)
        keep(exchange, winner.attempt)
        exchange.record.translationDropped = winner.body.dropped
    }
}
