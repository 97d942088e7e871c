import Core

/// Reads Cohere's chats (version 2), streamed or not, its reranks and its embeddings.
struct CohereAnswerReader: AnswerReader {
    var observation = AnswerObservation()

    mutating func observe(piece: JSONObjectView, name: UnsafeRawBufferPointer) {
        guard let type = piece.string("type") else { return }
        switch type {
        case "message-end":
            observation.sawTerminal = true
            if let delta = piece.object("delta") {
                takeEnd(delta)
                if delta.string("error") != nil { observation.sawError = true }
            }
        case "content-start", "content-delta", "tool-plan-delta", "tool-call-start", "tool-call-delta":
            if let delta = piece.member("delta") { observation.sawContent(ContentScale.weigh(piece.value(delta))) }
        default: break
        }
    }

    mutating func observe(_ answer: JSONObjectView) {
        takeEnd(answer)
        observation.sawTerminal = true
        for member in answer.members {
            if answer.isNamed(member, "message") {
                // A string is an error's text.
                if member.kind == .object {
                    observation.sawContent(ContentScale.weigh(answer.value(member)))
                } else {
                    observation.sawError = true
                }
            } else if answer.isNamed(member, "results") || answer.isNamed(member, "embeddings") {
                observation.sawContent = true
            }
        }
    }

    private mutating func takeEnd(_ end: JSONObjectView) {
        if let reason = end.string("finish_reason") { observation.finishReason = reason }
        guard let usage = end.object("usage") ?? end.object("meta"), let stated = CohereUsage.billed(usage) else {
            return
        }
        observation.state(stated)
    }
}

/// What Cohere's usage means.
enum CohereUsage {
    /// `billed_units` are what is paid for; `tokens` also has what Cohere put around the prompt (Cohere's API
    /// reference, "Chat"). `search_units` is what reranks are billed by.
    /// - Returns: nil when the object states nothing.
    static func billed(_ usage: JSONObjectView) -> TokenUsage? {
        guard let units = usage.object("billed_units") ?? usage.object("tokens") else { return nil }
        let input = units.count("input_tokens")
        let image = units.count("image_tokens")
        let output = units.count("output_tokens")
        let searches = units.count("search_units")
        guard input != nil || image != nil || output != nil || searches != nil else { return nil }
        var result = TokenUsage()
        result.inputUncached = input ?? 0
        result.inputImage = image ?? 0
        result.output = output ?? 0
        result.searchUnits = searches ?? 0
        return result
    }
}
