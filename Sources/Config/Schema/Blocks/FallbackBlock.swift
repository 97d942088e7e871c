import Core
import Plan

/// An item of `fallbacks`.
enum FallbackBlock: Block {
    static let title = "fallback"
    static let summary = """
        What answers when all attempts at a model's targets have failed; the first of the list that can. Exactly one \
        of `model`, `template`, `http` and `error` stands in it. The answer says so in `x-headgate-fallback`, and the \
        record in `fallback`. Those of a model that stands in are not asked. A wrong request is never answered so.
        """
    static let example = """
        models:
          fast:
            targets: [ { provider: openai, model: gpt-4o-mini } ]
            fallbacks:
              - { model: small, on: [ unavailable, timeout, rate_limited ] }
              - { http: { url: "http://127.0.0.1:9000/answer", timeout: 2s } }
              - { template: "We are busy, {{user}}." }
              - { error: { message: "Please try again later.", retry_after: 30s } }
          small: { targets: [ { provider: openai, model: gpt-4.1-nano } ] }
        """
    static let laterKeys = ["cache"]

    static let model = Field<Self, String>(
        "model", .text("the name of a model", bytesMax: Limits.modelNameBytesMax),
        "Another entry of `models`, whose targets are tried. Whether the key may use it is not asked.")
    static let template = Field<Self, String>(
        "template", .text("a text"),
        "A text that is told as the model's answer, to chats. `{{NAME}}` stands for a tag, or for `model`, "
            + "`request_id`, `error` or `retry_after`.")
    static let http = Field<Self, Written<FallbackEndpointBlock>>(
        "http", .block(FallbackEndpointBlock.self), "An endpoint of your own whose text is told as the model's answer.")
    static let error = Field<Self, Written<FallbackErrorBlock>>(
        "error", .block(FallbackErrorBlock.self), "The failure, told in your own words.")
    static let on = Field<Self, [At<Reason>]>(
        "on", .list(.choice(of: Reason.self), minimum: 1), "The failures that it answers for; by default all.")
    static let fields: [any BlockField] = [model, template, http, error, on]

    enum Reason: String, Sendable, CaseIterable {
        case unavailable, timeout
        case rateLimited = "rate_limited"
        case contextLength = "context_length"
        case contentFilter = "content_filter"

        var reasons: Set<FailureReason> {
            switch self {
            case .unavailable: [.unavailable, .missing, .credential]
            case .timeout: [.timeout]
            case .rateLimited: [.rateLimited, .quotaExhausted]
            case .contextLength: [.contextLength]
            case .contentFilter: [.contentFilter]
            }
        }
    }
}

/// `http` of a fallback.
enum FallbackEndpointBlock: Block {
    static let title = "http"
    static let summary = """
        It is sent a POST with `{"request_id", "model", "reason", "tags", "request"}` as JSON, `request` being the \
        client's body, and answers 200 with `{"text": "..."}` or with plain text.
        """
    static let example = """
        models:
          fast:
            targets: [ { provider: openai } ]
            fallbacks: [ { http: { url: "http://127.0.0.1:9000/answer", timeout: 2s } } ]
        """

    static let url = Field<Self, String>("url", .exportURL, isRequired: true, "Where it is.")
    static let timeout = Field<Self, Int64>(
        "timeout", .duration(DurationLimits.timeouts), default: 2 * DurationLimits.second, "How long it may take.")
    static let fields: [any BlockField] = [url, timeout]
}

/// `error` of a fallback.
enum FallbackErrorBlock: Block {
    static let title = "error"
    static let summary = "The status stays what it would be; the words and the time to wait are yours."
    static let example = """
        models:
          fast:
            targets: [ { provider: openai } ]
            fallbacks: [ { error: { message: "Please try again later.", retry_after: 30s } } ]
        """

    static let message = Field<Self, String>(
        "message", .text("a text"), isRequired: true, "What the client is told.")
    static let retryAfter = Field<Self, Int64>(
        "retry_after", .duration(DurationLimits.server), "When it is worth another try.")
    static let fields: [any BlockField] = [message, retryAfter]
}
