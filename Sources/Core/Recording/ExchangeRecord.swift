public import NIOCore

/// How an exchange ended.
public enum Outcome: String, Sendable, CaseIterable {
    case ok
    /// An attempt was made and failed, or the gateway failed.
    case error
    /// The client left before its answer was complete.
    case clientClosed = "client_closed"
    /// The answer began and broke off.
    case truncated
    /// Refused before any attempt.
    case rejected
}

/// One call to one target.
public struct AttemptRecord: Sendable {
    public var provider: String
    /// The provider's kind: whose price list counts.
    public var providerKind: String
    public var upstreamModel: String
    /// The model that answered, in the provider's words.
    public var servedModel: String?
    /// The service tier that the provider says it served: `default`, `flex`, `priority`, `batch`.
    public var serviceTier: String?
    public var region: String
    public var spanID: SpanID
    public var upstreamRequestID: String?
    /// Nanoseconds from the exchange's start.
    public var startedAfter: Int64
    public var duration: Int64 = 0
    /// 0 when no head of an answer arrived.
    public var status = 0
    public var errorCode: ErrorCode?
    public var usage = TokenUsage()
    public var usageSource = UsageSource.none
    /// The cost that the provider itself stated (OpenRouter's `usage.cost`).
    public var statedCost: Money?
    /// nil: something was used and its price is unknown.
    public var cost: Money? = .zero

    public init(
        provider: String, providerKind: String, upstreamModel: String, region: String, spanID: SpanID,
        startedAfter: Int64
    ) {
        self.provider = provider
        self.providerKind = providerKind
        self.spanID = spanID
        self.upstreamModel = upstreamModel
        self.region = region
        self.startedAfter = startedAfter
    }

    /// `provider/model@region`.
    public var target: String { "\(provider)/\(upstreamModel)@\(region)" }
}

/// Files that were fetched from URLs in a request.
public struct FetchRecord: Sendable, Equatable {
    public var files = 0
    public var failures = 0
    /// Of all of them, those that failed included.
    public var bytes = 0
    /// Nanoseconds.
    public var duration: Int64 = 0

    public init() {}
}

/// What is known of one exchange when it has ended; made exactly once for each, whatever happened.
///
/// Durations are nanoseconds; times of day are microseconds since 1970. It holds no secret, and no prompt but in its
/// bodies.
public struct ExchangeRecord: Sendable {
    public var id: ExchangeID
    public var traceID: TraceID
    /// The gateway's own span.
    public var spanID: SpanID
    /// The client's span, where it sent a `traceparent`.
    public var parentSpanID: SpanID?
    public var startedAtUnixMicroseconds: Int64
    public var duration: Int64 = 0
    public var timeToFirstToken: Int64?
    /// Time spent waiting for room.
    public var queueTime: Int64 = 0
    /// The part of the duration that was not spent waiting for the client or the upstream.
    public var gatewayTime: Int64 = 0
    /// The endpoint's path as the table writes it, never the client's text.
    public var endpoint = ""
    public var method = ""
    public var project = "default"
    public var key: String?
    /// The client's address; behind a trusted proxy, the one that the proxy names.
    public var client: String?
    /// The name the client sent.
    public var model: String?
    /// The entry of `models` that answered for it.
    public var route: String?
    public var servedModel: String?
    public var serviceTier: String?
    public var status = 0
    public var outcome = Outcome.ok
    public var errorCode: ErrorCode?
    /// What the gateway said of the error; for the log.
    public var errorMessage: String?
    public var streamed = false
    public var finishReason: String?
    public var tags = Tags()
    public var requestBytes = 0
    public var responseBytes = 0
    /// Events of a same-dialect stream that could not be read and were forwarded as they came.
    public var unreadableEvents = 0
    /// Which kind of fallback answered; nil: none was needed.
    public var fallback: String?
    /// What the cache had for it: `hit`, `miss`, ...; nil: it was not asked.
    public var cache: String?
    /// Names of limits that refused or delayed it.
    public var limitsHit: [String] = []
    /// Members of the request that the provider's format could not say and that were left out.
    public var translationDropped: [String] = []
    public var fetch = FetchRecord()
    public var attempts: [AttemptRecord] = []
    public var level = RecordLevel.full
    /// Whether it is a call to a model, or was refused as one: what the gateway answers by itself is logged, not kept.
    public var isCall = true
    /// The bodies as they came, where they are kept; cut at `record.body_max`.
    public var requestBody: ByteBuffer?
    public var responseBody: ByteBuffer?

    public init(id: ExchangeID, traceID: TraceID, spanID: SpanID, startedAtUnixMicroseconds: Int64) {
        self.id = id
        self.traceID = traceID
        self.spanID = spanID
        self.startedAtUnixMicroseconds = startedAtUnixMicroseconds
    }

    /// What all attempts cost together; nil: something was used whose price is unknown.
    public var cost: Money? {
        var sum = Money.zero
        for attempt in attempts {
            guard let cost = attempt.cost else { return nil }
            sum += cost
        }
        return sum
    }

    /// What all attempts used together.
    public var usage: TokenUsage {
        guard let first = attempts.first else { return TokenUsage() }
        return attempts.dropFirst().reduce(into: first.usage) { $0 += $1.usage }
    }

    /// Of all attempts' sources, the one that is least to be trusted; those that used nothing aside.
    public var usageSource: UsageSource {
        if attempts.contains(where: { $0.usageSource == .estimated }) { return .estimated }
        if attempts.contains(where: { $0.usageSource == .counted }) { return .counted }
        return attempts.contains { $0.usageSource == .provider } ? .provider : .none
    }
}
