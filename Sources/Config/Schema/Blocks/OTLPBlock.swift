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
    static let endpoint = Field<Self, BaseURL>(
        "endpoint", .baseURL, isRequired: true, "Where spans are posted to; mostly it ends in `/v1/traces`.")
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
