/// An error born in the gateway, told to the client in its own dialect.
///
/// `message` is for a person: what is wrong, where, and what to do. It never carries a prompt or a secret.
public struct GatewayError: Error, Sendable, Equatable {
    public var code: ErrorCode
    public var message: String
    /// The request's field that is wrong, as OpenAI's `param`.
    public var parameter: String?
    /// Seconds after which it is worth another try.
    public var retryAfterSeconds: Int?
    /// Another try cannot help, whatever the code says.
    public var isFinal: Bool

    public init(
        _ code: ErrorCode, _ message: String, parameter: String? = nil, retryAfterSeconds: Int? = nil,
        isFinal: Bool = false
    ) {
        self.code = code
        self.message = message
        self.parameter = parameter
        self.retryAfterSeconds = retryAfterSeconds
        self.isFinal = isFinal
    }

    /// What `x-should-retry` says.
    public var shouldRetry: Bool { code.shouldRetry && !isFinal }
}
