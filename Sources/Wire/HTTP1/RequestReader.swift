public import NIOCore

/// Reads the requests of one connection, pulled part by part: what is not pulled stays as bytes, so that a client that
/// sends ahead costs no more than the buffer it filled.
public struct RequestReader {
    public enum Part {
        case head(RequestHead)
        case body(ByteBuffer)
        case end
    }

    private enum State {
        case head(HeadEnd)
        case length(Int)
        case chunked(ChunkedBody)
        /// The head had no body to follow.
        case end
    }

    private let limits: HeadLimits
    private var buffer = ByteBuffer()
    private var state = State.head(HeadEnd())

    public init(limits: HeadLimits) { self.limits = limits }

    /// Bytes that came and were not pulled.
    public var heldBytes: Int { buffer.readableBytes }

    /// What came and was not pulled, for whoever reads on in another way.
    public mutating func takeHeld() -> ByteBuffer? {
        guard buffer.readableBytes > 0 else { return nil }
        defer { buffer = ByteBuffer() }
        return buffer
    }

    public mutating func append(_ bytes: ByteBuffer) {
        if buffer.readableBytes == 0 { buffer = bytes } else { buffer.writeImmutableBuffer(bytes) }
    }

    /// The next part; nil when more bytes are needed. After an error the connection can only be closed.
    public mutating func next() throws(MalformedMessage) -> Part? {
        switch state {
        case .head(let end): return try nextHead(end)
        case .length(let rest):
            let count = min(rest, buffer.readableBytes)
            guard count > 0, let body = take(count) else { return nil }
            state = count == rest ? .end : .length(rest - count)
            return .body(body)
        case .chunked(var chunks):
            let step = try chunks.next(&buffer)
            state = .chunked(chunks)
            switch step {
            case .data(let body): return .body(body)
            case .needsMore: return nil
            case .ended: break
            }
        case .end: break
        }
        state = .head(HeadEnd())
        return .end
    }

    private mutating func nextHead(_ begun: HeadEnd) throws(MalformedMessage) -> Part? {
        var end = begun
        if end.isUntouched { skipEmptyLines() }
        guard let first = buffer.readableBytesView.first, first != 0x0D || buffer.readableBytes > 1 else { return nil }
        // What is no method can be told at once, without waiting for its end: a TLS hello, say.
        guard Token.contains(first) else { throw .startLine }
        guard let length = try end.find(in: buffer) else {
            guard buffer.readableBytes <= limits.bytesMax else { throw .headTooLarge }
            state = .head(end)
            return nil
        }
        guard length <= limits.bytesMax, let bytes = take(length) else { throw .headTooLarge }
        let head = try RequestHead(bytes, fieldsMax: limits.fieldsMax)
        switch head.framing {
        case .none, .untilClose: state = .end
        case .length(let length): state = .length(length)
        case .chunked: state = .chunked(ChunkedBody())
        }
        return .head(head)
    }

    private mutating func take(_ count: Int) -> ByteBuffer? {
        if count < buffer.readableBytes { return buffer.readSlice(length: count) }
        defer { buffer = ByteBuffer() }
        return buffer
    }

    /// Line ends before a request line are let pass (RFC 9112, section 2.2).
    private mutating func skipEmptyLines() {
        while buffer.getInteger(at: buffer.readerIndex, as: UInt16.self) == 0x0D0A {
            buffer.moveReaderIndex(forwardBy: 2)
        }
    }
}
