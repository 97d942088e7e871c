public import Core
public import NIOCore

/// An error of the gateway in the caller's dialect, as a body or as an event of a running stream.
public enum ErrorBody {
    /// - Parameter requestID: the exchange's id, told where the dialect has a place for it.
    public static func json(_ error: GatewayError, dialect: Dialect, requestID: String) -> ByteBuffer {
        var writer = JSONWriter()
        switch dialect {
        case .openAI: writeOpenAI(error, &writer)
        case .anthropic: writeAnthropic(error, requestID, &writer)
        case .gemini: writer.geminiError(error, requestID: requestID)
        }
        return writer.buffer
    }

    /// An upstream's error, told in another dialect than its own.
    public static func json(_ message: String, status: Int, dialect: Dialect, requestID: String) -> ByteBuffer {
        let type = type(ofStatus: status)
        var writer = JSONWriter()
        writer.beginObject()
        switch dialect {
        case .openAI:
            writer.key("error")
            writer.beginObject()
            writer.member("message", message)
            writer.member("type", type.openAI)
            writer.key("param")
            writer.null()
            writer.key("code")
            writer.null()
            writer.endObject()
        case .anthropic:
            writer.member("type", "error")
            writer.key("error")
            writer.beginObject()
            writer.member("type", type.anthropic)
            writer.member("message", message)
            writer.endObject()
            writer.member("request_id", requestID)
        case .gemini:
            writer.key("error")
            writer.beginObject()
            writer.member("code", status)
            writer.member("message", message)
            writer.member("status", GeminiStatus.word(status))
            writer.endObject()
        }
        writer.endObject()
        return writer.buffer
    }

    private static func type(ofStatus status: Int) -> (openAI: String, anthropic: String) {
        switch status {
        case 404: ("invalid_request_error", "not_found_error")
        case 413: ("invalid_request_error", "request_too_large")
        case 429: ("rate_limit_error", "rate_limit_error")
        case 400..<500: ("invalid_request_error", "invalid_request_error")
        case 503, 529: ("server_error", "overloaded_error")
        default: ("server_error", "api_error")
        }
    }

    /// The event that ends a stream which cannot go on.
    public static func event(_ error: GatewayError, dialect: Dialect, requestID: String) -> ByteBuffer {
        var event = ByteBuffer()
        switch dialect {
        case .openAI, .gemini: event.writeStaticString("data: ")
        case .anthropic: event.writeStaticString("event: error\ndata: ")
        }
        event.writeImmutableBuffer(json(error, dialect: dialect, requestID: requestID))
        event.writeStaticString("\n\n")
        return event
    }

    /// `{"error":{"message","type","param","code"}}`: the `error` key is what OpenAI's SDKs look for, in bodies and in
    /// streams.
    private static func writeOpenAI(_ error: GatewayError, _ writer: inout JSONWriter) {
        writer.beginObject()
        writer.key("error")
        writer.beginObject()
        writer.member("message", error.message)
        writer.member("type", error.code.openAIType)
        writer.key("param")
        if let parameter = error.parameter { writer.value(parameter) } else { writer.null() }
        writer.member("code", error.code.rawValue)
        writer.endObject()
        writer.endObject()
    }

    /// `{"type":"error","error":{"type","message","details"},"request_id"}`.
    private static func writeAnthropic(_ error: GatewayError, _ requestID: String, _ writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("type", "error")
        writer.key("error")
        writer.beginObject()
        writer.member("type", error.code.anthropicType)
        writer.member("message", error.message)
        writer.key("details")
        writer.beginObject()
        writer.member("error_code", error.code.rawValue)
        writer.memberIfPresent("parameter", error.parameter)
        writer.endObject()
        writer.endObject()
        writer.member("request_id", requestID)
        writer.endObject()
    }
}

extension ErrorCode {
    /// The word of OpenAI's error types.
    public var openAIType: String {
        switch self {
        case .invalidAPIKey: "authentication_error"
        case .permissionDenied: "permission_error"
        case .rateLimitExceeded, .budgetExceeded: "rate_limit_error"
        case .internalError, .upstreamError, .upstreamUnreachable, .overloaded, .upstreamTimeout, .streamInterrupted:
            "server_error"
        case .invalidRequest, .notFound, .modelNotFound, .methodNotAllowed, .requestTimeout, .requestTooLarge,
            .headersTooLarge:
            "invalid_request_error"
        }
    }

    /// The word of Anthropic's error types.
    public var anthropicType: String {
        switch self {
        case .invalidAPIKey: "authentication_error"
        case .permissionDenied: "permission_error"
        case .notFound, .modelNotFound: "not_found_error"
        case .requestTooLarge: "request_too_large"
        case .rateLimitExceeded, .budgetExceeded: "rate_limit_error"
        case .overloaded: "overloaded_error"
        case .internalError, .upstreamError, .upstreamUnreachable, .upstreamTimeout, .streamInterrupted: "api_error"
        case .invalidRequest, .methodNotAllowed, .requestTimeout, .headersTooLarge: "invalid_request_error"
        }
    }
}
