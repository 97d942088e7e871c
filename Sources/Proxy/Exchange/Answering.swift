import Core
import NIOCore
import Plan
import Wire

/// Phase 11: what the upstream answered goes to the client, read in passing, and only if it is what it says it is.
extension LoopWorker {
    func passAnswer(_ exchange: Exchange, _ call: Call, _ answered: Answered) async throws(Ending) {
        if call.isSession, answered.status == 101 {
            try await passSession(exchange, call, answered)
        } else if let operation = call.endpoint.object {
            try await passObject(exchange, call, answered, operation)
        } else if call.isPassthrough {
            try await passUntouched(exchange, call, answered)
        } else if let opening = answered.opening {
            try await pump(exchange, call, answered, opening: opening, meter: nil)
        } else if let observed = answered.observed {
            try passWhole(exchange, call, answered, observed)
        } else if answered.status == 200 {
            try await pump(exchange, call, answered, opening: nil, meter: Self.meter(answered))
        } else {
            passError(exchange, answered)
        }
    }

    /// Reads what passes as it comes: media, and answers that are too large to be seen whole first.
    private static func meter(_ answered: Answered) -> UsageMeter {
        UsageMeter(
            format: answered.format, flavour: answered.flavour, contentType: answered.fields.first(.contentType))
    }

    private func passUntouched(_ exchange: Exchange, _ call: Call, _ answered: Answered) async throws(Ending) {
        let status = answered.status
        if !answered.provider.credentials.isEmpty, status == 401 || status == 403 {
            throw .failed(Self.refusedCredential(answered.provider, status))
        }
        if status >= 400 {
            exchange.record.errorCode = .upstreamError
            exchange.record.outcome = .error
        }
        let meter = call.passthroughAnswer.map { format in
            UsageMeter(
                format: format.format, flavour: format.flavour, contentType: answered.fields.first(.contentType))
        }
        exchange.record.streamed = answered.framing != nil
        try await pump(exchange, call, answered, opening: nil, meter: meter)
    }

    static func context(_ exchange: Exchange, _ answered: Answered) -> ChatAnswerContext {
        ChatAnswerContext(
            created: Int(exchange.record.startedAtUnixMicroseconds / 1_000_000), wantsUsage: answered.body.wantsUsage,
            id: exchange.idText, model: answered.body.model, echo: answered.body.echo)
    }

    // MARK: Whole answers

    private func passWhole(
        _ exchange: Exchange, _ call: Call, _ answered: Answered, _ observed: AnswerObservation
    ) throws(Ending) {
        var body = answered.attempt.held
        exchange.keepAnswer(body)
        if let names = answered.provider.kind.answerRenames[answered.body.endpoint ?? call.endpoint.kind] {
            body = body.renamingMembers(names)
        }
        let complete = UsageEstimate.complete(
            observed, request: exchange.intake.body, maxOutputTokens: call.facts?.maxTokens)
        exchange.note(complete)
        keepObject(exchange, call, answered, complete)
        if answered.body.isTranslated {
            let context = Self.context(exchange, answered)
            guard let translated = answered.body.answer(body, usage: complete.usage, context) else {
                throw .failed(Self.unusable(answered.provider, "an answer that cannot be read"))
            }
            body = translated
        }
        // As the client gets them: so they come back.
        if call.isAmbiguous {
            keepState(call, answered, body.withUnsafeReadableBytes { StateTokens.digests(in: $0) })
        }
        exchange.record.timeToFirstToken = ((answered.attempt.headAt ?? loop.now) - exchange.startedAt).nanoseconds
        answer(exchange, answered, status: answered.status, body: body)
    }

    /// An upstream's error goes back as it came, in the client's dialect.
    func passError(_ exchange: Exchange, _ answered: Answered) {
        exchange.record.errorCode = .upstreamError
        exchange.endAttemptRecord(answered.attempt, error: .upstreamError)
        exchange.record.outcome = .error
        let body = answered.error ?? answered.attempt.held
        exchange.keepAnswer(body)
        guard answered.body.isTranslated else {
            return answer(exchange, answered, status: answered.status, body: body)
        }
        let message =
            answered.body.errorMessage(body)
            ?? "'\(answered.provider.name)' answered with status \(answered.status)."
        let told = ErrorBody.json(
            message, status: answered.status, dialect: exchange.dialect, requestID: exchange.idText)
        answer(exchange, answered, status: answered.status, body: told)
    }

