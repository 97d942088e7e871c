import Core
import NIOCore

/// Cuts a stream of WebSocket frames into text messages, wherever the reads split it (RFC 6455, section 5). It only
/// listens: what it cannot read, it passes over to the end.
struct WebSocketMessages {
    private var held = ByteBuffer()
    private var message = ByteBuffer()
    private var isText = false
    /// Bytes of a frame that is not kept.
    private var skipped = 0

    /// Bytes of memory that are held.
    var heldCapacity: Int { held.storageCapacity + message.storageCapacity }

    /// - Throws: `damaged` where the frames cannot be followed any more.
    mutating func push(_ bytes: ByteBuffer, _ body: (UnsafeRawBufferPointer) -> Void) throws(StreamError) {
        // What was read is let go, so that a long session holds no more than one message.
        if held.readerIndex > 0 { held = ByteBuffer(bytes: held.readableBytesView) }
        if held.readableBytes == 0 { held = bytes } else { held.writeImmutableBuffer(bytes) }
        while true {
            if skipped > 0 {
                let count = min(skipped, held.readableBytes)
                held.moveReaderIndex(forwardBy: count)
                skipped -= count
                if skipped > 0 { return }
            }
            guard let frame = try WebSocketFrame(headOf: held) else { return }
            let isData = frame.code < 8
            if isData, frame.code != 0 { isText = frame.code == 1 }
            // Sound and what is too large is passed over; so is what controls the connection.
            guard isData, isText, message.readableBytes + frame.length <= Limits.streamEventBytesMax else {
                if isData { message = ByteBuffer() }
                if isData, isText { isText = false }
                held.moveReaderIndex(forwardBy: frame.headLength)
                skipped = frame.length
                continue
            }
            guard held.readableBytes >= frame.headLength + frame.length else { return }
            take(frame)
            guard frame.isLast else { continue }
            message.withUnsafeReadableBytes(body)
            message = ByteBuffer()
        }
    }

    private mutating func take(_ frame: WebSocketFrame) {
        // Copied: a slice would make the next bytes copy all that is held.
        message.writeUnmasked(held.part(frame.headLength..<(frame.headLength + frame.length)), frame.mask)
        held.moveReaderIndex(forwardBy: frame.headLength + frame.length)
    }
}
