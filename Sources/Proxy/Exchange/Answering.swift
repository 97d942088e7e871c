import Core
import NIOCore
import Plan
import Wire

/// Phase 11: what the upstream answered goes to the client, read in passing, and only if it is what it says it is.
extension LoopWorker {
    func passAnswer(_ exchange: Exchange, _ call: Call, _ answered: Answered) async throws(Ending) {
        let status = answered.status
        exchange.record.attempts[exchange.record.attempts.count - 1].status = status
        exchange.record.attempts[exchange.record.attempts.count - 1].upstreamRequestID =
            answered.fields.first(.xRequestID) ?? answered.fields.first(.requestID)
        if call.isSession, status == 101 {
            try await passSession(exchange, call, answered)
        } else if let operation = call.endpoint.object {
            try await passObject(exchange, call, answered, operation)
        } else if call.isPassthrough {
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
            try await pump(exchange, call, answered, stage: nil, meter: meter)
        } else if status == 200, call.endpoint.kind.answersAnything {
            let meter = UsageMeter(
                format: answered.format, flavour: answered.flavour, contentType: answered.fields.first(.contentType))
            try await pump(exchange, call, answered, stage: nil, meter: meter)
        } else if status == 200, call.streams, let framing = answered.framing,
            framing == .events || answered.translation != nil
        {
            let stage = EventStage(
                format: answered.format, flavour: answered.flavour, stripsUsage: answered.body.asksForUsage,
                framing: framing, translator: answered.translation?.stream(Self.context(exchange, answered)),
                gathersState: call.isAmbiguous)
            try await pump(exchange, call, answered, stage: stage, meter: nil)
        } else if answered.attempt.isComplete {
            try passWhole(exchange, call, answered, status: status)
        } else if status == 200 && !call.streams && !answered.body.isTranslated && answered.attempt.held.beginsObject {
            // Too large to be seen whole first: its end is watched by the framing alone.
            let meter = UsageMeter(
                format: answered.format, flavour: answered.flavour,
                contentType: answered.fields.first(.contentType))
            try await pump(exchange, call, answered, stage: nil, meter: meter)
        } else {
            throw .failed(Self.unusable(answered.provider, "an answer that is too large or no JSON"))
        }
    }

    private static func context(_ exchange: Exchange, _ answered: Answered) -> ChatAnswerContext {
        ChatAnswerContext(
            created: Int(exchange.record.startedAtUnixMicroseconds / 1_000_000), wantsUsage: answered.body.wantsUsage,
            id: exchange.idText, model: answered.body.model, echo: answered.body.echo)
    }

    // MARK: Whole answers

