import NIOCore

/// What a streamed answer has said so far, as far as another model could go on with it.
struct SpokenText {
    /// The inside of a JSON string.
    private(set) var text = ByteBuffer()
    private(set) var hasStarted = false
    private var open = Open.nothing
    /// A tool was called, or something was said that is no text: nobody else can go on behind it.
    private var isBeyondText = false
    private var hasFinished = false

    private enum Open { case nothing, text, thinking }

    /// A text is open, and nothing but text and finished thinking came before.
    var canBeContinued: Bool {
        hasStarted && !isBeyondText && !hasFinished && open != .thinking && text.readableBytes > 0
    }

    /// The block of text that others may go on with has not ended.
    var isInsideText: Bool { open == .text }

    mutating func observe(_ event: ChatEvent) {
        switch event {
        case .start: hasStarted = true
        case .begin(.text): open = .text
        case .begin(.thinking): open = .thinking
        case .begin: isBeyondText = true
        case .delta(let bytes): if open == .text { text.writeBytes(bytes) }
        case .end: open = .nothing
        case .finish: hasFinished = true
        case .logprobs, .signature, .failure: break
        }
        if text.readableBytes > Self.bytesMax { isBeyondText = true }
    }

    /// A longer answer is not asked to be continued.
    private static let bytesMax = 1024 * 1024
}

/// Takes from the beginning of a continuation what the answer had said already: models that are asked to go on like to
/// repeat the last words.
struct OverlapTrim {
    private let said: ByteBuffer
    private var held = ByteBuffer()
    private var isOver = false

    /// A shorter repetition may be meant.
    private static let least = 12
    private static let most = 256

    init(after said: ByteBuffer) { self.said = said }

    /// - Returns: what goes on to the client; nil: it must wait for more.
    mutating func push(_ bytes: UnsafeRawBufferPointer) -> ByteBuffer? {
        if isOver { return ByteBuffer(bytes: bytes) }
        held.writeBytes(bytes)
        return held.readableBytes < Self.most ? nil : finish()
    }

    /// The continuation ends, or is long enough to be judged.
    mutating func finish() -> ByteBuffer {
        guard !isOver else { return ByteBuffer() }
        isOver = true
        let (before, after) = (said.readableBytesView, held.readableBytesView)
        for length in stride(from: min(before.count, after.count), through: Self.least, by: -1)
        where before.last != UInt8(ascii: "\\") && before.suffix(length).elementsEqual(after.prefix(length)) {
            held.moveReaderIndex(forwardBy: length)
            break
        }
        return held
    }
}
