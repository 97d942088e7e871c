/// A destination of spans, as the configuration says.
public struct OTLPSettings: Sendable, Equatable {
    /// Under which names a call's facts go out.
    public enum Profile: String, Sendable, CaseIterable {
        /// OpenTelemetry's GenAI conventions as of 1.41: what backends understand today.
        case openTelemetry = "otel-1.41"
        /// The same conventions as they went on since.
        case openTelemetryNext = "otel-genai-next"
        /// Phoenix and Arize.
        case openInference = "openinference"
        case langfuse
    }

    /// Where spans are posted to.
    public var endpoint: String
    public var profile = Profile.openTelemetry
    /// Fields of the request's head; a credential is one of them.
    public var headers: [Header] = []
    /// Whether what was asked and answered goes out as well, redacted.
    public var content = false

    public struct Header: Sendable, Equatable {
        public var name: String
        public var value: Secret

        public init(name: String, value: Secret) {
            self.name = name
            self.value = value
        }
    }

    public init(endpoint: String) { self.endpoint = endpoint }

    /// The endpoint without its query, which may hold a credential; for logs and metrics.
    public var shownEndpoint: String { String(endpoint.prefix { $0 != "?" }) }
}
