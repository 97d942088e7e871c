import Core
import NIOCore

/// A step of a streamed answer, apart from any dialect. Bytes are those of JSON strings, between their quotes; they are
/// valid only inside the call that gets them.
enum ChatEvent {
    case start(id: UnsafeRawBufferPointer?, model: UnsafeRawBufferPointer?)
    case begin(ChatBlock)
    /// More of the block that was begun last: text, thinking, or a tool's arguments as text.
    case delta(UnsafeRawBufferPointer)
    /// Of the tokens of the text that comes next.
    case logprobs([TokenLogprob])
    /// Proves that the block's thinking is the provider's own.
    case signature(UnsafeRawBufferPointer)
    case end
    case finish(FinishReason, stopSequence: UnsafeRawBufferPointer?)
    /// The provider failed inside its answer.
    case failure(type: UnsafeRawBufferPointer?, message: UnsafeRawBufferPointer)
}

enum ChatBlock {
    case text, thinking, refusal
    case toolCall(id: UnsafeRawBufferPointer, name: UnsafeRawBufferPointer)
    /// Thinking that only its provider can read.
    case sealedThinking(UnsafeRawBufferPointer)
}

/// Reads one dialect's streamed answers. Holds nothing but what it needs to know of the blocks before.
protocol ChatStreamReader {
    /// - Returns: whether the answer has said its last.
    mutating func read(_ event: borrowing SSEEvent, _ body: (ChatEvent) -> Void) -> Bool
}

/// Writes one dialect's streamed answers, event by event.
protocol ChatStreamWriter {
    mutating func write(_ event: ChatEvent, into output: inout ByteBuffer)
    /// The answer is whole: what ends a stream of this dialect.
    mutating func end(usage: TokenUsage, into output: inout ByteBuffer)
    /// A sign of life, where it must be one of this stream's own events.
    /// - Returns: whether there is one.
    mutating func keepAlive(into output: inout ByteBuffer) -> Bool
    /// The answer cannot go on, where that must be told by an event that knows of those before.
    /// - Parameters:
    ///   - code: OpenAI's word for it.
    ///   - message: the inside of a JSON string.
    /// - Returns: whether it was told.
    mutating func fail(code: String, message: ByteBuffer, into output: inout ByteBuffer) -> Bool
}

extension ChatStreamWriter {
    mutating func keepAlive(into output: inout ByteBuffer) -> Bool { false }
    mutating func fail(code: String, message: ByteBuffer, into output: inout ByteBuffer) -> Bool { false }
}

extension ByteBuffer {
    mutating func write(_ bytes: UnsafeRawBufferPointer) { writeBytes(bytes) }

    /// - Parameter escaped: the inside of a JSON string.
    mutating func writeQuoted(_ escaped: UnsafeRawBufferPointer) {
        writeInteger(UInt8(ascii: "\""))
        writeBytes(escaped)
        writeInteger(UInt8(ascii: "\""))
    }
}
