import Core
import NIOCore

/// Reads chunks of OpenAI's chat. Only the first choice counts: no other dialect has more in a stream.
struct OpenAIChatStreamReader: ChatStreamReader {
    private var hasStarted = false
    private var open = OpenBlock()

    mutating func read(_ event: borrowing SSEEvent, _ body: (ChatEvent) -> Void) -> Bool {
        guard let data = event.data, !data.isEmpty else { return false }
        if data.isText("[DONE]") { return true }
        guard let chunk = JSONObjectView(data) else { return false }
        if let error = chunk.object("error") {
            body(.failure(type: error.inside("type"), message: error.inside("message") ?? ByteText.empty))
            return false
        }
        if !hasStarted {
            hasStarted = true
            body(.start(id: chunk.inside("id"), model: chunk.inside("model")))
        }
        guard let choices = chunk.member("choices"), choices.kind == .array else { return false }
        JSONScanner.forEachElement(of: chunk.value(choices)) { element in
            guard let choice = JSONObjectView(element), choice.integer("index") ?? 0 == 0 else { return }
            read(choice, body)
        }
        return false
    }

    private mutating func read(_ choice: JSONObjectView, _ body: (ChatEvent) -> Void) {
        if let delta = choice.object("delta") {
            if let thinking = delta.inside("reasoning_content") ?? delta.inside("reasoning") {
                open.write(thinking, as: .thinking, .thinking, body)
            }
            let logprobs = TokenLogprob.read(choice.object("logprobs"), "content")
            if !logprobs.isEmpty { body(.logprobs(logprobs)) }
            if let text = delta.inside("content") { open.write(text, as: .text, .text, body) }
            if let refusal = delta.inside("refusal") { open.write(refusal, as: .refusal, .refusal, body) }
            if let calls = delta.member("tool_calls"), calls.kind == .array {
                JSONScanner.forEachElement(of: delta.value(calls)) { element in
                    if let call = JSONObjectView(element) { readCall(call, body) }
                }
            }
        }
        guard let reason = choice.string("finish_reason") else { return }
        open.close(body)
        body(.finish(OpenAIFinish.reason(reason), stopSequence: nil))
    }

    /// A call's name comes once, with its beginning; what follows is more of its arguments.
    private mutating func readCall(_ call: JSONObjectView, _ body: (ChatEvent) -> Void) {
        let index = call.integer("index") ?? 0
        let function = call.object("function")
        if open.kind != .toolCall(index), let name = function?.inside("name"), !name.isEmpty {
            open.turn(to: .toolCall(index), .toolCall(id: call.inside("id") ?? ByteText.empty, name: name), body)
        }
        if open.kind == .toolCall(index), let google = call.object("extra_content")?.object("google"),
            let signature = google.inside("thought_signature"), !signature.isEmpty
        {
            body(.signature(signature))
        }
        guard open.kind == .toolCall(index), let arguments = function?.inside("arguments"), !arguments.isEmpty else {
            return
        }
        body(.delta(arguments))
    }
}

/// Texts without characters.
enum ByteText {
    static var empty: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: nil, count: 0) }
    static var error: UnsafeRawBufferPointer { constant("error") }

    /// - Parameter text: lives as long as the program.
    static func constant(_ text: StaticString) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount)
    }
}

extension JSONObjectView {
    /// A string's bytes between its quotes; nil for anything else.
    func inside(_ name: StaticString) -> UnsafeRawBufferPointer? {
        guard let member = member(name), member.kind == .string else { return nil }
        return value(member).insideQuotes
    }
}
