import Core
import NIOCore
import Plan
import Policy
import Wire

/// Whether what came is an answer that may be passed on, seen before the client gets anything of it.
enum Judgement {
    case judged(AttemptResult)
    /// A stream, of which nothing is known before its content.
    case opens(StreamOpening)
}

extension LoopWorker {
    func judge(_ exchange: Exchange, _ call: Call, _ answered: Answered) -> Judgement {
        // What goes on as it is, is not tried again either: nobody knows what a second time would do.
        if call.isPassthrough || call.endpoint.object != nil || call.isSession && answered.status == 101 {
            return .judged(.success(answered))
        }
        if answered.status == 200 {
            if call.endpoint.kind.answersAnything { return .judged(.success(answered)) }
            if call.streams, let framing = answered.framing, framing == .events || answered.translation != nil {
                return .opens(open(exchange, call, answered, framing))
            }
            if answered.attempt.isComplete, !call.streams, let observed = Self.observation(call, answered) {
                var answered = answered
                answered.observed = observed
                return .judged(.success(answered))
            }
            // Too large to be seen whole first: its end is watched by the framing alone.
            if !answered.attempt.isComplete, !call.streams, !answered.body.isTranslated,
                answered.attempt.held.beginsObject
            {
                return .judged(.success(answered))
            }
        }
        return .judged(.failure(refused(exchange, answered)))
    }

    /// What a whole answer says, read once; nil for one that does not belong to the endpoint.
    private static func observation(_ call: Call, _ answered: Answered) -> AnswerObservation? {
        let endpoint = answered.body.endpoint ?? call.endpoint.kind
        var body = answered.attempt.held
        if let names = answered.provider.kind.answerRenames[endpoint] { body = body.renamingMembers(names) }
        return body.withUnsafeReadableBytes { bytes in
            guard let object = JSONObjectView(bytes), AnswerShape.fits(object, endpoint) else { return nil }
            var reader = answered.format.makeReader(flavour: answered.flavour)
            reader.observe(object)
            return reader.observation
        }
    }

    /// An error of the upstream's, or something that is no answer at all.
    func refused(_ exchange: Exchange, _ answered: Answered) -> FailedAttempt {
        let attempt = answered.attempt
        let isJSON = attempt.isComplete && attempt.held.withUnsafeReadableBytes { JSONObjectView($0) != nil }
        let reason = Self.reason(answered, isJSON ? attempt.held : ByteBuffer(), status: answered.status)
        let retryAfter = retryAfter(answered, body: attempt.held)
        let error = Self.error(answered, isJSON: isJSON, retryAfter: retryAfter)
        var failed = fail(exchange, attempt, error, .failed(reason, retryAfter: retryAfter))
        let isPassedOn = isJSON && (400..<600).contains(answered.status) && reason != .credential
        if isPassedOn { failed.answered = answered }
        return failed
    }

    private static func reason(_ answered: Answered, _ body: ByteBuffer, status: Int) -> FailureReason {
        let type = answered.fields.value(named: "x-amzn-errortype")
        return FailureReason(status: status, body: body, errorType: type) ?? .unavailable
    }

    /// Nanoseconds for which an upstream wants to be left alone; nil: it does not say.
    private func retryAfter(_ answered: Answered, body: ByteBuffer) -> Int64? {
        let limits = ProviderLimits(answered.fields, unixMicroseconds: shared.unixMicroseconds())
        return limits?.retryAfter
            ?? (answered.format == .gemini ? GeminiError.retryDelay(body) : nil)
            ?? (answered.status == 429 ? limits?.spentLimitsResetIn : nil)
    }

    /// What the client is told of an answer that is none, or whose text it must not see.
    private static func error(_ answered: Answered, isJSON: Bool, retryAfter: Int64?) -> GatewayError {
        let (name, status) = (answered.provider.name, answered.status)
        let seconds = retryAfter.map { Int(($0 + 999_999_999) / 1_000_000_000) }
        switch status {
        case 401, 403: return refusedCredential(answered.provider, status)
        case 400 where answered.format == .gemini && GeminiError.refusesKey(answered.attempt.held):
            return refusedCredential(answered.provider, status)
        case 429:
            return GatewayError(.rateLimitExceeded, "'\(name)' limits the rate of calls.", retryAfterSeconds: seconds)
        case 503, 529:
            return GatewayError(
                .overloaded, "'\(name)' is overloaded (status \(status)).", retryAfterSeconds: seconds)
        case 504: return GatewayError(.upstreamTimeout, "'\(name)' timed out (status 504).")
        case 200 where !isJSON && !answered.attempt.isComplete:
            return unusable(answered.provider, "an answer that is too large or no JSON")
        default: return unusable(answered.provider, "status \(status) and a body that does not belong there")
        }
    }

