import Core

/// An item of `otlp`.
enum OTLPBlock: Block {
    static let title = "otlp"
    static let summary = """
        A destination that calls are sent to as spans, over OTLP/HTTP: a collector, or what reads its protocol. Calls \
        whose `record` is `off` are not sent.
        """
    static let example = """
        otlp:
          - { endpoint: "https://otel.example/v1/traces", headers: { authorization: "Bearer ${OTEL_TOKEN}" } }
          - { endpoint: "http://127.0.0.1:6006/v1/traces", profile: openinference, content: true }
        """

    private static let settings = OTLPSettings(endpoint: "")
    static let endpoint = Field<Self, String>(
        "endpoint", .exportURL, isRequired: true, "Where spans are posted to; mostly it ends in `/v1/traces`.")
    static let profile = Field<Self, OTLPSettings.Profile>(
        "profile",
        .choice(OTLPSettings.Profile.allCases.map { (word: $0.rawValue, value: $0) }), default: settings.profile,
        "The names for a call's facts: OpenTelemetry's, now or next; OpenInference's, for Phoenix; or Langfuse's.")
    static let headers = Field<Self, [Named<String>]>(
        "headers", .map(names: "header field", .headerValue, nameProblem: HeaderText.problem),
        "Header fields of every request, such as a credential.")
    static let content = Field<Self, Bool>(
        "content", .boolean, default: settings.content,
        "Whether bodies are sent as well, as `record` redacts and cuts them; those of calls whose record is `full`.")
    static let fields: [any BlockField] = [endpoint, profile, headers, content]
}

extension ValueType where Value == String {
    /// Where something is posted to. An error does not repeat it: a misplaced password may stand in it.
    static let exportURL = ValueType.scalar(
        ScalarShape(name: "URL", expectation: "a URL", form: .pattern("^https?://[^@#]+$")), isSecret: true
    ) { text throws(ScalarProblem) in
        do throws(URLText.Problem) {
            let parts = try URLText.parts(text)
            guard parts.scheme == "http" || parts.scheme == "https" else {
                throw URLText.Problem(message: "expected a URL that begins with http:// or https://")
            }
            guard parts.user == nil, !parts.hasFragment else {
                throw URLText.Problem(
                    message: "the URL must hold no user, password or fragment; write a credential as one of 'headers'")
            }
            return text
        } catch {
            throw .message(error.message)
        }
    }
}
