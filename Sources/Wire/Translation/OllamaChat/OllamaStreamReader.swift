import Core
import NIOCore

/// Reads the lines of Ollama's chat. A call of a tool comes whole.
struct OllamaStreamReader: ChatStreamReader {
    private var open = OpenBlock()
    private var hasStarted = false
    private var calls = 0

    mutating func read(_ event: borrowing SSEEvent, _ body: (ChatEvent) -> Void) -> Bool {
        guard let data = event.data, let line = JSONObjectView(data) else { return false }
        if let error = line.inside("error") {
            body(.failure(type: nil, message: error))
            return false
        }
        if !hasStarted {
            hasStarted = true
            body(.start(id: nil, model: line.inside("model")))
        }
        let logprobs = TokenLogprob.read(line, "logprobs")
        if !logprobs.isEmpty { body(.logprobs(logprobs)) }
        if let message = line.object("message") { read(message, line, body) }
        guard line.flag("done") == true else { return false }
        open.close(body)
        body(.finish(OllamaCall.finish(line.string("done_reason"), hasCalls: calls > 0), stopSequence: nil))
        return true
    }

    private mutating func read(_ message: JSONObjectView, _ line: JSONObjectView, _ body: (ChatEvent) -> Void) {
        if let thinking = message.inside("thinking") { open.write(thinking, as: .thinking, .thinking, body) }
        if let text = message.inside("content") { open.write(text, as: .text, .text, body) }
        guard let list = message.member("tool_calls"), list.kind == .array else { return }
        JSONScanner.forEachElement(of: message.value(list)) { element in
            guard let call = JSONObjectView(element), let function = call.object("function") else { return }
            readCall(call, function, created: line.string("created_at"), body)
        }
    }

    private mutating func readCall(
        _ call: JSONObjectView, _ function: JSONObjectView, created: String?, _ body: (ChatEvent) -> Void
    ) {
        let name = function.inside("name") ?? ByteText.empty
        let made = RawText(OllamaCall.id(created: created, number: calls)).escaped
        calls += 1
        made.withUnsafeReadableBytes { made in
            open.turn(to: .toolCall(calls), .toolCall(id: call.inside("id") ?? made, name: name), body)
        }
        guard let arguments = function.member("arguments") else { return }
        let text = RawText(String(decoding: function.value(arguments), as: UTF8.self)).escaped
        text.withUnsafeReadableBytes { body(.delta($0)) }
        open.close(body)
    }
}
