public import Core

/// A span as OTLP carries it, apart from its events and links.
public struct OTLPSpan: Sendable, Equatable {
    public var traceID: TraceID
    public var spanID: SpanID
    public var parentSpanID: SpanID?
    public var name: String
    public var kind = Kind.unspecified
    /// Nanoseconds since 1970.
    public var startedAt: UInt64
    /// Nanoseconds since 1970.
    public var endedAt: UInt64
    public var attributes: [OTLPAttribute] = []
    public var status = Status.unset
    /// What the status says besides.
    public var statusMessage = ""
    /// The attributes of whatever made the span.
    public var resource: [OTLPAttribute] = []

    public enum Kind: Int, Sendable, CaseIterable {
        case unspecified, `internal`, server, client, producer, consumer
    }

    public enum Status: Int, Sendable, CaseIterable {
        case unset, ok, error
    }

    public init(
        traceID: TraceID, spanID: SpanID, parentSpanID: SpanID?, name: String, startedAt: UInt64, endedAt: UInt64
    ) {
        self.traceID = traceID
        self.spanID = spanID
        self.parentSpanID = parentSpanID
        self.name = name
        self.startedAt = startedAt
        self.endedAt = endedAt
    }

    /// The last attribute of this name.
    public subscript(key: String) -> OTLPValue? { attributes.last { $0.key == key }?.value }
}

/// A name and its value.
public struct OTLPAttribute: Sendable, Equatable {
    public var key: String
    public var value: OTLPValue

    public init(_ key: String, _ value: OTLPValue) {
        self.key = key
        self.value = value
    }
}

/// Anything that an attribute may hold.
public enum OTLPValue: Sendable, Equatable {
    case string(String)
    case int(Int64)
    case double(Double)
    case bool(Bool)
    case array([OTLPValue])
    case map([OTLPAttribute])
    case bytes([UInt8])
    /// An attribute without a value.
    case none

    public static func strings(_ texts: [String]) -> OTLPValue { .array(texts.map { .string($0) }) }
}

/// Why bytes are no export of spans.
public struct OTLPError: Error, Sendable, Equatable {
    public let explanation: String

    init(_ explanation: String) { self.explanation = explanation }
}
