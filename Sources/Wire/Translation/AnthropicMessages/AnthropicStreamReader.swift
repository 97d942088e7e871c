import Core
import NIOCore

/// Reads events of Anthropic's messages.
struct AnthropicStreamReader: ChatStreamReader {
    /// The block that is open is one that has no place elsewhere: its deltas are passed over.
    private var skips = false

    mutating func read(_ event: borrowing SSEEvent, _ body: (ChatEvent) -> Void) -> Bool {
        guard let data = event.data, let piece = JSONObjectView(data), let type = piece.inside("type") else {
            return false
        }
        if type.isText("content_block_delta") {
            if !skips, let delta = piece.object("delta") { read(delta, body) }
        } else if type.isText("content_block_start") {
            begin(piece.object("content_block"), body)
        } else if type.isText("content_block_stop") {
            if !skips { body(.end) }
            skips = false
        } else if type.isText("message_start") {
            let message = piece.object("message")
            body(.start(id: message?.inside("id"), model: message?.inside("model")))
        } else if type.isText("message_delta") {
            guard let delta = piece.object("delta"), let reason = delta.string("stop_reason") else { return false }
            body(.finish(AnthropicStop.reason(reason), stopSequence: delta.inside("stop_sequence")))
        } else if type.isText("error") {
            let error = piece.object("error")
            body(.failure(type: error?.inside("type"), message: error?.inside("message") ?? ByteText.empty))
        }
        return type.isText("message_stop")
    }

    private mutating func begin(_ block: JSONObjectView?, _ body: (ChatEvent) -> Void) {
        skips = false
        switch block?.string("type") {
        case "text":
            body(.begin(.text))
            if let text = block?.inside("text"), !text.isEmpty { body(.delta(text)) }
        case "thinking":
            body(.begin(.thinking))
            if let text = block?.inside("thinking"), !text.isEmpty { body(.delta(text)) }
        case "redacted_thinking":
            body(.begin(.sealedThinking(block?.inside("data") ?? ByteText.empty)))
        case "tool_use":
            body(
                .begin(
                    .toolCall(id: block?.inside("id") ?? ByteText.empty, name: block?.inside("name") ?? ByteText.empty))
            )
        default: skips = true
        }
    }

    private func read(_ delta: JSONObjectView, _ body: (ChatEvent) -> Void) {
        if let text = delta.inside("text") ?? delta.inside("partial_json") ?? delta.inside("thinking") {
            body(.delta(text))
        } else if let signature = delta.inside("signature") {
            body(.signature(signature))
        }
    }
}
