import NIOCore

/// How a client learns where an answer's body ends.
enum AnswerFraming {
    /// The head says how long it is.
    case length
    case chunked
    /// HTTP/1.0: the connection's end is the body's.
    case untilClose
    /// An answer to HEAD, or a status that has no body.
    case none
}

extension ClientConnection {
    private static let lastChunk = ByteBuffer(string: "0\r\n\r\n")
    private static let lineEnd = ByteBuffer(string: "\r\n")
    /// Pieces up to this size are copied into one buffer with their chunk's frame: one write instead of three.
    private static let copiedBytesMax = 4096

    /// Writes pieces of a body as one chunk where the framing has chunks.
    func write(_ pieces: [ByteBuffer], framing: AnswerFraming) {
        let count = pieces.reduce(0) { $0 + $1.readableBytes }
        guard count > 0 else { return }
        switch framing {
        case .none: return
        case .length, .untilClose: for piece in pieces { write(piece) }
        case .chunked:
            var frame = ByteBuffer()
            guard count <= Self.copiedBytesMax else {
                frame.writeString(String(count, radix: 16))
                frame.writeStaticString("\r\n")
                write(frame)
                for piece in pieces { write(piece) }
                return write(Self.lineEnd)
            }
            frame.reserveCapacity(count + 8)
            frame.writeString(String(count, radix: 16))
            frame.writeStaticString("\r\n")
            for piece in pieces { frame.writeImmutableBuffer(piece) }
            frame.writeStaticString("\r\n")
            write(frame)
        }
    }

    func writeEnd(framing: AnswerFraming) {
        if case .chunked = framing { write(Self.lastChunk) }
    }
}
