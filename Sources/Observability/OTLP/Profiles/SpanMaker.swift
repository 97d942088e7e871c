public import Core

/// Makes spans of calls, in the names that a destination understands.
public struct SpanMaker: Sendable {
    private let profile: any ExportProfile.Type
    private let version: String

    /// - Parameter version: the program's.
    public init(_ profile: OTLPSettings.Profile, version: String) {
        self.profile =
            switch profile {
            case .openTelemetry: OpenTelemetryProfile.self
            case .openTelemetryNext: OpenTelemetryNextProfile.self
            case .openInference: OpenInferenceProfile.self
            case .langfuse: LangfuseProfile.self
            }
        self.version = version
    }

    /// The call's span and, below it, one for each attempt.
    /// - Parameter withContent: whether bodies may be told; they must be redacted then.
    public func spans(of record: ExchangeRecord, withContent: Bool) -> [OTLPSpan] {
        let call = ExportedCall(record, withContent: withContent)
        let resource = resource(of: call)
        let start = UInt64(clamping: record.startedAtUnixMicroseconds) &* 1000
        var root = OTLPSpan(
            traceID: record.traceID, spanID: record.spanID, parentSpanID: record.parentSpanID, name: call.name,
            startedAt: start, endedAt: start &+ UInt64(clamping: record.duration))
        root.kind = .client
        root.attributes = profile.attributes(of: call)
        root.resource = resource
        if let error = call.errorType {
            root.status = .error
            root.statusMessage = record.errorMessage ?? error
        }
        let attempts = record.attempts.enumerated().map { number, attempt in
            span(of: attempt, number + 1, call, start: start, resource)
        }
        return [root] + attempts
    }

    /// It tells no usage and no cost under names that backends add up: the call's span does.
    private func span(
        of attempt: AttemptRecord, _ number: Int, _ call: ExportedCall, start: UInt64, _ resource: [OTLPAttribute]
    ) -> OTLPSpan {
        let start = start &+ UInt64(clamping: attempt.startedAfter)
        var span = OTLPSpan(
            traceID: call.record.traceID, spanID: attempt.spanID, parentSpanID: call.record.spanID,
            name: "attempt \(attempt.target)", startedAt: start, endedAt: start &+ UInt64(clamping: attempt.duration))
        span.kind = .client
        span.resource = resource
        var list = AttributeList()
        list.set(profile.attemptAttributes(of: call))
        list.set("headgate.attempt", number)
        list.set("headgate.provider", attempt.provider)
        list.set("headgate.upstream_model", attempt.upstreamModel)
        list.set("headgate.served_model", attempt.servedModel)
        list.set("headgate.region", attempt.region)
        list.set("headgate.upstream_request_id", attempt.upstreamRequestID)
        list.set("headgate.input_tokens", attempt.usage.inputTotal)
        list.set("headgate.output_tokens", attempt.usage.outputTotal)
        list.set("headgate.cost", attempt.cost?.usd)
        if attempt.status != 0 { list.set("http.response.status_code", attempt.status) }
        if let error = attempt.errorCode {
            list.set("error.type", error.rawValue)
            span.status = .error
        }
        span.attributes = list.attributes
        return span
    }

    private func resource(of call: ExportedCall) -> [OTLPAttribute] {
        var list = AttributeList()
        list.set("service.name", "headgate")
        list.set("service.version", version)
        list.set("deployment.environment.name", call.environment)
        list.set(profile.resourceAttributes(of: call))
        return list.attributes
    }
}

/// How a destination wants a call told.
protocol ExportProfile: SendableMetatype {
    /// Of the call's span.
    static func attributes(of call: ExportedCall) -> [OTLPAttribute]
    /// Of an attempt's span, besides what all profiles tell.
    static func attemptAttributes(of call: ExportedCall) -> [OTLPAttribute]
    /// Of the resource, besides what all profiles tell.
    static func resourceAttributes(of call: ExportedCall) -> [OTLPAttribute]
}

extension ExportProfile {
    static func attemptAttributes(of call: ExportedCall) -> [OTLPAttribute] { [] }
    static func resourceAttributes(of call: ExportedCall) -> [OTLPAttribute] { [] }
}
