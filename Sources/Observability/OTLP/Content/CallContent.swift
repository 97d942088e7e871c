import NIOCore
import Wire

/// What was asked and answered, taken apart: of OpenAI's chat and Responses, of Anthropic's messages and Gemini's
/// contents.
///
/// Bodies that are cut, or in another form, have no messages; their text is there all the same.
struct CallContent {
    var input: [CallMessage] = []
    var output: [CallMessage] = []
    /// What the client offered as tools; each a JSON object as it was written.
    var tools: [String] = []
    /// Settings of the request that hold no content: name and JSON value.
    var parameters: [(name: String, json: String)] = []
    /// The newest thing asked; the whole body where no text was found in it.
    var asked: Text?
    var answered: Text?

    struct Text {
        var text: String
        var isJSON: Bool

        var mimeType: String { isJSON ? "application/json" : "text/plain" }
    }

    /// nil when neither body is there.
    init?(request: ByteBuffer?, response: ByteBuffer?) {
        guard request != nil || response != nil else { return nil }
        request?.withUnsafeReadableBytes { bytes in
            if let object = JSONObjectView(bytes) { takeRequest(object) }
        }
        response?.withUnsafeReadableBytes { bytes in
            if let object = JSONObjectView(bytes) { takeResponse(object) }
        }
        asked = Self.text(input.last { $0.saidText != nil }, request)
        answered = Self.text(output.first, response)
    }

    private static func text(_ message: CallMessage?, _ body: ByteBuffer?) -> Text? {
        if let text = message?.saidText, !text.isEmpty { return Text(text: text, isJSON: false) }
        guard let body else { return nil }
        return Text(text: String(buffer: body), isJSON: body.withUnsafeReadableBytes { JSONObjectView($0) } != nil)
    }

    // MARK: The request

    /// Settings that may be told without telling what was asked.
    private static let parameterNames: Set<String> = [
        "max_tokens", "max_completion_tokens", "max_output_tokens", "reasoning", "text", "temperature", "top_p",
        "top_k", "frequency_penalty",
        "presence_penalty", "stop", "stop_sequences", "seed", "n", "reasoning_effort", "response_format",
        "tool_choice", "dimensions", "encoding_format",
    ]

    private mutating func takeRequest(_ body: JSONObjectView) {
        for member in body.members where member.kind != .null {
            let name = body.key(member)
            if Self.parameterNames.contains(name) { parameters.append((name, body.text(member))) }
        }
        if let system = body.member("system") {
            input.append(CallMessage(role: "system", parts: CallPart.parts(of: system, in: body)))
        }
        for message in body.objects("messages") {
            input += CallMessage.messages(of: message, role: message.string("role") ?? "user")
        }
        let items = body.objects("input")
        if let instructions = body.member("instructions") {
            input.append(CallMessage(role: "system", parts: CallPart.parts(of: instructions, in: body)))
        }
        if items.contains(where: { $0.member("role") != nil || $0.member("type") != nil }) {
            input += CallMessage.messages(ofItems: items)
        } else if let prompt = body.member("prompt") ?? body.member("input") {
            input.append(CallMessage(role: "user", parts: CallPart.parts(of: prompt, in: body)))
        }
        takeGeminiRequest(body)
        if let list = body.member("tools"), list.kind == .array {
            tools = body.objects("tools").map { String(decoding: $0.bytes, as: UTF8.self) }
        }
    }

    // MARK: The answer

    private mutating func takeResponse(_ body: JSONObjectView) {
        for choice in body.objects("choices") {
            var message: CallMessage
            if let view = choice.object("message") {
                message =
                    CallMessage.messages(of: view, role: view.string("role") ?? "assistant").first
                    ?? CallMessage(role: "assistant", parts: [])
            } else {
                message = CallMessage(role: "assistant", parts: [.text(choice.string("text") ?? "")])
            }
            message.finishReason = choice.string("finish_reason")
            output.append(message)
        }
        takeGeminiAnswer(body)
        if body.member("choices") == nil, body.member("output") != nil {
            // All items are one message of the model's.
            let parts = CallMessage.messages(ofItems: body.objects("output")).flatMap(\.parts)
            var message = CallMessage(role: "assistant", parts: parts)
            message.finishReason = body.object("incomplete_details")?.string("reason") ?? body.string("status")
            output.append(message)
        } else if body.member("choices") == nil, let content = body.member("content") {
            var message = CallMessage(
                role: body.string("role") ?? "assistant", parts: CallPart.parts(of: content, in: body))
            message.finishReason = body.string("stop_reason")
            output.append(message)
        }
    }
}

extension JSONObjectView {
    /// The objects of a list.
    func objects(_ name: StaticString) -> [JSONObjectView] {
        guard let member = member(name), member.kind == .array else { return [] }
        let list = value(member)
        return JSONScanner.elements(of: list).compactMap {
            JSONObjectView(UnsafeRawBufferPointer(rebasing: list[$0]))
        }
    }

    /// A value as it is written.
    func text(_ member: JSONMember) -> String { String(decoding: value(member), as: UTF8.self) }
}