    /// The upstream's own text on this leaks parts of the credential.
    static func refusedCredential(_ provider: Provider, _ status: Int) -> GatewayError {
        GatewayError(
            .upstreamError, "'\(provider.name)' refused Headgate's own credential (status \(status)).", isFinal: true)
    }

    static func unusable(_ provider: Provider, _ what: String) -> GatewayError {
        GatewayError(.upstreamError, "'\(provider.name)' answered with \(what).")
    }

    // MARK: Answers that are passed on as they come

    func pump(
        _ exchange: Exchange, _ call: Call, _ answered: Answered, opening: StreamOpening?, meter: UsageMeter?
    ) async throws(Ending) {
        let attempt = answered.attempt
        let framing = beginAnswer(exchange, answered, isStream: opening != nil)
        let array = Self.answersInArray(exchange, isStream: opening != nil) ? EventArray() : nil
        // An answer that is cut leaves its input to be estimated.
        let request = exchange.intake.body
        let mayGoOn = opening != nil && call.route?.continuesStreams == true
        if !mayGoOn { exchange.forgetRequest() }
        attempt.forgetHead()

        let pump = AnswerPump(
            exchange, attempt: attempt, framing: framing, opening: opening, array: array, meter: meter, loop: loop)
        exchange.pump = pump
        attempt.pump = pump
        if opening != nil, let (_, journal) = exchange.journal {
            journal.begin(contentType: "text/event-stream", isStream: true)
        }
        if let opening { pump.takeOver(opening) } else { pump.receive(attempt.takeHeld()) }
        if attempt.isComplete && opening == nil { pump.upstreamEnded() }
        exchange.connection.flush()
        attempt.connection?.resume()
        await watch(exchange, attempt, pump)
        let attempts = exchange.record.attempts.count
        if mayGoOn, let next = try await goOn(exchange, call, answered, pump) {
            return try await passContinuation(exchange, call, next, pump)
        }
        exchange.record.timeToFirstToken = (pump.firstContentAt ?? attempt.headAt).map {
            ($0 - exchange.startedAt).nanoseconds
        }
        pump.finishMeter()
        let seen = UsageEstimate.complete(
            pump.observation, request: request, maxOutputTokens: call.facts?.maxTokens)
        keepObject(exchange, call, answered, seen)
        keepState(call, answered, pump.stateTokens)
        // Where others have tried to go on with it, its usage is on the record already.
        if opening != nil || meter != nil, exchange.record.attempts.count == attempts {
            exchange.note(seen)
        }
        try finishPump(exchange, answered, pump, isStream: opening != nil)
    }

    /// Until the attempt has ended, or the exchange is to.
    func watch(_ exchange: Exchange, _ attempt: Attempt, _ pump: AnswerPump) async {
        while !attempt.isComplete && attempt.failure == nil && pump.failure == nil {
            if exchange.ending != nil { break }
            await exchange.wait()
        }
        // It goes no further behind its last event: what the client's format has for the end still has to be said.
        if !attempt.isComplete, pump.failure == nil, pump.observation.sawTerminal { pump.upstreamEnded() }
    }

    /// Sends the head of an answer that is passed on as it comes, unless it has been sent.
    @discardableResult
    private func beginAnswer(_ exchange: Exchange, _ answered: Answered, isStream: Bool) -> AnswerFraming {
        if let begun = exchange.begunStream { return begun }
        let framing = framing(for: exchange, answered, isStream: isStream)
        let becomesEvents = isStream && answered.framing != .events
        let contentType =
            Self.answersInArray(exchange, isStream: isStream)
            ? "application/json" : becomesEvents ? "text/event-stream" : nil
        var head = answerHead(exchange, answered, status: answered.status, contentType: contentType)
        if isStream {
            head.field("cache-control", "no-cache")
            head.field("x-accel-buffering", "no")
        }
        finish(&head, exchange, framing, length: answered.fields.first(.contentLength).flatMap { Int($0) })
        exchange.hasAnswered = true
        exchange.connection.write(head.buffer)
        return framing
    }

