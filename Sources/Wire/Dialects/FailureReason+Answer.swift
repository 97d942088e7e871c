public import Core
public import NIOCore

extension FailureReason {
    /// What an upstream's answer that is no good one says of its reason.
    public init(status: Int, body: ByteBuffer?, format: AnswerFormat) {
        switch status {
        case 401, 403: self = .credential
        case 408, 504: self = .timeout
        case 429: self = .rateLimited
        case 404: self = .unavailable
        case 400..<500: self = .invalidRequest
        default: self = .unavailable
        }
    }
}
