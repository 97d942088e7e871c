public import Core

/// What has been seen of an answer so far.
public struct AnswerObservation: Sendable, Equatable {
    public var usage = TokenUsage()
    public var usageSource = UsageSource.none
    /// The usage was stated before the output was made and does not cover it.
    public var usageIsPartial = false
    public var servedModel: String?
    /// Of an answer that its provider may keep.
    public var objectID: String?
    /// The service tier that the provider says it served.
    public var serviceTier: String?
    /// What the provider itself says that the answer costs.
    public var statedCost: Money?
    public var finishReason: String?
    /// The first content (text, tool call, thinking) has passed.
    public var sawContent = false
    /// How much text has passed: content, arguments of tools, thinking.
    public var content = ContentWeight()
    /// The answer said that it is complete: without it a stream is truncated.
    public var sawTerminal = false
    /// The stream itself carried an error event.
    public var sawError = false
    /// The stream ended inside an event.
    public var endedInsideEvent = false
    /// Events that could not be read and were forwarded as they came.
    public var unreadableEvents = 0

    public init() {}

    /// The provider stated its usage; what it stated before is replaced.
    mutating func state(_ usage: TokenUsage) {
        self.usage = usage
        usageSource = .provider
        usageIsPartial = false
    }

    mutating func sawContent(_ weight: ContentWeight) {
        sawContent = true
        content += weight
    }
}

/// Reads a format's answers in passing; one per format.
public protocol AnswerReader {
    var observation: AnswerObservation { get set }
    /// One piece of a streamed answer: an event's data, a line, or an element of an array.
    /// - Parameter name: the event's name where the framing has one; a reader of events that name themselves passes
    ///   over it.
    mutating func observe(piece: JSONObjectView, name: UnsafeRawBufferPointer)
    /// A whole unstreamed answer.
    mutating func observe(_ answer: JSONObjectView)
}

extension AnswerReader {
    /// One event of a streamed answer.
    public mutating func observe(_ event: borrowing SSEEvent) {
        guard let data = event.data else { return observeBareError(event.raw) }
        if data.isEmpty { return }
        if data.isText("[DONE]") {
            observation.sawTerminal = true
        } else if let piece = JSONObjectView(data) {
            observe(piece: piece, name: event.name)
        } else {
            observation.unreadableEvents += 1
        }
    }

    /// Google's servers write an error into a stream as bare JSON, without `data:`.
    private mutating func observeBareError(_ raw: UnsafeRawBufferPointer) {
        guard raw.first == UInt8(ascii: "{"), let piece = JSONObjectView(raw), piece.member("error") != nil else {
            return
        }
        observation.sawError = true
    }
}
