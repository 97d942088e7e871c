import Core
import NIOHTTP1

/// What is told of a request that is not HTTP.
enum MalformedRequest {
    /// nil for errors that are not the request's (a reset connection, a failed handshake).
    static func refusal(for error: any Error) -> GatewayError? {
        guard let error = error as? HTTPParserError else { return nil }
        switch error {
        case .headerOverflow:
            return GatewayError(
                .headersTooLarge,
                "The request's header fields are too large or too many (\(Limits.requestHeaderFieldsMax) fields at most; "
                    + "their size is set by server.headers_max).")
        case .invalidChunkSize:
            return GatewayError(.invalidRequest, "The body's chunked framing is broken: a chunk size is not a number.")
        case .unexpectedContentLength, .invalidContentLength:
            return GatewayError(
                .invalidRequest, "The body's length is ambiguous: 'content-length' is wrong, repeated or given "
                    + "together with 'transfer-encoding'.")
        case .closedConnection, .invalidEOFState:
            return nil
        default:
            return GatewayError(.invalidRequest, "The request is not valid HTTP/1.1: \(error).")
        }
    }
}
