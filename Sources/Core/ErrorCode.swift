/// The closed set of reasons for which the gateway itself refuses or fails a request.
///
/// The raw value is what clients see in `x-headgate-error` and what metrics use as a label. This is the one
/// place that maps a reason to a status; each dialect maps it to its own words in `Wire/Dialects`.
public enum ErrorCode: String, Sendable, CaseIterable {
    case invalidRequest = "invalid_request"
    case invalidAPIKey = "invalid_api_key"
    case permissionDenied = "permission_denied"
    case notFound = "not_found"
    case modelNotFound = "model_not_found"
    case methodNotAllowed = "method_not_allowed"
    case requestTimeout = "request_timeout"
    case requestTooLarge = "request_too_large"
    case headersTooLarge = "headers_too_large"
    case rateLimitExceeded = "rate_limit_exceeded"
    case budgetExceeded = "budget_exceeded"
    case internalError = "internal_error"
    case upstreamError = "upstream_error"
    case upstreamUnreachable = "upstream_unreachable"
    case overloaded
    case upstreamTimeout = "upstream_timeout"
    case streamInterrupted = "stream_interrupted"

    /// The HTTP status that goes with the reason. A stream that broke has its 200 already; 502 is what it would be.
    public var status: Int {
        switch self {
        case .invalidRequest: 400
        case .invalidAPIKey: 401
        case .permissionDenied: 403
        case .notFound, .modelNotFound: 404
        case .methodNotAllowed: 405
        case .requestTimeout: 408
        case .requestTooLarge: 413
        case .headersTooLarge: 431
        case .rateLimitExceeded, .budgetExceeded: 429
        case .internalError: 500
        case .upstreamError, .upstreamUnreachable, .streamInterrupted: 502
        case .overloaded: 503
        case .upstreamTimeout: 504
        }
    }

    /// Whether a client's SDK should send the request again; what `x-should-retry` says.
    public var shouldRetry: Bool {
        switch self {
        case .requestTimeout, .rateLimitExceeded, .upstreamUnreachable, .upstreamError, .upstreamTimeout, .overloaded,
            .streamInterrupted:
            true
        default:
            false
        }
    }
}
