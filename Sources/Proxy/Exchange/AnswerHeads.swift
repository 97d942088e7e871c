import Core
import NIOCore
import Plan
import Wire

/// The heads of answers, and answers that fit into one write.
extension LoopWorker {
    /// An upstream's whole answer.
    func answer(_ exchange: Exchange, _ answered: Answered, status: Int, body: ByteBuffer) {
        price(exchange)
        var head = answerHead(exchange, answered, status: status)
        if exchange.record.usageSource != .none, let cost = exchange.record.cost {
            head.field("x-headgate-cost-usd", cost.usdText)
        }
        finish(&head, exchange, .length, length: body.readableBytes)
        if let (_, journal) = exchange.journal, status == 200 {
            journal.begin(
                contentType: answered.fields.first(.contentType) ?? "application/json", isStream: false)
            journal.append(body)
        }
        write(exchange, head, body)
    }

    /// An answer of the gateway's own.
    /// - Parameter isEstimated: it says what the gateway reckons, not what a provider knows.
    func answer(
        _ exchange: Exchange, status: Int, contentType: String = "application/json", isEstimated: Bool = false,
        body: ByteBuffer
    ) {
        var head = AnswerHead(status: status)
        head.requestID(exchange.idText)
        head.field("content-type", contentType)
        if isEstimated { head.field("x-headgate-estimated", "true") }
        if let fallback = exchange.record.fallback { head.field("x-headgate-fallback", fallback) }
        timing(&head, exchange, upstream: nil)
        finish(&head, exchange, .length, length: body.readableBytes)
        write(exchange, head, body)
    }

    /// A stream of the gateway's own.
    func answer(_ exchange: Exchange, events: [ByteBuffer]) {
        var stream = beginStream(exchange, contentType: "text/event-stream")
        stream.write(events, to: exchange.connection)
        stream.end(exchange.connection)
        exchange.isAnswerWhole = true
    }

    /// The head of a stream of the gateway's own, unless one has been sent.
    func beginStream(_ exchange: Exchange, contentType: String) -> OwnStream {
        let isArray = exchange.dialect == .gemini && !exchange.client.asksForEvents
        var framing = exchange.request.isHTTP11 ? AnswerFraming.chunked : .untilClose
        if let begun = exchange.begunStream {
            framing = begun
        } else {
            var head = AnswerHead(status: 200)
            head.requestID(exchange.idText)
            head.field("content-type", isArray ? "application/json" : contentType)
            head.field("cache-control", "no-cache")
            if let fallback = exchange.record.fallback { head.field("x-headgate-fallback", fallback) }
            timing(&head, exchange, upstream: nil)
            finish(&head, exchange, framing, length: nil)
            exchange.hasAnswered = true
            exchange.begunStream = framing
            exchange.connection.write(head.buffer)
        }
        return OwnStream(framing: framing, array: isArray ? EventArray() : nil)
    }

    /// An answer without a body.
    func answer(_ exchange: Exchange, _ head: AnswerHead) {
        var head = head
        timing(&head, exchange, upstream: nil)
        finish(&head, exchange, .none, length: nil)
        write(exchange, head, ByteBuffer())
    }

    /// An error of the gateway's own, in the client's dialect.
    func answer(_ exchange: Exchange, _ error: GatewayError) {
        let body = ErrorBody.json(error, dialect: exchange.dialect, requestID: exchange.idText)
        var head = AnswerHead(status: error.code.status)
        head.requestID(exchange.idText)
        head.field("content-type", "application/json")
        head.field("x-headgate-error", error.code.rawValue)
        head.field("x-should-retry", error.shouldRetry ? "true" : "false")
        if let seconds = error.retryAfterSeconds { head.field("retry-after", seconds) }
        if let attempt = exchange.record.attempts.last {
            head.field("x-headgate-provider", attempt.provider)
            head.field("x-headgate-attempts", exchange.record.attempts.count)
        }
        if let fallback = exchange.record.fallback { head.field("x-headgate-fallback", fallback) }
        timing(&head, exchange, upstream: nil)
        if error.code == .methodNotAllowed { head.field("allow", allowedMethods(exchange)) }
        finish(&head, exchange, .length, length: body.readableBytes)
        write(exchange, head, body)
    }

    /// Refuses what never became an exchange's request.
    func refuse(_ error: GatewayError, on connection: ClientConnection) {
        let now = shared.unixMicroseconds()
        let id = ExchangeID(unixMilliseconds: UInt64(now / 1000), random: (random.next(), random.next()))
        var record = ExchangeRecord(
            id: id, traceID: TraceID(high: id.high, low: id.low), spanID: SpanID(random.next()),
            startedAtUnixMicroseconds: now)
        record.status = error.code.status
        record.outcome = .rejected
        record.errorCode = error.code
        record.errorMessage = error.message
        record.isCall = false
        _ = records.append(record)
        let body = ErrorBody.json(error, dialect: .openAI, requestID: id.description)
        var head = AnswerHead(status: error.code.status)
        head.requestID(id.description)
        head.field("content-type", "application/json")
        head.field("x-headgate-error", error.code.rawValue)
        head.field("connection", "close")
        head.field("content-length", body.readableBytes)
        head.end()
        connection.write(head.buffer)
        connection.write(body)
        connection.flush()
    }

