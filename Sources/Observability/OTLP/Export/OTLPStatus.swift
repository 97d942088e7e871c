public import Core

/// How one destination of spans is.
public struct OTLPStatus: Sendable, Equatable {
    public var endpoint = ""
    public var profile = OTLPSettings.Profile.openTelemetry
    public var waitingSpans = 0
    public var sentSpans = 0
    /// Those that found no room, were refused, or could not be brought there.
    public var droppedSpans = 0
    /// Why the last batch did not arrive; nil: it did.
    public var failure: String?

    public init() {}
}
