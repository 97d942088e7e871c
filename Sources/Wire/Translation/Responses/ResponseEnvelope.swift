import Core
import NIOCore

/// The response object around its items: what all its states have in common is written once and copied.
struct ResponseEnvelope {
    /// Of the provider's answer: what the ids of this response's items end in.
    let suffix: ByteBuffer
    private var head = ByteBuffer()

    /// - Parameters:
    ///   - id: the provider's, as the inside of a JSON string.
    ///   - created: seconds since 1970.
    init(id: ByteBuffer, model: ByteBuffer, created: Int, _ echo: ChatRequestEcho) {
        let prefix: StaticString = "resp_"
        let isOurs = SealedReasoning.unmarked(prefix, RawText(escaped: id))
        suffix = isOurs?.escaped ?? id
        head.writeStaticString("{\"id\":\"resp_")
        head.writeImmutableBuffer(suffix)
        head.writeString("\",\"object\":\"response\",\"created_at\":\(created),\"model\":")
        head.writeQuoted(model)
        head.writeImmutableBuffer(echo.members)
        head.writeStaticString(",\"service_tier\":\"default\",\"store\":false")
    }

    enum State {
        case inProgress, completed
        /// Why: `max_output_tokens` or `content_filter`.
        case incomplete(StaticString)
        /// The message is the inside of a JSON string.
        case failed(code: String, message: ByteBuffer)

        /// What ends an answer of this kind.
        /// - Parameter refused: the model said no in words of its own, which are an answer.
        init(_ finish: FinishReason, refused: Bool) {
            switch finish {
            case .length: self = .incomplete("max_output_tokens")
            case .filtered where !refused: self = .incomplete("content_filter")
            default: self = .completed
            }
        }

        var word: StaticString {
            switch self {
            case .inProgress: "in_progress"
            case .completed: "completed"
            case .incomplete: "incomplete"
            case .failed: "failed"
            }
        }

        /// Of the item that the answer ended in.
        var itemStatus: StaticString {
            if case .completed = self { "completed" } else { "incomplete" }
        }
    }

    /// - Parameters:
    ///   - items: the inside of `output`.
    ///   - usage: nil where it is not known yet.
    func write(_ state: State, items: ByteBuffer, usage: TokenUsage?, into output: inout ByteBuffer) {
        output.writeImmutableBuffer(head)
        output.writeStaticString(",\"status\":\"")
        output.writeStaticString(state.word)
        output.writeStaticString("\",\"error\":")
        if case .failed(let code, let message) = state {
            output.writeString("{\"code\":\"\(code)\",\"message\":")
            output.writeQuoted(message)
            output.writeStaticString("}")
        } else {
            output.writeStaticString("null")
        }
        output.writeStaticString(",\"incomplete_details\":")
        if case .incomplete(let reason) = state {
            output.writeStaticString("{\"reason\":\"")
            output.writeStaticString(reason)
            output.writeStaticString("\"}")
        } else {
            output.writeStaticString("null")
        }
        output.writeStaticString(",\"output\":[")
        output.writeImmutableBuffer(items)
        output.writeStaticString("],\"usage\":")
        if let usage {
            var writer = JSONWriter()
            writer.responsesUsage(usage)
            output.writeImmutableBuffer(writer.buffer)
        } else {
            output.writeStaticString("null")
        }
        output.writeStaticString("}")
    }
}

/// `error.code` of a response that failed. Codex tells by it whether to try again.
enum ResponseErrorCode {
    /// - Parameter type: the provider's word.
    static func word(_ type: UnsafeRawBufferPointer?) -> String {
        switch type.map({ JSONText.unescaped($0) }) {
        case "rate_limit_error", "rate_limit_exceeded", "RESOURCE_EXHAUSTED": "rate_limit_exceeded"
        case "overloaded_error", "overloaded", "server_is_overloaded": "server_is_overloaded"
        case "context_length_exceeded": "context_length_exceeded"
        case "insufficient_quota", "billing_error": "insufficient_quota"
        default: "server_error"
        }
    }

    static func word(_ code: ErrorCode) -> String {
        switch code {
        case .rateLimitExceeded, .budgetExceeded: "rate_limit_exceeded"
        case .overloaded: "server_is_overloaded"
        default: "server_error"
        }
    }
}

extension JSONWriter {
    /// `usage` of OpenAI's Responses: what was cached is part of the input, what was thought part of the output.
    mutating func responsesUsage(_ usage: TokenUsage) {
        beginObject()
        member("input_tokens", usage.inputTotal)
        key("input_tokens_details")
        beginObject()
        member("cached_tokens", usage.cacheRead)
        member("cache_write_tokens", usage.cacheWrite5m + usage.cacheWrite1h)
        endObject()
        member("output_tokens", usage.outputTotal)
        key("output_tokens_details")
        beginObject()
        member("reasoning_tokens", usage.reasoning)
        endObject()
        member("total_tokens", usage.inputTotal + usage.outputTotal)
        endObject()
    }
}
