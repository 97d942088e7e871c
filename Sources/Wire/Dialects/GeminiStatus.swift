/// The words of Google's error statuses. Source: `google.rpc.Code`, and its mapping to HTTP.
enum GeminiStatus {
    /// - Parameter code: an HTTP status.
    static func word(_ code: Int) -> String {
        switch code {
        case 401: "UNAUTHENTICATED"
        case 403: "PERMISSION_DENIED"
        case 404: "NOT_FOUND"
        case 408, 504: "DEADLINE_EXCEEDED"
        case 409: "ABORTED"
        case 429: "RESOURCE_EXHAUSTED"
        case 501: "UNIMPLEMENTED"
        case 502, 503, 529: "UNAVAILABLE"
        case 400..<500: "INVALID_ARGUMENT"
        default: "INTERNAL"
        }
    }

    /// - Parameter type: an error's, as OpenAI or Anthropic write it.
    /// - Returns: the HTTP status that comes nearest.
    static func code(ofType type: String?) -> Int {
        switch type {
        case "invalid_request_error": 400
        case "authentication_error": 401
        case "permission_error": 403
        case "not_found_error": 404
        case "rate_limit_error", "requests", "tokens", "insufficient_quota": 429
        case "overloaded_error": 503
        case "timeout_error": 504
        default: 500
        }
    }

    /// The type of error that OpenAI's and Anthropic's clients know for a status' word.
    static func commonType(_ word: String?) -> UnsafeRawBufferPointer {
        let type: StaticString =
            switch word {
            case "INVALID_ARGUMENT", "FAILED_PRECONDITION", "OUT_OF_RANGE": "invalid_request_error"
            case "UNAUTHENTICATED": "authentication_error"
            case "PERMISSION_DENIED": "permission_error"
            case "NOT_FOUND": "not_found_error"
            case "RESOURCE_EXHAUSTED": "rate_limit_error"
            case "UNAVAILABLE": "overloaded_error"
            case "DEADLINE_EXCEEDED": "timeout_error"
            default: "api_error"
            }
        return UnsafeRawBufferPointer(start: type.utf8Start, count: type.utf8CodeUnitCount)
    }
}
