public import Core

/// What has been seen of an answer so far.
public struct AnswerObservation: Sendable, Equatable {
    public var usage = TokenUsage()
    public var usageSource = UsageSource.none
    public var servedModel: String?
    /// The service tier that the provider says it served.
    public var serviceTier: String?
    /// What the provider itself says that the answer costs.
    public var statedCost: Money?
    public var finishReason: String?
    /// The first content (text, tool call, thinking) has passed.
    public var sawContent = false
    /// The answer said that it is complete: without it a stream is truncated.
    public var sawTerminal = false
    /// The stream itself carried an error event.
    public var sawError = false
    /// The stream ended inside an event.
    public var endedInsideEvent = false
    /// Events that could not be read and were forwarded as they came.
    public var unreadableEvents = 0

    public init() {}
}

/// Reads a dialect's answers in passing; one per dialect.
public protocol AnswerReader {
    var observation: AnswerObservation { get set }
    /// One event of a streamed answer.
    mutating func observe(_ event: borrowing SSEEvent)
    /// A whole unstreamed answer.
    mutating func observe(_ answer: JSONObjectView)
}

extension Dialect {
    /// A reader for answers of this dialect.
    public func makeAnswerReader() -> any AnswerReader {
        switch self {
        case .openAI: OpenAIAnswerReader()
        case .anthropic: AnthropicAnswerReader()
        }
    }
}