    // MARK: Streams

    /// Holds a stream back until its first content: one that fails before it is replaced unseen.
    private func open(
        _ exchange: Exchange, _ call: Call, _ answered: Answered, _ framing: StreamFraming
    ) -> StreamOpening {
        let opening = StreamOpening(makeStage(exchange, call, answered, framing), loop: loop)
        opening.push(answered.attempt.takeHeld())
        answered.attempt.opening = opening
        if !opening.isDecided && !answered.attempt.isComplete { exchange.wakeForSign() }
        return opening
    }

    /// - Returns: nil while nothing is known yet.
    func opened(
        _ exchange: Exchange, _ call: Call, _ answered: Answered, _ opening: StreamOpening
    ) -> AttemptResult? {
        let attempt = answered.attempt
        guard opening.isDecided || attempt.isComplete || attempt.failure != nil else {
            if exchange.takeSign() { giveSign(exchange, call, answered) }
            return nil
        }
        attempt.opening = nil
        if attempt.isComplete { opening.finish() }
        guard let failed = beginningFailure(exchange, answered, opening) else {
            var answered = answered
            answered.opening = opening
            return .success(answered)
        }
        // What was read before it broke off was worked for; an error costs nothing.
        if attempt.failure != nil { exchange.note(opening.stage.observation, of: attempt) }
        return .failure(failed)
    }

    private func makeStage(
        _ exchange: Exchange, _ call: Call, _ answered: Answered, _ framing: StreamFraming
    ) -> EventStage {
        if let interrupted = answered.interrupted, let translation = answered.translation,
            let next = interrupted.continued(by: translation, flavour: answered.flavour, framing: framing)
        {
            return next
        }
        var context = Self.context(exchange, answered)
        var (translator, follower) = (answered.translation?.stream(context), ChatStreamTranslator?.none)
        if call.route?.continuesStreams == true {
            context.wantsUsage = call.facts?.asksForUsage ?? false
            // Responses number their events: what passes untranslated cannot be gone on with.
            follower =
                translator != nil || call.endpoint.kind == .responses
                ? nil
                : ChatTranslation.always(
                    call.endpoint.kind, answered.provider.kind, model: answered.body.model)?.stream(context)
            translator?.watch()
            follower?.watch()
        }
        return EventStage(
            format: answered.format, flavour: answered.flavour, stripsUsage: answered.body.asksForUsage,
            framing: framing, translator: translator, follower: follower, gathersState: call.isAmbiguous)
    }

    /// A stream that begins with an error is that error, whatever its head said.
    private func refusedInStream(
        _ exchange: Exchange, _ answered: Answered, _ opening: StreamOpening
    ) -> FailedAttempt {
        guard let told = opening.errorBody else {
            let error = Self.unusable(answered.provider, "an error in place of its stream")
            return fail(exchange, answered.attempt, error, .failed(.unavailable, retryAfter: nil))
        }
        let status = StreamedError.status(of: told)
        let reason = Self.reason(answered, told, status: status)
        var refused = answered
        (refused.status, refused.error, refused.opening) = (status, told, nil)
        let error = Self.error(refused, isJSON: true, retryAfter: nil)
        var failed = fail(exchange, answered.attempt, error, .failed(reason, retryAfter: nil))
        failed.answered = refused
        return failed
    }

    /// nil: the stream has begun well. One that has broken off already is replaced whatever came of it: the client has
    /// seen nothing.
    private func beginningFailure(
        _ exchange: Exchange, _ answered: Answered, _ opening: StreamOpening
    ) -> FailedAttempt? {
        let attempt = answered.attempt
        let seen = opening.stage.observation
        if seen.sawError && !seen.sawContent { return refusedInStream(exchange, answered, opening) }
        if attempt.failure != nil { return lost(exchange, attempt, answered.provider) }
        let isWhole = seen.sawTerminal && !seen.endedInsideEvent
        let what: String
        if opening.failure != nil || seen.unreadableEvents > 0 && !seen.sawContent {
            what = "a stream that is damaged"
        } else if attempt.isComplete && !isWhole && !seen.sawError {
            what = "a stream that ended before it was complete"
        } else {
            return nil
        }
        return fail(
            exchange, attempt, Self.unusable(answered.provider, what), .failed(.unavailable, retryAfter: nil))
    }
}

extension ByteBuffer {
    var beginsObject: Bool {
        readableBytesView.first { $0 != 0x20 && $0 != 0x0A && $0 != 0x0D && $0 != 0x09 } == UInt8(ascii: "{")
    }
}
