import Core
import NIOCore

/// Reads events of Cohere's chat.
struct CohereStreamReader: ChatStreamReader {
    private var open = OpenBlock()
    private var calls = 0

    mutating func read(_ event: borrowing SSEEvent, _ body: (ChatEvent) -> Void) -> Bool {
        guard let data = event.data, let piece = JSONObjectView(data), let type = piece.inside("type") else {
            return false
        }
        let delta = piece.object("delta")
        let message = delta?.object("message")
        if type.isText("content-delta") || type.isText("content-start") {
            if let token = piece.object("logprobs").flatMap({ TokenLogprob.readCohere($0) }) {
                body(.logprobs([token]))
            }
            readContent(message?.object("content"), body)
        } else if type.isText("tool-plan-delta") {
            if let plan = message?.inside("tool_plan") { open.write(plan, as: .thinking, .thinking, body) }
        } else if type.isText("tool-call-start") {
            begin(message?.object("tool_calls"), body)
        } else if type.isText("tool-call-delta") {
            let function = message?.object("tool_calls")?.object("function")
            if open.kind == .toolCall(calls), let arguments = function?.inside("arguments"), !arguments.isEmpty {
                body(.delta(arguments))
            }
        } else if type.isText("content-end") || type.isText("tool-call-end") {
            open.close(body)
        } else if type.isText("message-start") {
            body(.start(id: piece.inside("id"), model: nil))
        } else if type.isText("message-end") {
            end(delta, body)
            return true
        }
        return false
    }

    private mutating func readContent(_ content: JSONObjectView?, _ body: (ChatEvent) -> Void) {
        if let text = content?.inside("text") { open.write(text, as: .text, .text, body) }
        if let thinking = content?.inside("thinking") { open.write(thinking, as: .thinking, .thinking, body) }
    }

    private mutating func begin(_ call: JSONObjectView?, _ body: (ChatEvent) -> Void) {
        calls += 1
        let function = call?.object("function")
        let id = call?.inside("id") ?? ByteText.empty
        open.turn(to: .toolCall(calls), .toolCall(id: id, name: function?.inside("name") ?? ByteText.empty), body)
        if let arguments = function?.inside("arguments"), !arguments.isEmpty { body(.delta(arguments)) }
    }

    private mutating func end(_ delta: JSONObjectView?, _ body: (ChatEvent) -> Void) {
        open.close(body)
        if let error = delta?.inside("error") {
            body(.failure(type: nil, message: error))
        } else if delta?.inside("finish_reason")?.isText("ERROR") == true {
            body(.failure(type: nil, message: ByteText.constant("the model failed")))
        } else {
            body(.finish(CohereFinish.reason(delta?.string("finish_reason")), stopSequence: nil))
        }
    }
}
