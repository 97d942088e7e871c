import Core
import Wire

extension GatewayError {
    /// What is told of a request that is not HTTP.
    init(malformed reason: MalformedMessage, headerBytesMax: Int) {
        switch reason {
        case .headTooLarge:
            self.init(
                .headersTooLarge,
                "The request's header fields are larger than \(headerBytesMax) bytes (server.headers_max).")
        case .tooManyFields:
            self.init(
                .headersTooLarge, "The request has more than \(Limits.requestHeaderFieldsMax) header fields.")
        default:
            self.init(.invalidRequest, "The request is not valid HTTP/1.1: \(reason.explanation).")
        }
    }
}
