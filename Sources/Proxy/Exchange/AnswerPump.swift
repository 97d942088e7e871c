import Core
import NIOCore
import Plan
import Wire

/// Carries an answer's body from the upstream's reads to the client's writes, without waking the exchange's task, and
/// reads it in passing.
final class AnswerPump {
    private let connection: ClientConnection
    private unowned let exchange: Exchange
    private var attempt: Attempt
    private let framing: AnswerFraming
    private let loop: any EventLoop
    private let dialect: Dialect
    /// nil: the bytes are no events, and pass as they come.
    private(set) var stage: EventStage?
    /// The client gets its events as the elements of an array.
    private var array: EventArray?
    /// Reads answers that pass as they come, where their format is known.
    private var meter: UsageMeter?
    private var metered: AnswerObservation?
    private var output = StageOutput()
    private let keepAliveNanoseconds: Int64
    private var lastArrival: NIODeadline
    private var isUnflushed = false
    private var numberedEvents = 0
    private var isPaused = false
    private(set) var sawContent = false
    private(set) var firstContentAt: NIODeadline?
    /// The stage cannot go on.
    private(set) var failure: StreamError?

    init(
        _ exchange: Exchange, attempt: Attempt, framing: AnswerFraming, opening: StreamOpening?, array: EventArray?,
        meter: UsageMeter?, loop: any EventLoop
    ) {
        self.exchange = exchange
        self.attempt = attempt
        self.framing = framing
        stage = opening?.stage
        self.array = array
        self.meter = meter
        self.loop = loop
        connection = exchange.connection
        dialect = exchange.dialect
        keepAliveNanoseconds = exchange.snapshot.server.keepAlive
        lastArrival = loop.now
        // Anything that comes of bytes that are no events is content.
        sawContent = stage == nil
        if givesSigns { exchange.wakeConnection(at: lastArrival + .nanoseconds(keepAliveNanoseconds)) }
    }

    /// Sends what was held back of a stream, and goes on with it from there.
    func takeOver(_ opening: StreamOpening) {
        for bytes in opening.received { exchange.keepAnswerPart(bytes) }
        sawContent = opening.firstContentAt != nil
        firstContentAt = opening.firstContentAt
        if sawContent { attempt.contentArrived() }
        output = opening.output
        writeOutput()
    }

    /// Goes on with a stream that broke off. Who reads comments is told who writes the rest.
    func goOn(_ next: Attempt, _ opening: StreamOpening, target: String) {
        attempt = next
        failure = nil
        // A client that was behind may still be: the next write shows.
        isPaused = false
        stage = opening.stage
        for bytes in opening.received { exchange.keepAnswerPart(bytes) }
        if array == nil {
            connection.write([ByteBuffer(string: ": headgate: continued by \(target)\n\n")], framing: framing)
        }
        lastArrival = loop.now
        attempt.contentArrived()
        output = opening.output
        writeOutput()
    }

    private var givesSigns: Bool { stage != nil && dialect.keepAlive.readableBytes > 0 }

    /// What only the answer's maker can read again, where that was asked for.
    var stateTokens: [Int] { stage?.stateTokens ?? [] }

    var observation: AnswerObservation { stage?.observation ?? metered ?? AnswerObservation() }

    /// The answer has ended, whole or not: what passed unread is made out.
    func finishMeter() {
        metered = meter?.finish()
        meter = nil
    }

    func receive(_ bytes: ByteBuffer) {
        guard failure == nil else { return }
        exchange.keepAnswerPart(bytes)
        lastArrival = loop.now
        guard stage != nil else {
            meter?.push(bytes)
            attempt.contentArrived()
            connection.write([bytes], framing: framing)
            isUnflushed = true
            return
        }
        do throws(StreamError) {
            try stage!.push(bytes, into: &output)
        } catch {
            failure = error
            return exchange.wake()
        }
        if sawContent {
            attempt.contentArrived()
        } else if stage!.observation.sawContent {
            sawContent = true
            firstContentAt = lastArrival
            attempt.contentArrived()
        }
        writeOutput()
    }

    private func writeOutput() {
        guard !output.buffers.isEmpty else { return }
        writeEvents(output.buffers)
        output.removeAll()
        isUnflushed = true
    }

    private func writeEvents(_ passed: [ByteBuffer]) {
        let events = exchange.numbersEvents ? numbered(passed) : passed
        if let (_, journal) = exchange.journal { for event in events { journal.append(event) } }
        guard array != nil else { return connection.write(events, framing: framing) }
        // An empty chunk would end the answer.
        let elements = events.compactMap { array?.push($0) }.filter { $0.readableBytes > 0 }
        if !elements.isEmpty { connection.write(elements, framing: framing) }
    }

    /// Each event with an `id:` line, by which the client can name the last one it had.
    private func numbered(_ passed: [ByteBuffer]) -> [ByteBuffer] {
        var events: [ByteBuffer] = []
        var splitter = SSESplitter()
        for bytes in passed {
            _ = try? splitter.push(bytes) { event in
                numberedEvents += 1
                var numbered = ByteBuffer(string: "id: \(exchange.idText)-\(numberedEvents)\n")
                numbered.writeBytes(event.raw)
                events.append(numbered)
            }
        }
        return events
    }

    /// One flush for everything that one read brought; a client that is behind stops the next read.
    func readCompleted() {
        guard isUnflushed else { return }
        isUnflushed = false
        connection.flush()
        if !connection.isWritable && !exchange.hasClientLeft && !isPaused {
            isPaused = true
            attempt.connection?.pause()
            // A slow client is not the upstream's silence.
            attempt.connection?.deadline.clear()
        }
    }

    func clientBecameWritable() {
        guard isPaused else { return }
        isPaused = false
        attempt.contentArrived()
        attempt.connection?.resume()
    }

    /// The upstream's stream is over: what its last event lacks is completed.
    func upstreamEnded() {
        guard stage != nil else { return }
        do throws(StreamError) {
            try stage!.finish(into: &output)
        } catch {
            failure = error
        }
        writeOutput()
    }

    /// The upstream has been silent: the client gets a sign of life, between two events.
    func timePassed() {
        // Behind the last event nothing may come, and the upstream has the time that is left.
        guard givesSigns, !observation.sawTerminal else { return exchange.wakeConnection(at: .distantFuture) }
        let now = loop.now
        if now - lastArrival >= .nanoseconds(keepAliveNanoseconds) && !isPaused {
            connection.write([stage!.keepAlive(dialect)], framing: framing)
            connection.flush()
            exchange.wakeConnection(at: now + .nanoseconds(keepAliveNanoseconds))
        } else {
            exchange.wakeConnection(at: max(lastArrival, now) + .nanoseconds(keepAliveNanoseconds))
        }
    }

    /// Ends the body. An error is told in the stream itself, between two events.
    func finish(error: GatewayError?) {
        if let error, stage != nil {
            writeEvents([stage!.failure(error, dialect, requestID: exchange.idText)])
        }
        if let end = array?.end() { connection.write([end], framing: framing) }
        connection.writeEnd(framing: framing)
        connection.flush()
    }
}
