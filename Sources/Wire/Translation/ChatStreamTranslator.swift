import Core
import NIOCore

/// Turns a provider's events into a client's, one by one: what an event says goes on before the next one is read.
public struct ChatStreamTranslator {
    private var reader: any ChatStreamReader
    private var writer: any ChatStreamWriter
    /// Stand for the answer's own.
    private let id: ByteBuffer
    private let model: ByteBuffer
    /// The provider said why the answer ended.
    private(set) var isFinished = false
    private var isEnded = false
    /// Kept where another provider may have to go on with the answer; nil: none may.
    private(set) var spoken: SpokenText?
    /// The provider told of an error, and the client was not told.
    private(set) var withheldError = false
    /// It goes on with what another provider has begun.
    private var continuation: Continuation?

    private struct Continuation {
        var trim: OverlapTrim
        /// The client still has the text open with which it goes on.
        var isInsideText: Bool
        var block = Block.none

        enum Block { case none, first, later, skipped }
    }

    init(reader: any ChatStreamReader, writer: any ChatStreamWriter, id: RawText, model: RawText) {
        self.reader = reader
        self.writer = writer
        self.id = id.escaped
        self.model = model.escaped
    }

    /// - Parameter usage: what is known of it by now; a stream's end tells it.
    mutating func take(_ event: borrowing SSEEvent, usage: TokenUsage, into output: inout ByteBuffer) {
        guard !isEnded else { return }
        if continuation != nil { return takeMore(event, usage: usage, into: &output) }
        var (finished, failed) = (isFinished, false)
        let (ownID, ownModel) = (id, model)
        let isLast = reader.read(event) { event in
            if case .finish = event { finished = true }
            if case .failure = event {
                failed = true
                // Where another provider may go on with it, the client need not hear of it.
                if spoken?.canBeContinued == true { return }
            }
            spoken?.observe(event)
            guard case .start(let id, let model) = event, id == nil || model == nil else {
                return writer.write(event, into: &output)
            }
            ownID.withUnsafeReadableBytes { ownID in
                ownModel.withUnsafeReadableBytes { ownModel in
                    writer.write(.start(id: id ?? ownID, model: model ?? ownModel), into: &output)
                }
            }
        }
        isFinished = finished
        // An error is an end by itself: no other follows it.
        if failed, spoken?.canBeContinued == true {
            withheldError = true
            return
        }
        if failed { isEnded = true }
        if isLast { end(usage: usage, into: &output) }
    }

    // MARK: Going on with another's answer

    /// Watches what is said, so that another provider can go on with it.
    public mutating func watch() { spoken = SpokenText() }

    /// The same stream to the client, read from another provider that goes on with what was said.
    /// - Returns: nil where nobody can.
    func continued(by reader: any ChatStreamReader) -> ChatStreamTranslator? {
        guard let spoken, spoken.canBeContinued, !isEnded else { return nil }
        var next = self
        next.reader = reader
        // Once: what follows is told by two already.
        next.spoken = nil
        next.withheldError = false
        next.continuation = Continuation(trim: OverlapTrim(after: spoken.text), isInsideText: spoken.isInsideText)
        return next
    }

    /// Of a stream that goes on with another's.
    private mutating func takeMore(_ event: borrowing SSEEvent, usage: TokenUsage, into output: inout ByteBuffer) {
        // Taken out for the call, because going on touches the rest.
        var reader = reader
        let isLast = reader.read(event) { event in
            if case .finish = event { isFinished = true }
            if case .failure = event { isEnded = true }
            goOn(event, into: &output)
        }
        self.reader = reader
        if isLast { end(usage: usage, into: &output) }
    }

    /// What has begun is not begun again: the first text goes on with the one that is open, and what the other provider
    /// thinks of it is its own.
    private mutating func goOn(_ event: ChatEvent, into output: inout ByteBuffer) {
        switch event {
        case .start: break
        case .begin(.text) where continuation?.isInsideText == true: continuation?.block = .first
        case .begin(.thinking), .begin(.sealedThinking): continuation?.block = .skipped
        case .begin:
            endOpenText(into: &output)
            continuation?.block = .later
            writer.write(event, into: &output)
        case .delta(let bytes):
            switch continuation?.block {
            case .first: if let text = continuation?.trim.push(bytes) { write(text, into: &output) }
            case .later: writer.write(event, into: &output)
            case .skipped, .some(.none), nil: break
            }
        // They are another model's, of words that are trimmed.
        case .logprobs: break
        case .signature: if continuation?.block == .later { writer.write(event, into: &output) }
        case .end:
            if continuation?.block == .first { endOpenText(into: &output) }
            if continuation?.block == .later { writer.write(event, into: &output) }
            continuation?.block = .none
        case .finish:
            endOpenText(into: &output)
            writer.write(event, into: &output)
        case .failure: writer.write(event, into: &output)
        }
    }

    private mutating func endOpenText(into output: inout ByteBuffer) {
        guard continuation?.isInsideText == true else { return }
        continuation?.isInsideText = false
        if let text = continuation?.trim.finish() { write(text, into: &output) }
        writer.write(.end, into: &output)
    }

    private mutating func write(_ text: ByteBuffer, into output: inout ByteBuffer) {
        text.withUnsafeReadableBytes { writer.write(.delta($0), into: &output) }
    }

    // MARK: The end

    /// The upstream's stream is over. One that has not said why it ended is not ended here either.
    mutating func finish(usage: TokenUsage, into output: inout ByteBuffer) {
        if isFinished { end(usage: usage, into: &output) }
    }

    /// - Returns: nil where any sign of life of the dialect will do.
    mutating func keepAlive() -> ByteBuffer? {
        var output = ByteBuffer()
        return writer.keepAlive(into: &output) ? output : nil
    }

    /// - Returns: nil where any error of the dialect will do.
    mutating func failure(_ error: GatewayError) -> ByteBuffer? {
        var output = ByteBuffer()
        let message = RawText(error.message).escaped
        let isTold = writer.fail(code: ResponseErrorCode.word(error.code), message: message, into: &output)
        return isTold ? output : nil
    }

    private mutating func end(usage: TokenUsage, into output: inout ByteBuffer) {
        guard !isEnded else { return }
        isEnded = true
        writer.end(usage: usage, into: &output)
    }
}
