import Core
import NIOCore

/// Writes events of Anthropic's messages. What the answer used comes last: `message_delta` waits for it.
struct AnthropicStreamWriter: ChatStreamWriter {
    private enum Delta { case text, thinking, arguments }

    private var blocks = 0
    private var delta = Delta.text
    private var finish: FinishReason?
    private var stopSequence = ByteBuffer()
    /// Of the call that is open: it follows in an empty block of thinking.
    private var callSignature = ByteBuffer()

    mutating func write(_ event: ChatEvent, into output: inout ByteBuffer) {
        switch event {
        case .start(let id, let model):
            output.writeStaticString("event: message_start\ndata: {\"type\":\"message_start\",\"message\":{\"id\":")
            output.writeQuoted(id ?? ByteText.empty)
            output.writeStaticString(",\"type\":\"message\",\"role\":\"assistant\",\"model\":")
            output.writeQuoted(model ?? ByteText.empty)
            output.writeStaticString(",\"content\":[],\"stop_reason\":null,\"stop_sequence\":null,")
            output.writeStaticString("\"usage\":{\"input_tokens\":0,\"output_tokens\":0}}}\n\n")
        case .begin(let block): begin(block, &output)
        case .delta(let bytes): writeDelta(bytes, &output)
        case .signature(let bytes):
            if delta == .arguments { callSignature.writeBytes(bytes) } else { writeSignature(bytes, &output) }
        // Anthropic has no word for them.
        case .logprobs: break
        case .end: end(&output)
        case .finish(let reason, let sequence):
            finish = reason
            stopSequence = ByteBuffer()
            if let sequence { stopSequence.writeQuoted(sequence) }
        case .failure(let type, let message):
            writeEvent("error", &output) {
                $0.writeStaticString(",\"error\":{\"type\":")
                $0.writeQuoted(ByteText.constant(AnthropicErrorType.nearest(to: type)))
                $0.writeStaticString(",\"message\":")
                $0.writeQuoted(message)
                $0.writeStaticString("}")
            }
        }
    }

    mutating func end(usage: TokenUsage, into output: inout ByteBuffer) {
        writeEvent("message_delta", &output) {
            $0.writeString(",\"delta\":{\"stop_reason\":\"\(AnthropicStop.word(finish ?? .stop))\",\"stop_sequence\":")
            if stopSequence.readableBytes > 0 {
                $0.writeImmutableBuffer(stopSequence)
            } else {
                $0.writeStaticString("null")
            }
            $0.writeStaticString("},\"usage\":")
            var writer = JSONWriter()
            writer.anthropicUsage(usage)
            $0.writeImmutableBuffer(writer.buffer)
        }
        writeEvent("message_stop", &output) { _ in }
    }

    private func writeEvent(_ name: StaticString, _ output: inout ByteBuffer, _ rest: (inout ByteBuffer) -> Void) {
        output.writeStaticString("event: ")
        output.writeStaticString(name)
        output.writeStaticString("\ndata: {\"type\":\"")
        output.writeStaticString(name)
        output.writeStaticString("\"")
        rest(&output)
        output.writeStaticString("}\n\n")
    }

    private mutating func end(_ output: inout ByteBuffer) {
        writeEvent("content_block_stop", &output) { $0.writeString(",\"index\":\(blocks - 1)") }
        guard callSignature.readableBytes > 0 else { return }
        let signature = callSignature
        callSignature = ByteBuffer()
        begin(.thinking, &output)
        signature.withUnsafeReadableBytes { writeSignature($0, &output) }
        end(&output)
    }

    private func writeSignature(_ bytes: UnsafeRawBufferPointer, _ output: inout ByteBuffer) {
        writeEvent("content_block_delta", &output) {
            $0.writeString(",\"index\":\(blocks - 1),\"delta\":{\"type\":\"signature_delta\",\"signature\":")
            $0.writeQuoted(bytes)
            $0.writeStaticString("}")
        }
    }

    private mutating func begin(_ block: ChatBlock, _ output: inout ByteBuffer) {
        let index = blocks
        blocks += 1
        switch block {
        case .text, .refusal: delta = .text
        case .thinking, .sealedThinking: delta = .thinking
        case .toolCall: delta = .arguments
        }
        writeEvent("content_block_start", &output) {
            $0.writeString(",\"index\":\(index),\"content_block\":")
            switch block {
            case .text, .refusal: $0.writeStaticString("{\"type\":\"text\",\"text\":\"\"}")
            case .thinking: $0.writeStaticString("{\"type\":\"thinking\",\"thinking\":\"\",\"signature\":\"\"}")
            case .sealedThinking(let data):
                $0.writeStaticString("{\"type\":\"redacted_thinking\",\"data\":")
                $0.writeQuoted(data)
                $0.writeStaticString("}")
            case .toolCall(let id, let name):
                $0.writeStaticString("{\"type\":\"tool_use\",\"id\":")
                $0.writeQuoted(id)
                $0.writeStaticString(",\"name\":")
                $0.writeQuoted(name)
                $0.writeStaticString(",\"input\":{}}")
            }
        }
    }

    private func writeDelta(_ bytes: UnsafeRawBufferPointer, _ output: inout ByteBuffer) {
        guard !bytes.isEmpty else { return }
        writeEvent("content_block_delta", &output) {
            $0.writeString(",\"index\":\(blocks - 1),\"delta\":")
            switch delta {
            case .text: $0.writeStaticString("{\"type\":\"text_delta\",\"text\":")
            case .thinking: $0.writeStaticString("{\"type\":\"thinking_delta\",\"thinking\":")
            case .arguments: $0.writeStaticString("{\"type\":\"input_json_delta\",\"partial_json\":")
            }
            $0.writeQuoted(bytes)
            $0.writeStaticString("}")
        }
    }
}
