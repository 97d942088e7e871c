public import NIOCore

/// What a client sends that goes to no model.
public struct IngestRequest: Sendable {
    public enum Kind: Sendable { case feedback, traces }

    public var kind: Kind
    public var project: String
    public var key: String?
    /// What may be kept of what this key sends.
    public var level: RecordLevel
    public var contentType: String
    public var body: ByteBuffer

    public init(
        kind: Kind, project: String, key: String?, level: RecordLevel, contentType: String, body: ByteBuffer
    ) {
        self.kind = kind
        self.project = project
        self.key = key
        self.level = level
        self.contentType = contentType
        self.body = body
    }
}

public struct IngestAnswer: Sendable {
    public var contentType: String
    public var body: ByteBuffer

    public init(contentType: String = "application/json", body: ByteBuffer) {
        self.contentType = contentType
        self.body = body
    }
}

/// Takes what goes to no model. Called on a loop: it must not block there, and answers once, from wherever it likes.
public protocol IngestSink: Sendable {
    func take(_ request: IngestRequest, _ done: @escaping @Sendable (Result<IngestAnswer, GatewayError>) -> Void)
}
