/// A span that an application sent of itself: an agent's step, a tool, a retrieval.
public struct ApplicationSpan: Sendable, Equatable {
    public var project: String
    public var traceID: TraceID
    public var spanID: SpanID
    public var parentSpanID: SpanID?
    public var name: String
    /// `agent`, `tool`, `retriever`, ... where its attributes say so, else the span's own kind.
    public var kind: String
    /// Microseconds since 1970.
    public var startedAt: Int64
    /// Nanoseconds.
    public var duration: Int64
    /// What went wrong; empty where its status says no more than that something did; nil: nothing.
    public var error: String?
    public var user: String?
    public var session: String?
    /// A JSON object; nil where no content is kept.
    public var attributes: String?

    public init(
        project: String, traceID: TraceID, spanID: SpanID, parentSpanID: SpanID?, name: String, kind: String,
        startedAt: Int64, duration: Int64
    ) {
        self.project = project
        self.traceID = traceID
        self.spanID = spanID
        self.parentSpanID = parentSpanID
        self.name = name
        self.kind = kind
        self.startedAt = startedAt
        self.duration = duration
    }
}

/// The application's spans of a trace.
public struct TraceSpans: Sendable, Equatable {
    /// Oldest first.
    public var spans: [ApplicationSpan] = []
    /// How many stand here without their attributes, because all were too much to show together.
    public var withoutAttributes = 0
    /// Whether there are more spans than are shown together.
    public var isCut = false

    public init() {}
}

/// Keeps applications' spans. All calls block.
public protocol SpanStore: Sendable {
    /// A span that is written again replaces the first.
    func write(_ spans: [ApplicationSpan]) throws(StoreError)
    /// Of all projects.
    func spans(of trace: TraceID) throws(StoreError) -> TraceSpans
}
