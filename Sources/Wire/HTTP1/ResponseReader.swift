public import NIOCore

/// Reads the answers that come on one connection to an upstream, one for each request that was sent.
public struct ResponseReader {
    public enum Part {
        case head(ResponseHead)
        case body(ByteBuffer)
        case end
    }

    private enum State {
        case idle
        case head(HeadEnd)
        case length(Int)
        case chunked(ChunkedBody)
        case untilClose
        /// The head had no body to follow.
        case end
    }

    private let limits: HeadLimits
    private var buffer = ByteBuffer()
    private var state = State.idle
    private var answersHEAD = false
    private var mayUpgrade = false

    public init(limits: HeadLimits) { self.limits = limits }

    /// A request was sent: its answer is what comes next.
    /// - Parameter mayUpgrade: the request asked for another protocol: what follows a 101 is its body.
    public mutating func expectAnswer(toHEAD answersHEAD: Bool, mayUpgrade: Bool = false) {
        self.answersHEAD = answersHEAD
        self.mayUpgrade = mayUpgrade
        state = .head(HeadEnd(toleratesBareLineFeed: true))
    }

    /// Bytes that belong to no answer.
    public var heldBytes: Int { buffer.readableBytes }

    public mutating func append(_ bytes: ByteBuffer) {
        if buffer.readableBytes == 0 { buffer = bytes } else { buffer.writeImmutableBuffer(bytes) }
    }

    /// The next part; nil when more bytes are needed, and always after `end`. After an error the connection can only be
    /// closed. Informational answers (1xx) are passed over.
    public mutating func next() throws(MalformedMessage) -> Part? {
        switch state {
        case .idle: return nil
        case .head(let end): return try nextHead(end)
        case .length(let rest):
            let count = min(rest, buffer.readableBytes)
            guard count > 0, let body = take(count) else { return nil }
            state = count == rest ? .end : .length(rest - count)
            return .body(body)
        case .untilClose:
            guard buffer.readableBytes > 0 else { return nil }
            return take(buffer.readableBytes).map { .body($0) }
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
        state = .idle
        return .end
    }

    /// The connection has ended.
    /// - Returns: whether that is the end of an answer whose body lasts as long as the connection.
    public mutating func connectionEnded() -> Bool {
        guard case .untilClose = state else { return false }
        state = .idle
        return true
    }

    private mutating func nextHead(_ begun: HeadEnd) throws(MalformedMessage) -> Part? {
        var end = begun
        while buffer.readableBytes > 0 {
            guard let length = try end.find(in: buffer) else {
                guard buffer.readableBytes <= limits.bytesMax else { throw .headTooLarge }
                break
            }
            guard length <= limits.bytesMax, let bytes = take(length) else { throw .headTooLarge }
            let head = try ResponseHead(
                bytes, fieldsMax: limits.fieldsMax, answersHEAD: answersHEAD, mayUpgrade: mayUpgrade)
            if head.status < 200 && head.status != 101 {
                end = HeadEnd(toleratesBareLineFeed: true)
                continue
            }
            switch head.framing {
            case .none: state = .end
            case .length(let length): state = .length(length)
            case .chunked: state = .chunked(ChunkedBody())
            case .untilClose: state = .untilClose
            }
            return .head(head)
        }
        state = .head(end)
        return nil
    }

    private mutating func take(_ count: Int) -> ByteBuffer? {
        if count < buffer.readableBytes { return buffer.readSlice(length: count) }
        defer { buffer = ByteBuffer() }
        return buffer
    }
}
