import Core
import NIOCore
import Plan
import Policy
import Wire

/// One client request, from its head's first byte to its record.
///
/// Unchecked: it lives on its connection's loop, as do all who touch it.
final class Exchange: @unchecked Sendable {
    private(set) var request: RequestHead
    private(set) var client: ClientHead
    let connection: ClientConnection
    let startedAt: NIODeadline
    let id: ExchangeID
    private(set) lazy var idText = id.description
    private let loop: any EventLoop
    private let wheel: DeadlineWheel
    let keptAnswers: KeptAnswers
    var keptAnswerBytes = 0
    var answerHadNoRoom = false

    /// The configuration that counts for this exchange from its beginning to its end.
    let snapshot: Snapshot
    var endpoint: Endpoint?
    /// What stood for the pattern's `{...}`.
    var pathRest = ""
    /// Attempts whose cost is known or is known to be unknown.
    var pricedAttempts = 0
    var key: Key?
    var reserved = ReservedCall()
    /// The place of the class that the client's header names; nil: it names none.
    var namedPriority: Int?
    /// The place of its class.
    var priority: Int
    /// Where it holds room of which no attempt has made use yet.
    var room: TargetHealth?
    private let memory: MemoryBudget
    private var memoryBytes = 0
    var record: ExchangeRecord
    /// The client's word on sampling, which goes on to the upstream.
    let traceFlags: UInt8
    var attempt: Attempt?
    /// Where the answer is kept for the client to have it again; nil: nowhere.
    var journal: (name: AnswerJournals.Name, journal: AnswerJournal)?
    /// The answer was read to its end for that, though its client has left.
    var isKeptAnswerWhole = false
    /// The stream's events get numbers, so that the client can go on with it on another connection.
    var numbersEvents = false
    /// A second attempt beside it, because it is late.
    var hedge: Attempt?
    /// There was one: there is no other.
    var wasHedged = false
    var pump: AnswerPump?
    /// What came of URLs in the request that were fetched, by them.
    var fetched: [String: Result<FetchedMedia, FetchFailure>] = [:]
    /// Bytes of these, and of those that are on their way.
    var heldFileBytes = 0

    // The request.
    var intake: BodyIntake
    private(set) var isRequestComplete = false
    private(set) var requestCompletedAt: NIODeadline?

    // The answer.
    /// The head of an answer went out: from now on an error can only be told inside it.
    var hasAnswered = false
    /// The head of a stream went out before anything of it had come; nil: none did.
    var begunStream: AnswerFraming?
    /// The answer's framing told the client that it is whole.
    var isAnswerWhole = false
    var mustCloseConnection = false
    private(set) var ending: Ending?
    /// The client has left. The exchange goes on for a while all the same where the configuration wants its usage.
    private(set) var hasClientLeft = false
    private var drainTimer: Deadline?
    private var totalDue = NIODeadline.distantFuture
    /// Unsafe, because it is checked by its form: it is resumed where it is taken out.
    private var waiter: UnsafeContinuation<Void, Never>?

    /// - Parameters:
    ///   - now: microseconds since 1970.
    ///   - random: for the id and the span's.
    init(
        _ request: RequestHead, connection: ClientConnection, snapshot: Snapshot, loop: any EventLoop,
        wheel: DeadlineWheel, keptAnswers: KeptAnswers, memory: MemoryBudget, unixMicroseconds now: Int64,
        random: (UInt64, UInt64, UInt64)
    ) {
        self.request = request
        self.connection = connection
        self.snapshot = snapshot
        self.loop = loop
        self.wheel = wheel
        self.keptAnswers = keptAnswers
        self.memory = memory
        priority = snapshot.priority.defaultClass
        client = ClientHead(request)
        startedAt = loop.now
        id = ExchangeID(unixMilliseconds: UInt64(now / 1000), random: (random.0, random.1))
        let parent = client.traceParent
        // A trace that begins here has the exchange's own id: ids that sort by time are cheap to index.
        record = ExchangeRecord(
            id: id, traceID: parent?.trace ?? TraceID(high: id.high, low: id.low), spanID: SpanID(random.2),
            startedAtUnixMicroseconds: now)
        record.parentSpanID = parent?.span
        traceFlags = parent?.flags ?? 1
        record.method = request.methodText
        intake = BodyIntake(request, client, bytesMax: connection.settings.bodyBytesMax)
    }

    // MARK: What the connection tells

    func receive(_ bytes: ByteBuffer) {
        guard ending == nil else { return }
        do throws(GatewayError) {
            try intake.push(bytes)
            try holdMemory()
        } catch {
            fail(error)
        }
    }

    func requestEnded() {
        isRequestComplete = true
        requestCompletedAt = loop.now
        do throws(GatewayError) {
            try intake.finish()
        } catch {
            fail(error)
        }
        // What follows is waited for by the attempt, not by the body's time.
        connection.setDeadline(totalDue)
        wake()
    }

    /// The answer has begun, so that the request is not sent again: a stream that lasts does not hold its head. The
    /// body stays for the record and for an estimate of its input.
    func forgetRequest() {
        request.forget()
        client = ClientHead(request)
        intake.forget()
        forgetFiles()
    }

