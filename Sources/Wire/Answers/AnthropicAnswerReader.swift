import Core

/// Reads messages in Anthropic's dialect, streamed or not.
struct AnthropicAnswerReader: AnswerReader {
    var observation = AnswerObservation()

    mutating func observe(piece: JSONObjectView, name: UnsafeRawBufferPointer) {
        guard let type = piece.member("type"), type.kind == .string else { return }
        let kind = piece.value(type).insideQuotes
        if kind.isText("content_block_delta") {
            observation.sawContent = true
            if let delta = piece.member("delta"), delta.kind == .object { takeDelta(piece.value(delta)) }
        } else if kind.isText("content_block_start") {
            observation.sawContent(weigh(piece, "content_block"))
        } else if kind.isText("message_start") {
            guard let start = piece.object("message") else { return }
            takeMessage(start)
            observation.usageIsPartial = observation.usageSource == .provider
        } else if kind.isText("message_delta") {
            if let reason = piece.object("delta")?.string("stop_reason") { observation.finishReason = reason }
            if let usage = piece.object("usage") { take(usage) }
        } else if kind.isText("message_stop") {
            observation.sawTerminal = true
        } else if kind.isText("error") {
            observation.sawError = true
        }
    }

    mutating func observe(_ answer: JSONObjectView) {
        takeMessage(answer)
        observation.sawError = answer.string("type") == "error"
        if answer.member("content") != nil { observation.sawContent(weigh(answer, "content")) }
        observation.sawTerminal = true
    }

    private mutating func takeMessage(_ message: JSONObjectView) {
        observation.servedModel = message.string("model") ?? observation.servedModel
        observation.finishReason = message.string("stop_reason") ?? observation.finishReason
        if let usage = message.object("usage") { take(usage) }
        // The answer of count_tokens is nothing but this number; counting is not using.
    }

    private mutating func take(_ usage: JSONObjectView) {
        if let stated = AnthropicUsage.messages(usage, after: observation.usage) { observation.state(stated) }
        if let tier = usage.string("service_tier") { observation.serviceTier = tier }
    }

    private mutating func takeDelta(_ delta: UnsafeRawBufferPointer) {
        JSONScanner.forEachMember(of: delta) { member in
            guard member.kind == .string,
                delta.isNamed(member, "text") || delta.isNamed(member, "thinking")
                    || delta.isNamed(member, "partial_json")
            else { return }
            observation.content.add(inside: delta.value(member).insideQuotes)
        }
    }

    private func weigh(_ view: JSONObjectView, _ name: StaticString) -> ContentWeight {
        guard let member = view.member(name) else { return ContentWeight() }
        return ContentScale.weigh(view.value(member))
    }
}
