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
            guard let frame = try Self.head(held) else { return }
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

    private mutating func take(_ frame: Frame) {
        held.moveReaderIndex(forwardBy: frame.headLength)
        defer { held.moveReaderIndex(forwardBy: frame.length) }
        // Copied: a slice would make the next bytes copy all that is held.
        let payload = held.readableBytesView.prefix(frame.length)
        guard let mask = frame.mask else {
            message.writeBytes(payload)
            return
        }
        for (place, byte) in payload.enumerated() { message.writeInteger(byte ^ mask[place % 4]) }
    }

    private struct Frame {
        let isLast: Bool
        let code: UInt8
        let headLength: Int
        let length: Int
        let mask: [UInt8]?
    }

    /// - Returns: nil when the head has not come as a whole.
    private static func head(_ bytes: ByteBuffer) throws(StreamError) -> Frame? {
        let start = bytes.readerIndex
        guard let first: UInt8 = bytes.getInteger(at: start), let second: UInt8 = bytes.getInteger(at: start + 1) else {
            return nil
        }
        // A bit that belongs to an extension: none was agreed on.
        guard first & 0x70 == 0 else { throw .damaged }
        var length = UInt64(second & 0x7F)
        var headLength = 2
        if length == 126 {
            guard let long: UInt16 = bytes.getInteger(at: start + 2) else { return nil }
            (length, headLength) = (UInt64(long), 4)
        } else if length == 127 {
            guard let long: UInt64 = bytes.getInteger(at: start + 2) else { return nil }
            (length, headLength) = (long, 10)
        }
        guard length < UInt64(Int32.max) else { throw .damaged }
        var mask: [UInt8]?
        if second & 0x80 != 0 {
            guard let bytes = bytes.getBytes(at: start + headLength, length: 4) else { return nil }
            (mask, headLength) = (bytes, headLength + 4)
        }
        return Frame(
            isLast: first & 0x80 != 0, code: first & 0x0F, headLength: headLength, length: Int(length), mask: mask)
    }
}
