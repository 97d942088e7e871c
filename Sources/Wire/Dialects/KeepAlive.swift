public import NIOCore

extension Dialect {
    /// A sign of life that clients of the dialect skip: a comment for OpenAI's, a `ping` event for Anthropic's. Empty
    /// for Gemini's, whose clients take anything for an answer.
    public var keepAlive: ByteBuffer {
        switch self {
        case .openAI: KeepAlive.comment
        case .anthropic: KeepAlive.ping
        case .gemini: ByteBuffer()
        }
    }
}

private enum KeepAlive {
    static let comment = ByteBuffer(string: ": keep-alive\n\n")
    static let ping = ByteBuffer(string: "event: ping\ndata: {\"type\": \"ping\"}\n\n")
}
