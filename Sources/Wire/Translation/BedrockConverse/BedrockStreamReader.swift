import Core
import NIOCore

/// Reads events of ConverseStream, whose names stand in the headers of an AWS event stream. Only tools announce their
/// blocks: of others the first piece opens one.
struct BedrockStreamReader: ChatStreamReader {
    private var open = OpenBlock()
    private var calls = 0

    mutating func read(_ event: borrowing SSEEvent, _ body: (ChatEvent) -> Void) -> Bool {
        guard let data = event.data, let piece = JSONObjectView(data) else { return false }
        let name = event.name
        if name.isText("contentBlockDelta") {
            if let delta = piece.object("delta") { read(delta, body) }
        } else if name.isText("contentBlockStart") {
            begin(piece.object("start"), body)
        } else if name.isText("contentBlockStop") {
            open.close(body)
        } else if name.isText("messageStart") {
            body(.start(id: nil, model: nil))
        } else if name.isText("messageStop") {
            body(.finish(BedrockStop.reason(piece.string("stopReason")), stopSequence: nil))
        } else if name.isText("metadata") {
            return true
        } else if name.hasEnding("Exception") || name.isText("error") {
            let message = piece.inside("message") ?? piece.inside("Message") ?? piece.inside("originalMessage")
            body(.failure(type: name, message: message ?? ByteText.empty))
        }
        return false
    }

    private mutating func begin(_ start: JSONObjectView?, _ body: (ChatEvent) -> Void) {
        // A call with a type is one that Bedrock makes itself.
        guard let call = start?.object("toolUse"), call.member("type") == nil else { return open.turnToUnknown(body) }
        calls += 1
        let id = call.inside("toolUseId") ?? ByteText.empty
        open.turn(to: .toolCall(calls), .toolCall(id: id, name: call.inside("name") ?? ByteText.empty), body)
    }

    private mutating func read(_ delta: JSONObjectView, _ body: (ChatEvent) -> Void) {
        guard open.kind != .unknown else { return }
        if let text = delta.inside("text") {
            open.write(text, as: .text, .text, body)
        } else if let call = delta.object("toolUse") {
            if open.kind == .toolCall(calls), let input = call.inside("input") { body(.delta(input)) }
        } else if let reasoning = delta.object("reasoningContent") {
            if let sealed = reasoning.inside("redactedContent") {
                open.turn(to: .sealedThinking, .sealedThinking(sealed), body)
            } else if let text = reasoning.inside("text") {
                open.write(text, as: .thinking, .thinking, body)
            } else if let signature = reasoning.inside("signature") {
                open.turn(to: .thinking, .thinking, body)
                body(.signature(signature))
            }
        }
    }
}
