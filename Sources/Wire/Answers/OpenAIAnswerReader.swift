import Core

/// Reads chat completions, completions and embeddings in OpenAI's dialect, streamed or not.
///
/// `prompt_tokens` includes what was read from the cache and written to it; `completion_tokens` includes reasoning
/// (OpenAI's API reference, `CompletionUsage`). The buckets here are disjoint.
struct OpenAIAnswerReader: AnswerReader {
    var observation = AnswerObservation()

    /// Choices that were begun and that were finished, a bit for each.
    private var begun: UInt64 = 0
    private var finished: UInt64 = 0

    mutating func observe(_ event: borrowing SSEEvent) {
        guard let data = event.data, !data.isEmpty else { return }
        if data.elementsEqual(Self.done) {
            observation.sawTerminal = true
            return
        }
        guard let chunk = JSONObjectView(data) else {
            observation.unreadableEvents += 1
            return
        }
        observe(chunk)
    }

    mutating func observe(_ answer: JSONObjectView) {
        for member in answer.members {
            switch member.kind {
            case .array where answer.isNamed(member, "choices"):
                observeChoices(answer.value(member))
            case .object where answer.isNamed(member, "usage"):
                if let usage = JSONObjectView(answer.value(member)) { take(usage) }
            case .string where observation.servedModel == nil && answer.isNamed(member, "model"):
                observation.servedModel = JSONText.string(answer.value(member))
            case .object where answer.isNamed(member, "error"), .string where answer.isNamed(member, "error"):
                observation.sawError = true
            case .array where answer.isNamed(member, "data"):
                observation.sawContent = true
            default: break
            }
        }
    }

    private mutating func observeChoices(_ choices: UnsafeRawBufferPointer) {
        for range in JSONScanner.elements(of: choices) {
            guard let choice = JSONObjectView(UnsafeRawBufferPointer(rebasing: choices[range])) else { continue }
            let bit: UInt64 = 1 << UInt64(min(max(choice.integer("index") ?? 0, 0), 63))
            begun |= bit
            if let reason = choice.string("finish_reason") {
                observation.finishReason = reason
                finished |= bit
            }
            if observation.sawContent { continue }
            if let delta = choice.object("delta") ?? choice.object("message") {
                observation.sawContent = delta.members.contains { member in
                    !delta.isNamed(member, "role") && member.kind != .null
                        && !(member.kind == .string && member.valueRange.count == 2)
                }
            } else if let text = choice.member("text") {
                observation.sawContent = text.valueRange.count > 2
            }
        }
        // Without '[DONE]', the stream is whole when each of its choices has said why it ended.
        if begun != 0 && begun == finished { observation.sawTerminal = true }
        if begun != finished { observation.sawTerminal = false }
    }

    private mutating func take(_ usage: JSONObjectView) {
        let prompt = usage.integer("prompt_tokens") ?? 0
        let completion = usage.integer("completion_tokens") ?? 0
        let input = usage.object("prompt_tokens_details")
        let cached = min(input?.integer("cached_tokens") ?? 0, prompt)
        // OpenAI states no lifetime of cache writes; they stand in the shorter one's bucket.
        let written = min(input?.integer("cache_write_tokens") ?? 0, prompt - cached)
        let reasoning = min(
            usage.object("completion_tokens_details")?.integer("reasoning_tokens") ?? 0, completion)
        var result = TokenUsage()
        result.inputUncached = prompt - cached - written
        result.cacheRead = cached
        result.cacheWrite5m = written
        result.output = completion - reasoning
        result.reasoning = reasoning
        observation.usage = result
        observation.usageSource = .provider
    }

    private static let done = Array("[DONE]".utf8)
}
