public import NIOCore

/// A span that an application sent of itself: an agent's step, a tool, a retrieval.
public struct ApplicationSpan: Sendable, Equatable {
    public var project: String
    public var traceID: TraceID
    public var spanID: SpanID
    public var parentSpanID: SpanID?
    public var name: String
    /// `agent`, `tool`, ... where its attributes say, else the span's own kind.
    public var kind: String
    /// Microseconds since 1970.
    public var startedAt: Int64
    /// Microseconds.
    public var duration: Int64
    public var isError: Bool
    /// A JSON object.
    public var attributes: String

    public init(
        project: String, traceID: TraceID, spanID: SpanID, parentSpanID: SpanID?, name: String, kind: String,
        startedAt: Int64, duration: Int64, isError: Bool, attributes: String
    ) {
        self.project = project
        self.traceID = traceID
        self.spanID = spanID
        self.parentSpanID = parentSpanID
        self.name = name
        self.kind = kind
        self.startedAt = startedAt
        self.duration = duration
        self.isError = isError
        self.attributes = attributes
    }
}

/// What somebody, or an evaluation, thinks of an answer.
public struct Feedback: Sendable, Equatable {
    public enum Value: Sendable, Equatable {
        case number(Double)
        case flag(Bool)
        case category(String)
    }

    public var project: String
    public var key: String?
    /// Of the call; nil: of the whole trace.
    public var request: ExchangeID?
    public var trace: TraceID
    public var name: String
    public var value: Value
    public var label: String?
    public var comment: String?
    public var correction: String?
    /// Microseconds since 1970.
    public var at: Int64

    public init(
        project: String, key: String?, request: ExchangeID?, trace: TraceID, name: String, value: Value,
        label: String?, comment: String?, correction: String?, at: Int64
    ) {
        self.project = project
        self.key = key
        self.request = request
        self.trace = trace
        self.name = name
        self.value = value
        self.label = label
        self.comment = comment
        self.correction = correction
        self.at = at
    }
}

/// Feedback of one name, over calls.
public struct FeedbackRow: Sendable, Equatable {
    public var values: [String]
    public var name: String
    public var count: Int
    /// Of numbers, and of flags as 0 and 1; nil for categories.
    public var mean: Double?
    /// How often each category was given.
    public var categories: [String: Int]

    public init(values: [String], name: String, count: Int, mean: Double?, categories: [String: Int]) {
        self.values = values
        self.name = name
        self.count = count
        self.mean = mean
        self.categories = categories
    }
}

/// Keeps what comes after or around calls. All calls block.
public protocol SignalStore: Sendable {
    func write(_ spans: [ApplicationSpan]) throws(StoreError)
    func spans(of trace: TraceID, project: String?) throws(StoreError) -> [ApplicationSpan]
    func write(_ feedback: Feedback) throws(StoreError)
    /// By any dimension of the calls it is about.
    func feedback(by dimensions: [RecordDimension], _ filter: RecordFilter) throws(StoreError) -> [FeedbackRow]
}

/// What a client sends that goes to no model.
public struct IngestRequest: Sendable {
    public enum Kind: Sendable { case feedback, traces }

    public var kind: Kind
    public var project: String
    public var key: String?
    public var contentType: String
    public var body: ByteBuffer

    public init(kind: Kind, project: String, key: String?, contentType: String, body: ByteBuffer) {
        self.kind = kind
        self.project = project
        self.key = key
        self.contentType = contentType
        self.body = body
    }
}

public struct IngestAnswer: Sendable {
    public var contentType: String
    public var body: ByteBuffer

    public init(contentType: String, body: ByteBuffer) {
        self.contentType = contentType
        self.body = body
    }
}

/// Takes what goes to no model. Called on a loop: it must not block there, and answers from wherever it likes, once.
public protocol IngestSink: Sendable {
    func take(_ request: IngestRequest, _ done: @escaping @Sendable (Result<IngestAnswer, GatewayError>) -> Void)
}
