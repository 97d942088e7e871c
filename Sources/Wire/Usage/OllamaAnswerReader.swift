import Core

/// Reads Ollama's own chats, completions and embeddings: lines of JSON, of which the last says `done`, or that one
/// alone.
struct OllamaAnswerReader: AnswerReader {
    var observation = AnswerObservation()

    mutating func observe(piece: JSONObjectView, name: UnsafeRawBufferPointer) { observe(piece) }

    mutating func observe(_ answer: JSONObjectView) {
        var isTold = false
        for member in answer.members {
            let value = answer.value(member)
            switch member.kind {
            case .string where answer.isNamed(member, "model"):
                if observation.servedModel == nil { observation.servedModel = JSONText.string(value) }
            case .string where answer.isNamed(member, "done_reason"):
                observation.finishReason = JSONText.string(value)
            case .yes where answer.isNamed(member, "done"), .array where answer.isNamed(member, "embeddings"):
                isTold = true
            case .string where answer.isNamed(member, "error"):
                observation.sawError = true
            case .object where answer.isNamed(member, "message"), .string where answer.isNamed(member, "response"),
                .string where answer.isNamed(member, "thinking"):
                take(ContentScale.weigh(value, named: answer.bytes.name(member)))
            default: break
            }
        }
        guard isTold else { return }
        observation.sawTerminal = true
        if answer.member("embeddings") != nil { observation.sawContent = true }
        if let stated = OllamaUsage.done(answer) { observation.state(stated) }
    }

    private mutating func take(_ weight: ContentWeight) {
        if weight != ContentWeight() { observation.sawContent(weight) }
    }
}

/// What the numbers of Ollama's last line mean (Ollama's API documentation, "Generate a chat completion").
enum OllamaUsage {
    /// A prompt that stands in the cache as a whole has no count.
    /// - Returns: nil when the line states nothing.
    static func done(_ answer: JSONObjectView) -> TokenUsage? {
        let input = answer.count("prompt_eval_count")
        let output = answer.count("eval_count")
        guard input != nil || output != nil else { return nil }
        var result = TokenUsage()
        result.inputUncached = input ?? 0
        result.output = output ?? 0
        return result
    }
}