    private func passWhole(_ exchange: Exchange, _ call: Call, _ answered: Answered, status: Int) throws(Ending) {
        var body = answered.attempt.held
        exchange.keepAnswer(body)
        let endpoint = answered.body.endpoint ?? call.endpoint.kind
        if status == 200, let names = answered.provider.kind.answerRenames[endpoint] {
            body = body.renamingMembers(names)
        }
        let observed: AnswerObservation? = body.withUnsafeReadableBytes { bytes in
            guard let object = JSONObjectView(bytes) else { return nil }
            if status == 200 && !AnswerShape.fits(object, endpoint) { return nil }
            var reader = answered.format.makeReader(flavour: answered.flavour)
            reader.observe(object)
            return reader.observation
        }
        guard status == 200, !call.streams, let observed else {
            return try passError(exchange, answered, status: status, isJSON: observed != nil)
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
        answer(exchange, answered, status: status, body: body)
    }

    /// An upstream's error goes back as it came, but for those about our own credential, whose texts leak parts of it.
    func passError(
        _ exchange: Exchange, _ answered: Answered, status: Int, isJSON: Bool
    ) throws(Ending) {
        let name = answered.provider.name
        switch status {
        case 401, 403:
            throw .failed(Self.refusedCredential(answered.provider, status))
        case 400 where answered.format == .gemini && GeminiError.refusesKey(answered.attempt.held):
            throw .failed(Self.refusedCredential(answered.provider, status))
        case 400..<600 where isJSON:
            exchange.record.errorCode = .upstreamError
            exchange.endAttemptRecord(answered.attempt, error: .upstreamError)
            exchange.record.outcome = .error
            let body = answered.attempt.held
            guard answered.body.isTranslated else {
                return answer(exchange, answered, status: status, body: body)
            }
            let message = answered.body.errorMessage(body) ?? "'\(name)' answered with status \(status)."
            let told = ErrorBody.json(message, status: status, dialect: exchange.dialect, requestID: exchange.idText)
            answer(exchange, answered, status: status, body: told)
        case 429:
            let seconds = RetryAfter.seconds(
                retryAfter: answered.fields.first(.retryAfter),
                retryAfterMilliseconds: answered.fields.first(.retryAfterMilliseconds))
            throw .failed(
                GatewayError(.rateLimitExceeded, "'\(name)' limits the rate of calls.", retryAfterSeconds: seconds))
        case 503, 529: throw .failed(GatewayError(.overloaded, "'\(name)' is overloaded (status \(status))."))
        case 504: throw .failed(GatewayError(.upstreamTimeout, "'\(name)' timed out (status 504)."))
        default:
            throw .failed(Self.unusable(answered.provider, "status \(status) and a body that does not belong there"))
        }
    }

    /// The upstream's own text on this leaks parts of the credential.
    private static func refusedCredential(_ provider: Provider, _ status: Int) -> GatewayError {
        GatewayError(
            .upstreamError, "'\(provider.name)' refused Headgate's own credential (status \(status)).", isFinal: true)
    }

    static func unusable(_ provider: Provider, _ what: String) -> GatewayError {
        GatewayError(.upstreamError, "'\(provider.name)' answered with \(what).")
    }

    // MARK: Answers that are passed on as they come

    func pump(
        _ exchange: Exchange, _ call: Call, _ answered: Answered, stage: EventStage?, meter: UsageMeter?
    ) async throws(Ending) {
        let attempt = answered.attempt
        let framing = framing(for: exchange, answered, isStream: stage != nil)
        // Gemini's clients that do not ask for events get an array.
        let array = stage != nil && exchange.dialect == .gemini && !exchange.client.asksForEvents ? EventArray() : nil
        let becomesEvents = stage != nil && answered.framing != .events
        let contentType = array != nil ? "application/json" : becomesEvents ? "text/event-stream" : nil
        var head = answerHead(exchange, answered, status: answered.status, contentType: contentType)
        if stage != nil {
            head.field("cache-control", "no-cache")
            head.field("x-accel-buffering", "no")
        }
        finish(&head, exchange, framing, length: answered.fields.first(.contentLength).flatMap { Int($0) })
        exchange.hasAnswered = true
        exchange.connection.write(head.buffer)

        // An answer that is cut leaves its input to be estimated.
        let request = exchange.intake.body
        exchange.forgetRequest()
        attempt.forgetHead()

        let pump = AnswerPump(
            exchange, attempt: attempt, framing: framing, stage: stage, array: array, meter: meter, loop: loop)
        exchange.pump = pump
        attempt.pump = pump
        pump.receive(attempt.takeHeld())
        if attempt.isComplete { pump.upstreamEnded() }
        exchange.connection.flush()
        attempt.connection?.resume()
        while !attempt.isComplete && attempt.failure == nil && pump.failure == nil {
            if exchange.ending != nil { break }
            await exchange.wait()
        }
        exchange.record.timeToFirstToken = (pump.firstContentAt ?? attempt.headAt).map {
            ($0 - exchange.startedAt).nanoseconds
        }
        pump.finishMeter()
        let seen = UsageEstimate.complete(
            pump.observation, request: request, maxOutputTokens: call.facts?.maxTokens)
        keepObject(exchange, call, answered, seen)
        keepState(call, answered, pump.stateTokens)
        if stage != nil || meter != nil {
            exchange.note(seen)
        }
        try finishPump(exchange, answered, pump, isStream: stage != nil)
    }

    /// How a pumped answer ended, told to the client in the stream where there is one, else by the framing.
    private func finishPump(
        _ exchange: Exchange, _ answered: Answered, _ pump: AnswerPump, isStream: Bool
    ) throws(Ending) {
        let attempt = answered.attempt
        defer { attempt.abandon() }
        if exchange.hasClientLeft { throw .clientLeft }
        let error = interruption(exchange, answered, pump, isStream: isStream)
        if let error {
            exchange.record.errorCode = error.code
            exchange.record.errorMessage = error.message
            exchange.record.outcome = .truncated
            exchange.endAttemptRecord(attempt, error: error.code)
        } else if pump.observation.sawError {
            exchange.record.errorCode = .upstreamError
            exchange.record.outcome = .error
            exchange.endAttemptRecord(attempt, error: .upstreamError)
        }
        if error != nil && !isStream {
            // The body has no place for an error: the client must see that it was cut.
            return exchange.connection.close()
        }
        pump.finish(error: error)
        exchange.isAnswerWhole = true
    }

    private func interruption(
        _ exchange: Exchange, _ answered: Answered, _ pump: AnswerPump, isStream: Bool
    ) -> GatewayError? {
        let name = answered.provider.name
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
        switch answered.attempt.failure {
        case .firstTokenTimeout, .betweenTokensTimeout:
            return GatewayError(.streamInterrupted, "'\(name)' fell silent inside its answer.")
        case .some where isStream && pump.observation.sawTerminal:
            // Its last event has come: how the connection ended after it takes nothing away.
            return nil
        case .some:
            return GatewayError(.streamInterrupted, "'\(name)' broke the connection inside its answer.")
        case nil:
            let observation = pump.observation
            let isWhole = observation.sawTerminal && !observation.endedInsideEvent
            guard isStream, !isWhole, !observation.sawError else { return nil }
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

extension ByteBuffer {
    fileprivate var beginsObject: Bool {
        readableBytesView.first { $0 != 0x20 && $0 != 0x0A && $0 != 0x0D && $0 != 0x09 } == UInt8(ascii: "{")
    }
}
