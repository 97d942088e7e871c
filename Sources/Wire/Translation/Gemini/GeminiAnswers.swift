import Core
import NIOCore

/// Whole answers of `generateContent`.
enum GeminiAnswers {
    /// - Returns: nil for a body that is no such answer.
    static func read(_ body: ByteBuffer) throws(TranslationError) -> ChatAnswer? {
        let answer = try RawDocument.read(body) { document, view throws(TranslationError) -> ChatAnswer? in
            read(ProtoObject(document: document, view: view))
        }
        return answer ?? nil
    }

    private static func read(_ body: ProtoObject) -> ChatAnswer? {
        var answer = ChatAnswer(id: body.text("responseId"), model: body.text("modelVersion"), choices: [])
        if let candidates = body.objects("candidates"), !candidates.isEmpty {
            answer.choices = candidates.compactMap { $0.map { choice($0, id: answer.id) } }
        } else if body.object("promptFeedback")?.word("blockReason") != nil {
            var choice = ChatChoice()
            choice.finish = .filtered
            answer.choices = [choice]
        } else if body.object("usageMetadata") != nil {
            answer.choices = [ChatChoice()]
        } else {
            return nil
        }
        return answer
    }

    private static func choice(_ candidate: ProtoObject, id: RawText?) -> ChatChoice {
        var choice = ChatChoice()
        var calls = 0
        for part in candidate.object("content")?.objects("parts") ?? [] {
            guard let part, let piece = try? GeminiPart(part, "") else { continue }
            switch piece.content {
            case .text(let text, isThought: true):
                choice.parts.append(ChatPart(.thinking(text, signature: piece.signature)))
            case .text(let text, isThought: false):
                if !text.isEmpty { choice.parts.append(ChatPart(.text(text))) }
                if piece.signature != nil {
                    choice.parts.append(ChatPart(.thinking(RawText(""), signature: piece.signature)))
                }
            case .call(let given, let name, let arguments):
                let call = ToolCall(
                    id: given ?? GeminiCallID.made(id, calls), name: name, arguments: .object(arguments),
                    signature: piece.signature)
                calls += 1
                choice.parts.append(ChatPart(.toolCall(call)))
            // Only who asks for them in Gemini's own words gets images, or the code that Gemini ran.
            case .response, .inline, .file, .other: continue
            }
        }
        choice.logprobs = TokenLogprob.readGemini(candidate.view.object("logprobsResult"))
        choice.finish = GeminiFinish.reason(candidate.word("finishReason"), hasCalls: calls > 0)
        return choice
    }

    static func write(_ answer: ChatAnswer, usage: TokenUsage) -> ByteBuffer {
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("candidates")
        writer.beginArray()
        for (place, choice) in answer.choices.enumerated() { write(choice, place, &writer) }
        writer.endArray()
        writer.key("usageMetadata")
        writer.geminiUsage(usage)
        writer.member("modelVersion", answer.model ?? RawText(""))
        writer.member("responseId", answer.id ?? RawText(""))
        writer.endObject()
        return writer.buffer
    }

    private static func write(_ choice: ChatChoice, _ place: Int, _ writer: inout JSONWriter) {
        writer.beginObject()
        writer.key("content")
        writer.beginObject()
        writer.key("parts")
        writer.beginArray()
        for part in choice.parts { write(part, &writer) }
        writer.endArray()
        writer.member("role", "model")
        writer.endObject()
        writer.member("finishReason", GeminiFinish.word(choice.finish).description)
        writer.member("index", place)
        if !choice.logprobs.isEmpty {
            let sum = choice.logprobs.reduce(0) { $0 + (Double(String(buffer: $1.chosen.logprob.buffer)) ?? 0) }
            writer.member("avgLogprobs", .number(sum / Double(choice.logprobs.count)))
            writer.key("logprobsResult")
            writer.geminiLogprobs(choice.logprobs)
        }
        writer.endObject()
    }

    private static func write(_ part: ChatPart, _ writer: inout JSONWriter) {
        switch part.content {
        case .text(let text), .refusal(let text): writer.geminiText(text)
        case .thinking(let text, let signature):
            writer.geminiText(
                text, isThought: true, signature: signature.map { GeminiSignature.wrapped($0, .proof) })
        case .sealedThinking(let data):
            writer.geminiText(RawText(""), isThought: true, signature: GeminiSignature.wrapped(data, .sealed))
        case .toolCall(let call):
            writer.geminiCall(call, signature: call.signature.map { GeminiSignature.wrapped($0, .proof) })
        case .media, .toolResult, .other: break
        }
    }
}

/// Ids for calls that Gemini gave none: told apart by the answer they came in, so that no two of a conversation are
/// equal.
enum GeminiCallID {
    static func made(_ answer: RawText?, _ place: Int) -> RawText {
        RawText("call_" + (answer.map { $0.string + "_" } ?? "") + "\(place)")
    }
}

extension JSONWriter {
    /// `usageMetadata`: what was cached is part of the prompt, and thoughts stand beside the candidates' tokens.
    mutating func geminiUsage(_ usage: TokenUsage) {
        beginObject()
        member("promptTokenCount", usage.inputTotal)
        member("candidatesTokenCount", usage.outputTotal - usage.reasoning)
        member("totalTokenCount", usage.inputTotal + usage.outputTotal)
        if usage.cacheRead > 0 { member("cachedContentTokenCount", usage.cacheRead) }
        if usage.reasoning > 0 { member("thoughtsTokenCount", usage.reasoning) }
        endObject()
    }
}
