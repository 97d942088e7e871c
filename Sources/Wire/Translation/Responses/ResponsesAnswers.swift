import Core
import NIOCore

/// Whole answers of OpenAI's Responses.
enum ResponsesAnswers {
    /// - Returns: nil for a body that is no such answer, or a failed one.
    static func read(_ body: ByteBuffer) throws(TranslationError) -> ChatAnswer? {
        let answer = try RawDocument.read(body) { document, view throws(TranslationError) -> ChatAnswer? in
            guard let items = document.objects(view, "output"), view.string("status") != "failed" else { return nil }
            var choice = ChatChoice()
            for item in items {
                guard let item else { continue }
                choice.parts += parts(item, document)
                for part in document.objects(item, "content") ?? [] {
                    choice.logprobs += TokenLogprob.read(part, "logprobs")
                }
            }
            let reason = view.object("incomplete_details")?.string("reason")
            choice.finish = ResponsesFinish.reason(incomplete: reason, choice.parts)
            return ChatAnswer(id: document.text(view, "id"), model: document.text(view, "model"), choices: [choice])
        }
        return answer ?? nil
    }

    /// None for what OpenAI's own tools make.
    private static func parts(_ item: JSONObjectView, _ document: RawDocument) -> [ChatPart] {
        switch item.string("type") {
        case "message":
            return (document.objects(item, "content") ?? []).compactMap { part in
                guard let part else { return nil }
                if let text = document.text(part, "text") { return ChatPart(.text(text)) }
                return document.text(part, "refusal").map { ChatPart(.refusal($0)) }
            }
        case "function_call":
            guard let id = document.text(item, "call_id"), let name = document.text(item, "name") else { return [] }
            let arguments = document.text(item, "arguments") ?? RawText("{}")
            return [ChatPart(.toolCall(ToolCall(id: id, name: name, arguments: .text(arguments))))]
        case "reasoning": return reasoning(item, document)
        default: return []
        }
    }

    private static func reasoning(_ item: JSONObjectView, _ document: RawDocument) -> [ChatPart] {
        var text = RawText("")
        for name in ["summary", "content"] as [StaticString] where text.isEmpty {
            for part in document.objects(item, name) ?? [] {
                guard let more = part.flatMap({ document.text($0, "text") }) else { continue }
                if !text.isEmpty { text.append("\\n\\n") }
                text.append(more)
            }
        }
        let sealed = document.text(item, "encrypted_content").map {
            SealedReasoning.marked(SealedReasoning.openAI, $0)
        }
        if !text.isEmpty { return [ChatPart(.thinking(text, signature: sealed))] }
        return sealed.map { [ChatPart(.sealedThinking($0))] } ?? []
    }

    static func write(_ answer: ChatAnswer, usage: TokenUsage, _ context: ChatAnswerContext) -> ByteBuffer {
        let choice = answer.choices.first ?? ChatChoice()
        let echo = context.echo ?? .empty
        let envelope = ResponseEnvelope(
            id: (answer.id ?? RawText(context.id)).escaped,
            model: (answer.model ?? RawText(context.model)).escaped,
            created: context.created, echo)
        let refused = choice.parts.contains { if case .refusal = $0.content { true } else { false } }
        let state = ResponseEnvelope.State(choice.finish, refused: refused)
        var items = ByteBuffer()
        var index = 0
        let parts = choice.partsWithSignaturesApart
        // Of an answer in several texts they stand with the first.
        var logprobs = choice.logprobs
        for (place, part) in parts.enumerated() {
            guard var item = item(part, envelope, echo, index) else { continue }
            if item.kind == .text {
                item.logprobs = logprobs
                logprobs = []
            }
            if index > 0 { items.writeStaticString(",") }
            let isLast = place == parts.count - 1
            item.write(status: isLast ? state.itemStatus : "completed", isWhole: true, into: &items)
            index += 1
        }
        var body = ByteBuffer()
        envelope.write(state, items: items, usage: usage, into: &body)
        return body
    }

    private static func item(
        _ part: ChatPart, _ envelope: ResponseEnvelope, _ echo: ChatRequestEcho, _ index: Int
    ) -> ResponseItem? {
        func item(_ kind: ResponseItem.Kind, _ body: RawText) -> ResponseItem {
            var item = ResponseItem(kind, suffix: envelope.suffix, index: index)
            item.body = body.escaped
            return item
        }
        switch part.content {
        case .text(let text): return item(.text, text)
        case .refusal(let text): return item(.refusal, text)
        case .thinking(let text, let signature):
            var item = item(.reasoning, text)
            item.sealed = signature.map { SealedReasoning.marked(SealedReasoning.signature, $0).escaped }
            return item
        case .sealedThinking(let data):
            var item = item(.reasoning, RawText(""))
            item.sealed = SealedReasoning.marked(SealedReasoning.data, data).escaped
            return item
        case .toolCall(let call):
            var item = ResponseItem(
                callOf: call.name.escaped, id: call.id.escaped, echo, suffix: envelope.suffix, index: index)
            switch call.arguments {
            case .text(let text): item.body = text.escaped
            case .object(let object): item.body = RawText(String(buffer: object.buffer)).escaped
            }
            return item
        case .media, .toolResult, .other: return nil
        }
    }
}

enum ResponsesFinish {
    /// - Parameter incomplete: `incomplete_details.reason`.
    static func reason(incomplete: String?, _ parts: [ChatPart]) -> FinishReason {
        var calls = false
        var refuses = false
        for part in parts {
            if case .toolCall = part.content { calls = true }
            if case .refusal = part.content { refuses = true }
        }
        return reason(incomplete: incomplete, calls: calls, refuses: refuses)
    }

    static func reason(incomplete: String?, calls: Bool, refuses: Bool) -> FinishReason {
        switch incomplete {
        case "content_filter": .filtered
        case .some: .length
        case nil: calls ? .toolCalls : refuses ? .filtered : .stop
        }
    }
}
