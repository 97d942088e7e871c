/// How an exchange ended.
public enum Outcome: String, Sendable {
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
    public var upstreamModel: String
    public var region: String
    public var upstreamRequestID: String?
    /// Nanoseconds from the exchange's start.
    public var startedAfter: Int64
    public var duration: Int64 = 0
    /// 0 when no head of an answer arrived.
    public var status = 0
    public var errorCode: ErrorCode?
    public var usage = TokenUsage()
    public var usageSource = UsageSource.none

    public init(provider: String, upstreamModel: String, region: String, startedAfter: Int64) {
        self.provider = provider
        self.upstreamModel = upstreamModel
        self.region = region
        self.startedAfter = startedAfter
    }

    /// `provider/model@region`.
    public var target: String { "\(provider)/\(upstreamModel)@\(region)" }
}

/// What is known of one exchange when it has ended; made exactly once for each, whatever happened.
///
/// Durations are nanoseconds; times of day are microseconds since 1970. It holds no prompt and no secret.
public struct ExchangeRecord: Sendable {
    public var id: ExchangeID
    public var startedAtUnixMicroseconds: Int64
    public var duration: Int64 = 0
    public var timeToFirstToken: Int64?
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
    public var attempts: [AttemptRecord] = []

    public init(id: ExchangeID, startedAtUnixMicroseconds: Int64) {
        self.id = id
        self.startedAtUnixMicroseconds = startedAtUnixMicroseconds
    }
}
