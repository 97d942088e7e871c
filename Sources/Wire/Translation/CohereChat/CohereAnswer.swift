import NIOCore

/// Whole answers of Cohere's chat. What a model plans to do with its tools is thinking here.
enum CohereAnswer {
    /// - Returns: nil for a body that is no such answer.
    static func read(_ body: ByteBuffer) throws(TranslationError) -> ChatAnswer? {
        let answer = try RawDocument.read(body) { document, view throws(TranslationError) -> ChatAnswer? in
            guard let message = view.object("message") else { return nil }
            var choice = ChatChoice()
            choice.finish = CohereFinish.reason(view.string("finish_reason"))
            if let plan = document.text(message, "tool_plan"), !plan.isEmpty {
                choice.parts.append(ChatPart(.thinking(plan, signature: nil)))
            }
            for item in document.objects(message, "content") ?? [] {
                guard let item else { continue }
                if let text = document.text(item, "text") {
                    choice.parts.append(ChatPart(.text(text)))
                } else if let thinking = document.text(item, "thinking") {
                    choice.parts.append(ChatPart(.thinking(thinking, signature: nil)))
                }
            }
            choice.parts += document.functionCalls(message)
            choice.logprobs = (document.objects(view, "logprobs") ?? []).compactMap { item in
                item.flatMap { TokenLogprob.readCohere($0) }
            }
            return ChatAnswer(id: document.text(view, "id"), choices: [choice])
        }
        return answer ?? nil
    }
}
