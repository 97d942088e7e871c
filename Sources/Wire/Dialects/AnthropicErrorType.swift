/// The types of errors that Anthropic's clients know. Source: Anthropic's published API reference, "Errors".
enum AnthropicErrorType {
    /// - Parameter type: a provider's word for what went wrong; nil where it has none.
    static func nearest(to type: UnsafeRawBufferPointer?) -> StaticString {
        switch type.map({ JSONText.unescaped($0) }) {
        case "invalid_request_error", "context_length_exceeded", "validationException": "invalid_request_error"
        case "authentication_error": "authentication_error"
        case "billing_error", "insufficient_quota": "billing_error"
        case "permission_error": "permission_error"
        case "not_found_error": "not_found_error"
        case "request_too_large": "request_too_large"
        case "rate_limit_error", "rate_limit_exceeded", "requests", "tokens", "throttlingException": "rate_limit_error"
        case "timeout_error": "timeout_error"
        case "overloaded_error", "serviceUnavailableException": "overloaded_error"
        default: "api_error"
        }
    }
}
