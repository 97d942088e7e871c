import Core
import NIOCore
import Policy
import Proxy

/// What must hold when a run has ended.
extension SimulationWorld {
    /// A deadline's slot of the wheel, and the one after it.
    private static let tick: Int64 = 20_000_000

    func check() {
        checkEnd()
        checkLimits()
        let byID = Dictionary(grouping: records.all) { $0.id.description }
        let byCall = Dictionary(grouping: records.all) { $0.tags["call"] ?? "" }
        for (id, same) in byID where same.count > 1 { violations.append("\(id) was recorded \(same.count) times") }
        for client in clients {
            // A call is known by its tag, or, where it was refused before its tags were read, by what its client got.
            for call in client.calls { check(call, of: client, byCall[call.name] ?? byID[call.answer.requestID] ?? []) }
        }
        for record in records.all { check(record) }
    }

    /// Nothing runs, waits or is held.
    private func checkEnd() {
        if end != .nothingLeft { violations.append("the run did not come to an end: \(end)") }
        guard let load = plane?.load else { return }
        if load.inFlight != 0 { violations.append("\(load.inFlight) exchanges still run") }
        if plane?.connectionCount != 0 { violations.append("clients are still connected") }
        for target in load.targets where target.inFlight != 0 {
            violations.append("\(target.name) counts \(target.inFlight) calls in flight")
        }
        for (name, pool) in load.pools where (pool.used, pool.idle, pool.waiting) != (0, 0, 0) {
            violations.append("the pool of \(name) has \(pool.used) used, \(pool.idle) idle, \(pool.waiting) waiting")
        }
        for channel in upstreamChannels where channel.isOpen {
            violations.append("the connection \(channel.name) is still open")
        }
        for client in clients where client.channel.isOpen || !client.isOver {
            violations.append("the client \(client.name) still waits")
        }
    }

    // MARK: What a client got

    private func check(_ call: SimulatedCall, of client: SimulatedClient, _ records: [ExchangeRecord]) {
        let answer = call.answer
        if records.count > 1 { violations.append("\(call.name) was recorded \(records.count) times") }
        let record = records.first
        if answer.status != 0, record == nil {
            violations.append("\(call.name) got status \(answer.status) and is not recorded")
        }
        checkMarks(call, record)
        if !answer.isComplete {
            if !client.hasLeft, record?.outcome == .ok {
                violations.append("\(call.name) is recorded as ok, and its client has no whole answer")
            }
            return
        }
        if answer.status != 200 {
            if !answer.body.contains(#""error""#) { violations.append("\(call.name) got an error without words") }
            if record?.outcome == .ok { violations.append("\(call.name) got an error and is recorded as ok") }
            return
        }
        let isGood = call.streams ? answer.hasEnd && !answer.hasError : true
        if call.streams, !answer.hasEnd, !answer.hasError {
            violations.append("\(call.name) got a stream that just stops, as if it were whole")
        }
        if answer.hasLastEvent, answer.hasError {
            violations.append("\(call.name) is told of an error behind the end of its stream")
        }
        if call.streams != answer.isStream { violations.append("\(call.name) got the wrong kind of answer") }
        if isGood != (record?.outcome == .ok) {
            violations.append(
                "\(call.name) got \(isGood ? "a whole answer" : "an error in its stream") and is recorded as "
                    + "\(record?.outcome.rawValue ?? "nothing")")
        }
        if isGood { checkWhole(call, record) }
    }

    /// No two answers in one, and none with a gap.
    private func checkMarks(_ call: SimulatedCall, _ record: ExchangeRecord?) {
        var last: ReceivedAnswer.Mark?
        var answersSeen = 0
        for mark in call.answer.marks {
            if mark.answer != last?.answer {
                answersSeen += 1
                if mark.piece != 0 { violations.append("\(call.name): answer \(mark.answer) lacks its beginning") }
            } else if mark.piece != (last?.piece ?? 0) + 1 {
                violations.append("\(call.name): answer \(mark.answer) has a gap before piece \(mark.piece)")
            }
            last = mark
        }
        let isContinued = record?.fallback == "continued"
        if answersSeen > (isContinued ? Int.max : 1) {
            violations.append("\(call.name) got pieces of \(answersSeen) answers")
        }
    }

    /// What says that it is whole is so.
    private func checkWhole(_ call: SimulatedCall, _ record: ExchangeRecord?) {
        let isOwn = ["template", "http"].contains(record?.fallback)
        guard let last = call.answer.marks.last else {
            if !isOwn { violations.append("\(call.name) got a whole answer without a text") }
            return
        }
        if isOwn { return violations.append("\(call.name) got a model's text in a fallback's answer") }
        let pieces = answers[last.answer].answer.pieces
        if last.piece != pieces - 1 {
            violations.append("\(call.name) got piece \(last.piece) of \(pieces) as the last one of a whole answer")
        }
    }

    // MARK: What was recorded

    private func check(_ record: ExchangeRecord) {
        let name = record.tags["call"] ?? "?"
        let call = clients.lazy.flatMap(\.calls).first { $0.name == name }
        // While its body comes, the body's own time counts.
        let due = min(settings.timeouts.total, call?.timeout ?? .max)
        let intake = record.duration - record.gatewayTime - record.attempts.reduce(0) { $0 + $1.duration }
        if !record.attempts.isEmpty, record.duration > max(due, intake) + Self.tick {
            violations.append("\(name) took \(record.duration / 1_000_000) ms, and had \(due / 1_000_000)")
        }
        let isAll = record.model == "all" || record.model == "by-model"
        let legs = record.model == "all" ? 2 : isAll ? 1 : 0
        let bound = settings.retries.attemptsMax + legs + 2
        if record.attempts.count > bound {
            violations.append("\(name) made \(record.attempts.count) attempts, and may make \(bound)")
        }
        for attempt in record.attempts where attempt.duration < 0 || attempt.duration > record.duration {
            violations.append("\(name) has an attempt of \(attempt.duration) ns in \(record.duration)")
        }
        if record.outcome == .ok, record.errorCode != nil {
            violations.append("\(name) is recorded as ok with an error")
        }
    }
}
