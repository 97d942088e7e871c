public import NIOCore

/// Takes the record of every exchange that ended on one loop. Called on that loop only, synchronous, bounded.
public protocol RecordSink: AnyObject {
    /// - Returns: false when the record was dropped; the sink counts its drops.
    func append(_ record: borrowing ExchangeRecord) -> Bool
    /// Hands on what was gathered. Called now and then, and once before the loop ends.
    func flush()
}

/// A stage of a stream between the upstream's bytes and the client: it may hold, change or drop bytes.
///
/// What it holds is bounded by `Limits.streamEventBytesMax`.
public protocol StreamStage {
    mutating func push(_ bytes: ByteBuffer, into output: inout StageOutput) throws(StreamError)
    /// The upstream's stream ended: what is still held comes out.
    mutating func finish(into output: inout StageOutput) throws(StreamError)
}

/// Buffers that a stage lets through, in order.
public struct StageOutput {
    public private(set) var buffers: [ByteBuffer] = []

    public init() {}

    public mutating func append(_ buffer: ByteBuffer) {
        if buffer.readableBytes > 0 { buffers.append(buffer) }
    }

    public mutating func removeAll() { buffers.removeAll(keepingCapacity: true) }
}

/// A stream that cannot go on.
public enum StreamError: Error, Sendable, Equatable {
    /// One event is larger than `Limits.streamEventBytesMax`.
    case eventTooLarge
    /// The framing contradicts itself: nothing that follows can be read.
    case damaged
}
