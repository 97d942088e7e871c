import NIOCore

/// Whole answers of Ollama's chat.
enum OllamaAnswer {
    /// - Returns: nil for a body that is no such answer.
    static func read(_ body: ByteBuffer) throws(TranslationError) -> ChatAnswer? {
        let answer = try RawDocument.read(body) { document, view throws(TranslationError) -> ChatAnswer? in
            guard let message = view.object("message") else { return nil }
            var choice = ChatChoice()
            if let thinking = document.text(message, "thinking"), !thinking.isEmpty {
                choice.parts.append(ChatPart(.thinking(thinking, signature: nil)))
            }
            if let text = document.text(message, "content"), !text.isEmpty {
                choice.parts.append(ChatPart(.text(text)))
            }
            let created = view.string("created_at")
            var calls = 0
            for call in document.objects(message, "tool_calls") ?? [] {
                guard let call, let function = call.object("function"), let name = document.text(function, "name")
                else { continue }
                let id = document.text(call, "id") ?? RawText(OllamaCall.id(created: created, number: calls))
                let arguments = document.json(function, "arguments") ?? RawJSON(kind: .object, ByteBuffer(string: "{}"))
                choice.parts.append(ChatPart(.toolCall(ToolCall(id: id, name: name, arguments: .object(arguments)))))
                calls += 1
            }
            choice.logprobs = TokenLogprob.read(view, "logprobs")
            choice.finish = OllamaCall.finish(view.string("done_reason"), hasCalls: calls > 0)
            return ChatAnswer(model: document.text(view, "model"), choices: [choice])
        }
        return answer ?? nil
    }
}