    /// Gemini's clients that do not ask for events get an array.
    private static func answersInArray(_ exchange: Exchange, isStream: Bool) -> Bool {
        isStream && exchange.dialect == .gemini && !exchange.client.asksForEvents
    }

    /// The stream's beginning is held back, and has been for long: the client gets its head and a sign of life.
    func giveSign(_ exchange: Exchange, _ call: Call, _ answered: Answered) {
        let sign = exchange.dialect.keepAlive
        guard sign.readableBytes > 0 else { return }
        let framing = beginAnswer(exchange, answered, isStream: true)
        exchange.begunStream = framing
        exchange.connection.write([sign], framing: framing)
        exchange.connection.flush()
        exchange.wakeForSign()
    }

    /// Ends a stream of which nothing came but signs of life.
    func endStream(_ exchange: Exchange, _ framing: AnswerFraming, _ error: GatewayError) {
        let event = ErrorBody.event(error, dialect: exchange.dialect, requestID: exchange.idText)
        exchange.connection.write([event], framing: framing)
        exchange.connection.writeEnd(framing: framing)
        exchange.connection.flush()
        exchange.isAnswerWhole = true
    }

    /// How a pumped answer ended, told to the client in the stream where there is one, else by the framing.
    func finishPump(
        _ exchange: Exchange, _ answered: Answered, _ pump: AnswerPump, isStream: Bool
    ) throws(Ending) {
        let attempt = answered.attempt
        defer { attempt.abandon() }
        let error = interruption(exchange, answered, pump, isStream: isStream)
        if exchange.hasClientLeft {
            exchange.isKeptAnswerWhole = error == nil && !pump.observation.sawError
            throw .clientLeft
        }
        if let error {
            exchange.record.errorCode = error.code
            exchange.record.errorMessage = error.message
            exchange.record.outcome = .truncated
            exchange.endAttemptRecord(attempt, error: error.code)
            if exchange.ending == nil { endTracking(attempt, isFailure: true) }
        } else if pump.observation.sawError {
            exchange.record.errorCode = .upstreamError
            exchange.record.outcome = .error
            exchange.endAttemptRecord(attempt, error: .upstreamError)
            endTracking(attempt, isFailure: true)
        } else {
            // What cannot be read is passed on as it came, and is no good sign.
            endTracking(attempt, isFailure: pump.observation.unreadableEvents > 0)
        }
        if error != nil && !isStream {
            // The body has no place for an error: the client must see that it was cut.
            return exchange.connection.close()
        }
        pump.finish(error: error)
        exchange.isAnswerWhole = true
    }

    func interruption(
        _ exchange: Exchange, _ answered: Answered, _ pump: AnswerPump, isStream: Bool
    ) -> GatewayError? {
        let name = answered.provider.name
        let (attempt, seen) = (answered.attempt, pump.observation)
        // Its last event has come: what happens behind it takes nothing away.
        if isStream, pump.failure == nil, seen.sawTerminal { return nil }
        if case .failed(let error)? = exchange.ending {
            return GatewayError(.streamInterrupted, error.message)
        }
        switch pump.failure {
        case .eventTooLarge:
            return GatewayError(
                .streamInterrupted, "'\(name)' sent an event larger than \(Limits.streamEventBytesMax) bytes.")
        case .damaged: return GatewayError(.streamInterrupted, "'\(name)' sent a stream that is damaged.")
        case nil: break
        }
        if pump.stage?.withheldError == true {
            return GatewayError(.streamInterrupted, "'\(name)' told of an error inside its answer.")
        }
        switch attempt.failure {
        case .firstTokenTimeout, .betweenTokensTimeout:
            return GatewayError(.streamInterrupted, "'\(name)' fell silent inside its answer.")
        case .some:
            return GatewayError(.streamInterrupted, "'\(name)' broke the connection inside its answer.")
        case nil:
            guard isStream, !seen.sawError else { return nil }
            return GatewayError(.streamInterrupted, "'\(name)' ended its stream before it was complete.")
        }
    }

    private func framing(for exchange: Exchange, _ answered: Answered, isStream: Bool) -> AnswerFraming {
        let status = answered.status
        if exchange.request.method == .head || status == 204 || status == 304 { return .none }
        if !isStream && answered.fields.contains(.contentLength) { return .length }
        return exchange.request.isHTTP11 ? .chunked : .untilClose
    }
}