    /// What the body has grown by must have room.
    private func holdMemory() throws(GatewayError) {
        let grown = intake.body.readableBytes - memoryBytes
        guard grown > 0 else { return }
        guard memory.take(grown) else {
            mustCloseConnection = true
            throw .noMemory
        }
        memoryBytes += grown
    }

    /// - Returns: whether there is room for something beside the body; if so it is taken.
    func holdMemory(_ bytes: Int) -> Bool {
        guard memory.take(bytes) else { return false }
        memoryBytes += bytes
        return true
    }

    func releaseMemory(_ bytes: Int) {
        memory.give(bytes)
        memoryBytes -= bytes
    }

    func releaseMemory() {
        guard memoryBytes > 0 else { return }
        memory.give(memoryBytes)
        memoryBytes = 0
    }

    func clientLeft() {
        hasClientLeft = true
        let mayDrain = ending == nil && attempt?.isSent == true && attempt?.isSession == false
        if numbersEvents, mayDrain {
            readOn(Limits.resumeNanosecondsMax)
        } else if case .drain(let nanoseconds) = snapshot.onDisconnect, mayDrain {
            readOn(nanoseconds)
        } else {
            if ending == nil { ending = .clientLeft }
            wake()
        }
    }

    /// The upstream's answer is read to its end, for its usage; or until the time for that is over.
    private func readOn(_ nanoseconds: Int64) {
        let timer = Deadline(wheel) { [unowned self] in
            if ending == nil { ending = .clientLeft }
            wake()
        }
        timer.set(min(loop.now + .nanoseconds(nanoseconds), totalDue))
        drainTimer = timer
        pump?.clientBecameWritable()
    }

    /// The exchange is over.
    func end() { drainTimer?.end() }

    func clientBecameWritable() { pump?.clientBecameWritable() }

    func fail(_ error: GatewayError) {
        if ending == nil { ending = .failed(error) }
        wake()
    }

    // MARK: Time

    /// The whole exchange must have ended this long after its start; of several such times the first counts.
    func limitTotal(nanoseconds: Int64) {
        totalDue = min(totalDue, startedAt + .nanoseconds(nanoseconds))
        if isRequestComplete { connection.setDeadline(totalDue) }
    }

    /// A session lasts as long as people do: what was a time for an answer is none for it.
    func beginSession(nanoseconds: Int64) {
        totalDue = startedAt + .nanoseconds(nanoseconds)
        connection.setDeadline(totalDue)
    }

    /// Something is to be done at this time, unless the whole exchange's time is up before.
    func wakeConnection(at due: NIODeadline) { connection.setDeadline(min(due, totalDue)) }

    /// Nanoseconds until the whole exchange's time is up.
    var timeLeft: Int64 { max(0, (totalDue - loop.now).nanoseconds) }

    /// Nanoseconds that it let pass between its attempts.
    private(set) var pausedTime: Int64 = 0

    /// A sign of life for the client may be due, though nothing of its answer has come.
    private(set) var isSignDue = false

    func wakeForSign() { wakeConnection(at: loop.now + .nanoseconds(snapshot.server.keepAlive)) }

    /// Whether a sign of life is due now; asked for once each.
    func takeSign() -> Bool {
        defer { isSignDue = false }
        return isSignDue
    }

    /// Lets time pass, unless the exchange ends in it.
    func pause(nanoseconds: Int64) async throws(Ending) {
        let start = loop.now
        defer { pausedTime += (loop.now - start).nanoseconds }
        var isOver = false
        let timer = Deadline(wheel) { [unowned self] in
            isOver = true
            wake()
        }
        timer.set(loop.now + .nanoseconds(nanoseconds))
        defer { timer.end() }
        while !isOver {
            try checkEnding()
            await wait()
        }
        try checkEnding()
    }

    func deadlinePassed() {
        guard isRequestComplete else {
            mustCloseConnection = true
            return fail(
                GatewayError(
                    .requestTimeout,
                    "The request's body did not arrive in time: "
                        + "\(connection.settings.bodyTimeout / 1_000_000_000) s passed without a byte."))
        }
        if loop.now >= totalDue {
            fail(GatewayError(.upstreamTimeout, "The exchange took longer than its total timeout allows."))
        } else if let pump {
            pump.timePassed()
        } else {
            connection.setDeadline(totalDue)
            isSignDue = true
            wake()
        }
    }

    /// The sink has answered.
    private(set) var ingestResult: Result<IngestAnswer, GatewayError>?

    func ingested(_ result: Result<IngestAnswer, GatewayError>) {
        ingestResult = result
        wake()
    }

    // MARK: Waiting

    /// Suspends the exchange's task until something happens. It then looks at what did: nothing is passed along, so
    /// nothing can be lost or come twice.
    func wait() async {
        await withUnsafeContinuation { waiter = $0 }
    }

    func wake() {
        guard let waiter else { return }
        self.waiter = nil
        waiter.resume()
    }

    /// Throws when the client has left or the exchange was ended from outside.
    func checkEnding() throws(Ending) {
        if let ending { throw ending }
    }

    var keepsConnection: Bool {
        isRequestComplete && isAnswerWhole && !mustCloseConnection && !connection.willClose && request.keepsAlive
    }
}
