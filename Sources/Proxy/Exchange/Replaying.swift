import Core
import Crypto
import NIOCore
import Plan
import Wire

/// Phase 8: answers that a client has asked for before. The same `idempotency-key` with the same request has the first
/// answer, be it there or on its way; `last-event-id` goes on with a stream whose connection was lost.
extension LoopWorker {
    /// - Returns: whether the call has been answered by what was there.
    func replay(_ exchange: Exchange, _ call: Call) async throws(Ending) -> Bool {
        guard call.facts != nil, !call.isSession, exchange.request.method == .post else { return false }
        limitTime(exchange, call)
        if let text = exchange.request.fields.first(.lastEventID), let place = StreamPlace(text) {
            return try await resume(exchange, place)
        }
        if exchange.client.wantsResumableStream, call.streams {
            let name = AnswerJournals.Name(owner: exchange.owner, text: "stream \(exchange.idText)")
            if case .lead(let journal) = shared.journals.enter(name, request: nil, now: loop.now.nanoseconds) {
                exchange.journal = (name, journal)
                exchange.numbersEvents = true
            }
            return false
        }
        guard let key = exchange.request.fields.first(.idempotencyKey), !key.isEmpty else { return false }
        guard key.utf8.count <= Limits.idempotencyKeyBytesMax else {
            throw .failed(
                GatewayError(
                    .invalidRequest, "An idempotency-key has at most \(Limits.idempotencyKeyBytesMax) bytes.",
                    parameter: "idempotency-key"))
        }
        return try await replay(exchange, call, key: key)
    }

    private func replay(_ exchange: Exchange, _ call: Call, key: String) async throws(Ending) -> Bool {
        let name = AnswerJournals.Name(owner: exchange.owner, text: "answer \(exchange.request.path) \(key)")
        let request = Self.digest(exchange.intake.body)
        while true {
            switch shared.journals.enter(name, request: request, now: loop.now.nanoseconds) {
            case .lead(let journal):
                exchange.journal = (name, journal)
                return false
            case .conflict:
                throw .failed(
                    GatewayError(
                        .invalidRequest, "This idempotency-key was used for another request.",
                        parameter: "idempotency-key"))
            case .follow(let journal):
                while journal.phase == .running {
                    await next(exchange, journal, after: .max)
                    try exchange.checkEnding()
                }
                guard journal.phase == .whole else { continue }
                try await pass(exchange, journal, after: 0)
                return true
            }
        }
    }

    /// Goes on with a stream behind the event that the client had last.
    private func resume(_ exchange: Exchange, _ place: StreamPlace) async throws(Ending) -> Bool {
        let name = AnswerJournals.Name(owner: exchange.owner, text: "stream \(place.exchange)")
        guard let journal = shared.journals.journal(name, now: loop.now.nanoseconds),
            journal.part(after: 0).place >= place.events
        else {
            throw .failed(
                GatewayError(
                    .notFound, "Nothing is known of the stream '\(place.exchange)' any more: ask again from the start.",
                    parameter: "last-event-id"))
        }
        try await pass(exchange, journal, after: place.events)
        return true
    }

    /// Passes on what is there and what comes, to the answer's end.
    private func pass(_ exchange: Exchange, _ journal: AnswerJournal, after start: Int) async throws(Ending) {
        let (contentType, isStream) = journal.head
        exchange.record.cache = "replay"
        exchange.record.streamed = isStream
        guard isStream else {
            var body = ByteBuffer()
            for part in journal.part(after: 0).events { body.writeImmutableBuffer(part) }
            exchange.keepAnswer(body)
            return answer(exchange, status: 200, contentType: contentType, body: body)
        }
        var place = start
        var writer = beginStream(exchange, contentType: contentType)
        while true {
            let part = journal.part(after: place)
            place = part.place
            for event in part.events { exchange.keepAnswerPart(event) }
            writer.write(part.events, to: exchange.connection)
            if part.phase == .whole { break }
            if part.phase == .failed {
                let error = GatewayError(.streamInterrupted, "The stream that this one goes on with broke off.")
                exchange.record.errorCode = error.code
                exchange.record.outcome = .truncated
                writer.write(
                    [ErrorBody.event(error, dialect: exchange.dialect, requestID: exchange.idText)],
                    to: exchange.connection)
                break
            }
            exchange.connection.flush()
            await next(exchange, journal, after: place)
            try exchange.checkEnding()
        }
        writer.end(exchange.connection)
        exchange.isAnswerWhole = true
    }

    /// Waits until there is more to read, or the exchange is to end.
    private func next(_ exchange: Exchange, _ journal: AnswerJournal, after place: Int) async {
        let loop = loop
        journal.watch(after: place) { loop.execute { exchange.wake() } }
        await exchange.wait()
    }

    private static func digest(_ body: ByteBuffer) -> TokenDigest? {
        body.withUnsafeReadableBytes { bytes in
            SHA256.hash(data: bytes).withUnsafeBytes { TokenDigest(digest: $0) }
        }
    }
}

/// Where a client lost a stream: `EXCHANGE-EVENTS`, as the stream's own `id:` lines say it.
struct StreamPlace: Equatable {
    let exchange: String
    /// How many events it has had.
    let events: Int

    init?(_ text: String) {
        guard let dash = text.lastIndex(of: "-"), let events = Int(text[text.index(after: dash)...]), events >= 0
        else { return nil }
        exchange = String(text[..<dash])
        self.events = events
    }
}
