import NIOCore

/// Whole answers of Converse.
enum BedrockAnswer {
    /// - Returns: nil for a body that is no such answer.
    static func read(_ body: ByteBuffer) throws(TranslationError) -> ChatAnswer? {
        let answer = try RawDocument.read(body) { document, view throws(TranslationError) -> ChatAnswer? in
            guard let message = view.object("output")?.object("message"),
                let blocks = document.objects(message, "content")
            else { return nil }
            var choice = ChatChoice()
            choice.finish = BedrockStop.reason(view.string("stopReason"))
            for block in blocks { if let block { choice.parts += parts(block, document) } }
            return ChatAnswer(choices: [choice])
        }
        return answer ?? nil
    }

    /// Nothing for blocks that only Bedrock has, such as searches that it made itself.
    private static func parts(_ block: JSONObjectView, _ document: RawDocument) -> [ChatPart] {
        if let text = document.text(block, "text") { return [ChatPart(.text(text))] }
        if let call = block.object("toolUse"), let id = document.text(call, "toolUseId"),
            let name = document.text(call, "name")
        {
            let input = document.json(call, "input") ?? RawJSON(kind: .object, ByteBuffer(string: "{}"))
            return [ChatPart(.toolCall(ToolCall(id: id, name: name, arguments: .object(input))))]
        }
        if let reasoning = block.object("reasoningContent") {
            if let sealed = document.text(reasoning, "redactedContent") { return [ChatPart(.sealedThinking(sealed))] }
            guard let text = reasoning.object("reasoningText"), let words = document.text(text, "text") else {
                return []
            }
            return [ChatPart(.thinking(words, signature: document.text(text, "signature")))]
        }
        if let cited = block.object("citationsContent") {
            return (document.objects(cited, "content") ?? []).compactMap { piece in
                piece.flatMap { document.text($0, "text") }.map { ChatPart(.text($0)) }
            }
        }
        return []
    }
}
