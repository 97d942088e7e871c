import Core

/// Reads messages in Anthropic's dialect, streamed or not.
///
/// `input_tokens` excludes the cache; the usage of a `message_delta` is cumulative and replaces what was said before
/// (Anthropic's API reference, "Streaming messages").
struct AnthropicAnswerReader: AnswerReader {
    var observation = AnswerObservation()

    mutating func observe(_ event: borrowing SSEEvent) {
        guard let data = event.data, !data.isEmpty else { return }
        guard let message = JSONObjectView(data) else {
            observation.unreadableEvents += 1
            return
        }
        switch message.string("type") {
        case "message_start":
            if let start = message.object("message") { takeMessage(start) }
        case "content_block_delta", "content_block_start":
            observation.sawContent = true
        case "message_delta":
            if let reason = message.object("delta")?.string("stop_reason") { observation.finishReason = reason }
            if let usage = message.object("usage") { take(usage) }
        case "message_stop":
            observation.sawTerminal = true
        case "error":
            observation.sawError = true
        default:
            break
        }
    }

    mutating func observe(_ answer: JSONObjectView) {
        takeMessage(answer)
        observation.sawContent = true
        observation.sawTerminal = true
        observation.sawError = answer.string("type") == "error"
    }

    private mutating func takeMessage(_ message: JSONObjectView) {
        observation.servedModel = message.string("model") ?? observation.servedModel
        observation.finishReason = message.string("stop_reason") ?? observation.finishReason
        if let usage = message.object("usage") { take(usage) }
        // The answer of count_tokens is nothing but this number; counting is not using.
    }

    private mutating func take(_ usage: JSONObjectView) {
        var result = observation.usage
        if let tokens = usage.integer("input_tokens") { result.inputUncached = tokens }
        if let tokens = usage.integer("cache_read_input_tokens") { result.cacheRead = tokens }
        if let lifetimes = usage.object("cache_creation") {
            result.cacheWrite5m = lifetimes.integer("ephemeral_5m_input_tokens") ?? 0
            result.cacheWrite1h = lifetimes.integer("ephemeral_1h_input_tokens") ?? 0
        } else if let tokens = usage.integer("cache_creation_input_tokens"), result.cacheWrite1h == 0 {
            result.cacheWrite5m = tokens
        }
        if let tokens = usage.integer("output_tokens") { result.output = tokens }
        observation.usage = result
        observation.usageSource = .provider
    }
}
