import Core
import NIOCore
import Plan
import Policy
import Wire

/// Why an attempt gave no answer, or only a part of one.
enum AttemptFailure {
    /// The gateway itself could not begin it.
    case notBegun(GatewayError)
    case notConnected(ConnectError)
    /// The connection ended; before any byte of an answer, or inside one.
    ///
    /// - reused: it had served before and died without a byte, as kept connections do.
    case lost(reused: Bool, afterHead: Bool, detail: String?)
    case firstTokenTimeout
    case betweenTokensTimeout
}

/// One call to one target, on one connection. It gathers what the upstream sends until the exchange's task says what
/// is to be done with it.
///
/// Unchecked: it lives on its exchange's loop.
final class Attempt: @unchecked Sendable {
    private unowned let exchange: Exchange
    let needsFreshConnection: Bool
    let timeouts: Timeouts
    private let loop: any EventLoop
    private(set) var connection: UpstreamConnection?
    private(set) var isReused = false
    private var leaseTimer: Deadline?
    private(set) var leaseDeadline = NIODeadline.distantFuture

    private(set) var head: ResponseHead?
    /// The body so far, while nobody takes it as it comes.
    private(set) var held = ByteBuffer()
    private(set) var isComplete = false
    private(set) var failure: AttemptFailure?
    /// The task has turned away from this attempt.
    private(set) var isOver = false
    /// Its place among the record's attempts.
    var recordPlace = 0
    /// How its target's health counts it; nil where no account is kept.
    var tracker: TargetTracker?
    /// What it takes of its account's mirrored limits, until its answer tells them anew.
    var mirrored: (name: AccountMirrors.Name, demand: MirrorBucket.Demand)?
    /// Whoever takes the body as it comes.
    var pump: AnswerPump?
    /// Whoever holds the stream back until its first content.
    var opening: StreamOpening?
    /// Its connection has become a WebSocket.
    var isSession = false
    /// The task wants to know of the head at once, not only of the whole answer.
    var wakesAtHead = false

    /// Its answer is seen whole before it goes on, and is not to stop in its middle.
    private var waitsForWhole = false

    /// Something of an answer has come, though perhaps not its whole head.
    private var sawBytes = false
    private(set) var sentAt: NIODeadline?
    private(set) var headAt: NIODeadline?
    private(set) var endedAt: NIODeadline?

    /// When it ended, or this moment.
    var end: NIODeadline { endedAt ?? loop.now }

    init(_ exchange: Exchange, loop: any EventLoop, timeouts: Timeouts, fresh: Bool) {
        self.exchange = exchange
        self.loop = loop
        self.timeouts = timeouts
        needsFreshConnection = fresh
    }

    /// The upstream works for it, or has done so: what it answers is worth knowing even without a client.
    var isSent: Bool { sentAt != nil && failure == nil }

    // MARK: The connection

    func cannotBegin(_ error: GatewayError) {
        isOver = true
        failure = .notBegun(error)
    }

    /// The pool has none to give at once: it must within the connect timeout.
    func waitForLease(_ wheel: DeadlineWheel) {
        leaseDeadline = loop.now + .nanoseconds(timeouts.connect)
        let timer = Deadline(wheel) { [weak self] in self?.leaseFailed(.timedOut) }
        timer.set(leaseDeadline)
        leaseTimer = timer
    }

    func leased(_ connection: UpstreamConnection) {
        leaseTimer?.end()
        self.connection = connection
        isReused = connection.wasUsed
        exchange.wake()
    }

    /// Without effect on one that is over: its exchange may be gone.
    func leaseFailed(_ error: ConnectError) {
        guard !isOver, connection == nil, failure == nil else { return }
        leaseTimer?.end()
        isOver = true
        failure = .notConnected(error)
        exchange.wake()
    }

    /// - Parameters:
    ///   - limit: nanoseconds until something of its content must have come; nil: the exchange's own time counts.
    ///   - mayUpgrade: the request asks for another protocol.
    func send(_ pieces: [ByteBuffer], method: RequestMethod, limit: Int64?, mayUpgrade: Bool = false) {
        guard let connection else { return }
        sentAt = loop.now
        if let limit { connection.deadline.set(loop.now + .nanoseconds(limit)) }
        waitsForWhole = limit != nil && !wakesAtHead
        connection.send(pieces, method: method, mayUpgrade: mayUpgrade, for: self)
    }

    /// Ends the attempt; a connection that is still at work for it is closed.
    func abandon() {
        isOver = true
        leaseTimer?.end()
        guard let connection, !isComplete, failure == nil else { return }
        connection.abandon()
    }

    // MARK: What the connection tells

    func bytesArrived() { sawBytes = true }

    func receive(head: ResponseHead) {
        self.head = head
        headAt = loop.now
        if waitsForWhole { contentArrived() }
        if wakesAtHead { exchange.wake() }
    }

    func receive(_ bytes: ByteBuffer) {
        if let pump { return pump.receive(bytes) }
        if let opening {
            opening.push(bytes)
            if opening.isDecided { exchange.wake() }
            return
        }
        if waitsForWhole { contentArrived() }
        if held.readableBytes == 0 { held = bytes } else { held.writeImmutableBuffer(bytes) }
        if held.readableBytes > Limits.responseHoldBytesMax {
            connection?.pause()
            exchange.wake()
        }
    }

    /// The head has been passed on: a stream that lasts does not hold it in memory.
    func forgetHead() { head = nil }

    /// What was held, for the one who takes over.
    func takeHeld() -> ByteBuffer {
        defer { held = ByteBuffer() }
        return held
    }

    func readCompleted() { pump?.readCompleted() }

    func receiveEnd() {
        isComplete = true
        endedAt = loop.now
        if let pump { pump.upstreamEnded() }
        exchange.wake()
    }

    func connectionLost(_ detail: String?) {
        guard !isComplete, failure == nil else { return }
        endedAt = loop.now
        failure = .lost(reused: isReused && !sawBytes, afterHead: headAt != nil, detail: detail)
        exchange.wake()
    }

    /// Content has come: from now on the time between two pieces counts.
    func contentArrived() {
        // Sessions are silent for as long as people are.
        if isSession {
            connection?.deadline.clear()
        } else {
            connection?.deadline.set(loop.now + .nanoseconds(timeouts.betweenTokens))
        }
    }

    func deadlinePassed() {
        guard !isComplete, failure == nil else { return }
        endedAt = loop.now
        failure = pump?.sawContent == true ? .betweenTokensTimeout : .firstTokenTimeout
        isOver = true
        connection?.abandon()
        exchange.wake()
    }
}
