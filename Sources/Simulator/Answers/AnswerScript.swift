import NIOCore

/// The body of an answer as timed pieces, made one at a time: a large answer is never held whole in its
/// dialect's form, and what waits for a slow reader is one piece.
struct AnswerScript {
    struct Step {
        let bytes: ByteBuffer
        /// To pass before the bytes go out, counted from the moment the step before was due.
        let wait: TimeAmount
        /// The bytes go out by themselves, not together with the next.
        let flushes: Bool
    }

    enum Ending {
        case complete
        /// The connection is closed in the middle of the HTTP message.
        case close
        /// Nothing more comes, and the connection stays.
        case stall
    }

    enum Item {
        case bytes(ByteBuffer)
        case event(StreamEvent)
        /// The event with the end of its JSON missing; a message of an event stream no longer has its checksum then.
        case broken(StreamEvent)
        /// The first half of the event's bytes, without its end.
        case half(StreamEvent)
        case error(ProviderError, requestID: String)
    }

    /// The largest piece of an answer that does not ask for smaller ones.
    static let pieceBytesMax = 16 * 1024

    let ending: Ending
    private let directive: Directive?
    private let form: (any AnswerForm)?
    private var items: ArraySlice<Item>
    private var pending = ByteBuffer()
    private var wait: TimeAmount
    private var sawPiece = false

    /// - Parameter wait: passes before the first byte.
    init(_ items: [Item], form: (any AnswerForm)?, directive: Directive?, wait: TimeAmount, ending: Ending) {
        self.items = items[...]
        self.form = form
        self.directive = directive
        self.wait = wait
        self.ending = ending
    }

    /// The next step; nil when it is time for the ending.
    mutating func next() -> Step? {
        var stepWait = directive?.dripPause ?? .zero
        if pending.readableBytes == 0 {
            while pending.readableBytes == 0 {
                guard let item = items.popFirst() else { return nil }
                open(item)
            }
            stepWait = wait
            wait = .zero
        }
        let length = min(directive?.chunkBytes ?? Self.pieceBytesMax, pending.readableBytes)
        guard let bytes = pending.readSlice(length: length) else { return nil }
        return Step(bytes: bytes, wait: stepWait, flushes: directive?.chunkBytes != nil)
    }

    private mutating func open(_ item: Item) {
        pending.clear()
        switch item {
        case .bytes(let bytes): pending = bytes
        case .event(let event):
            form?.write(event, into: &pending)
            addWait(event)
        case .broken(let event):
            form?.write(event, into: &pending)
            // Off go two newlines and the closing braces; on come the newlines again.
            pending.moveWriterIndex(to: max(0, pending.writerIndex - 6))
            pending.writeStaticString("\n\n")
            addWait(event)
        case .error(let error, let requestID): form?.write(error, requestID: requestID, into: &pending)
        case .half(let event):
            form?.write(event, into: &pending)
            pending.moveWriterIndex(to: pending.writerIndex / 2)
        }
    }

    /// The first token comes with the head; each later one, and each event, has its own pause.
    private mutating func addWait(_ event: StreamEvent) {
        guard let directive else { return }
        if event.isPiece {
            if sawPiece { wait = wait + directive.time(tokens: event.tokens) + directive.eventPause }
            sawPiece = true
        }
    }
}
