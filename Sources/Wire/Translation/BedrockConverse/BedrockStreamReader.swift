import Core
import NIOCore

/// Reads events of ConverseStream, whose names stand in the headers of an AWS event stream. Only tools announce their
/// blocks: of others the first piece opens one.
struct BedrockStreamReader: ChatStreamReader {
    private enum Open { case none, text, thinking, sealed, tool, skipped }

    private var open = Open.none

    mutating func read(_ event: borrowing SSEEvent, _ body: (ChatEvent) -> Void) -> Bool {
        guard let data = event.data, let piece = JSONObjectView(data) else { return false }
        let name = event.name
        if name.isText("contentBlockDelta") {
            if let delta = piece.object("delta") { read(delta, body) }
        } else if name.isText("contentBlockStart") {
            begin(piece.object("start"), body)
        } else if name.isText("contentBlockStop") {
            end(body)
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
        end(body)
        guard let call = start?.object("toolUse"), call.member("type") == nil else {
            open = .skipped
            return
        }
        open = .tool
        body(
            .begin(
                .toolCall(
                    id: call.inside("toolUseId") ?? ByteText.empty, name: call.inside("name") ?? ByteText.empty)))
    }

    private mutating func read(_ delta: JSONObjectView, _ body: (ChatEvent) -> Void) {
        if let text = delta.inside("text") {
            become(.text, .text, body)
            if open == .text { body(.delta(text)) }
        } else if let call = delta.object("toolUse") {
            if open == .tool, let input = call.inside("input") { body(.delta(input)) }
        } else if let reasoning = delta.object("reasoningContent") {
            if let sealed = reasoning.inside("redactedContent") {
                become(.sealed, .sealedThinking(sealed), body)
            } else if let text = reasoning.inside("text") {
                become(.thinking, .thinking, body)
                body(.delta(text))
            } else if let signature = reasoning.inside("signature") {
                become(.thinking, .thinking, body)
                body(.signature(signature))
            }
        }
    }

    /// Opens a block of this kind unless it is open.
    private mutating func become(_ kind: Open, _ block: ChatBlock, _ body: (ChatEvent) -> Void) {
        guard open != kind, open != .skipped else { return }
        end(body)
        open = kind
        body(.begin(block))
    }

    private mutating func end(_ body: (ChatEvent) -> Void) {
        if open != .none && open != .skipped { body(.end) }
        open = .none
    }
}