    /// What every answer of an upstream carries.
    /// - Parameter contentType: what the answer has become; nil: it is what it was.
    func answerHead(
        _ exchange: Exchange, _ answered: Answered, status: Int, contentType: String? = nil
    ) -> AnswerHead {
        var head = AnswerHead(status: status)
        let isPassthrough = exchange.endpoint?.kind == .passthrough
        let isEventStream = answered.framing == .events
        let fields = answered.fields
        for line in fields.lines {
            let name = line.name
            guard isPassthrough ? HeaderRules.passesBackUntouched(name) : HeaderRules.passesBack(name) else { continue }
            if isEventStream && name == .cacheControl && !isPassthrough { continue }
            if answered.body.isTranslated && HeaderRules.isOfOneDialect(name) { continue }
            if isPassthrough && fields.isNamedByConnection(line) { continue }
            if contentType != nil && name == .contentType { continue }
            head.line(line, of: fields)
        }
        if let contentType { head.field("content-type", contentType) }
        head.requestID(exchange.idText)
        if let code = exchange.record.errorCode { head.field("x-headgate-error", code.rawValue) }
        if let attempt = exchange.record.attempts.last {
            head.field("x-headgate-provider", attempt.provider)
            if !attempt.upstreamModel.isEmpty { head.field("x-headgate-model", attempt.upstreamModel) }
            head.field("x-headgate-attempts", exchange.record.attempts.count)
        }
        if let fallback = exchange.record.fallback { head.field("x-headgate-fallback", fallback) }
        if let left = exchange.reserved.budgetRemaining {
            head.field("x-headgate-budget-remaining-usd", left.usdText)
        }
        if !answered.body.dropped.isEmpty {
            head.field("x-headgate-translation-dropped", answered.body.dropped.joined(separator: ", "))
        }
        let now = loop.now
        let waited = answered.attempt.sentAt.map { ((answered.attempt.headAt ?? now) - $0).nanoseconds }
        timing(&head, exchange, upstream: waited)
        return head
    }

    /// - Parameter upstream: nanoseconds until the upstream's head came.
    private func timing(_ head: inout AnswerHead, _ exchange: Exchange, upstream: Int64?) {
        let queue = exchange.record.queueTime
        let passed = (loop.now - exchange.startedAt).nanoseconds - exchange.record.fetch.duration
        head.serverTiming(gateway: passed - (upstream ?? 0) - queue, queue: queue, upstream: upstream)
    }

    /// Framing, cross-origin fields and the connection's fate: what ends every head.
    func finish(_ head: inout AnswerHead, _ exchange: Exchange, _ framing: AnswerFraming, length: Int?) {
        if let origin = exchange.client.origin, exchange.snapshot.server.allowedOrigins.contains(origin) {
            head.field("access-control-allow-origin", origin)
            head.field("access-control-expose-headers", "*")
            head.field("vary", "origin")
        }
        switch framing {
        case .length: if let length { head.field("content-length", length) }
        case .chunked: head.field("transfer-encoding", "chunked")
        case .untilClose: exchange.mustCloseConnection = true
        case .none: if let length, exchange.request.method == .head { head.field("content-length", length) }
        }
        if isDraining { exchange.mustCloseConnection = true }
        let closes =
            exchange.mustCloseConnection || exchange.connection.willClose || !exchange.isRequestComplete
            || !exchange.request.keepsAlive
        if closes {
            head.field("connection", "close")
        } else if !exchange.request.isHTTP11 {
            head.field("connection", "keep-alive")
        }
        head.end()
        exchange.record.status = head.status
    }

    private func write(_ exchange: Exchange, _ head: AnswerHead, _ body: ByteBuffer) {
        exchange.hasAnswered = true
        exchange.isAnswerWhole = true
        exchange.record.responseBytes = body.readableBytes
        let sendsBody = exchange.request.method != .head
        if sendsBody && body.readableBytes <= 16 * 1024 {
            var whole = head.buffer
            whole.writeImmutableBuffer(body)
            exchange.connection.write(whole)
        } else {
            exchange.connection.write(head.buffer)
            if sendsBody { exchange.connection.write(body) }
        }
        exchange.connection.flush()
    }

    private func allowedMethods(_ exchange: Exchange) -> String {
        let method = exchange.request.method
        let match = exchange.request.withPath { Endpoints.match(method: method, path: $0) }
        if case .otherMethod(let allowed) = match { return allowed.joined(separator: ", ") }
        return ""
    }
}

/// A stream that the gateway writes by itself.
struct OwnStream {
    let framing: AnswerFraming
    /// For clients that get the events as the elements of an array.
    fileprivate(set) var array: EventArray?

    mutating func write(_ events: [ByteBuffer], to connection: ClientConnection) {
        for event in events {
            guard let told = array == nil ? event : array?.push(event), told.readableBytes > 0 else { continue }
            connection.write([told], framing: framing)
        }
    }

    mutating func end(_ connection: ClientConnection) {
        if let end = array?.end() { connection.write([end], framing: framing) }
        connection.writeEnd(framing: framing)
        connection.flush()
    }
}
