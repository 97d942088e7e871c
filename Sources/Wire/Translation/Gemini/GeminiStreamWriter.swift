import Core
import NIOCore

/// Writes the answers that `streamGenerateContent` is made of, as events. A call's arguments must stand there whole:
/// they wait for the call's end, and nothing else waits. Why the answer ended comes last, with what it used.
struct GeminiStreamWriter: ChatStreamWriter {
    private enum Block { case text, thinking, call }

    private var block = Block.text
    private var finish: FinishReason?
    /// What ends every piece.
    private var tail = ByteBuffer(string: "}\r\n\r\n")
    private var call = HeldCall()
    /// Of the text that comes next.
    private var logprobs: [TokenLogprob] = []

    private struct HeldCall {
        var id = ByteBuffer()
        var name = ByteBuffer()
        /// The inside of a JSON string.
        var arguments = ByteBuffer()
        var signature: ByteBuffer?
    }

    mutating func write(_ event: ChatEvent, into output: inout ByteBuffer) {
        switch event {
        case .start(let id, let model): start(id, model)
        case .begin(let block): begin(block, &output)
        case .delta(let bytes): writeDelta(bytes, &output)
        case .signature(let bytes): writeSignature(bytes, &output)
        case .logprobs(let tokens): logprobs += tokens
        case .end: if block == .call { writeCall(&output) }
        case .finish(let reason, _): finish = reason
        case .failure(let type, let message): Self.writeFailure(type, message, &output)
        }
    }

    mutating func end(usage: TokenUsage, into output: inout ByteBuffer) {
        output.writeStaticString(
            "data: {\"candidates\":[{\"content\":{\"parts\":[{\"text\":\"\"}],\"role\":\"model\"},")
        output.writeStaticString("\"finishReason\":\"")
        output.writeStaticString(GeminiFinish.word(finish ?? .stop))
        output.writeStaticString("\",")
        Self.write(takeLogprobs(), &output)
        output.writeStaticString("\"index\":0}],\"usageMetadata\":")
        var writer = JSONWriter()
        writer.geminiUsage(usage)
        output.writeImmutableBuffer(writer.buffer)
        output.writeImmutableBuffer(tail)
    }

    // MARK: Pieces

    private mutating func start(_ id: UnsafeRawBufferPointer?, _ model: UnsafeRawBufferPointer?) {
        tail.clear()
        tail.writeStaticString(",\"modelVersion\":")
        tail.writeQuoted(model ?? ByteText.empty)
        tail.writeStaticString(",\"responseId\":")
        tail.writeQuoted(id ?? ByteText.empty)
        tail.writeStaticString("}\r\n\r\n")
    }

    private func piece(
        _ output: inout ByteBuffer, _ logprobs: [TokenLogprob] = [], _ part: (inout ByteBuffer) -> Void
    ) {
        output.writeStaticString("data: {\"candidates\":[{\"content\":{\"parts\":[")
        part(&output)
        output.writeStaticString("],\"role\":\"model\"},")
        Self.write(logprobs, &output)
        output.writeStaticString("\"index\":0}]")
        output.writeImmutableBuffer(tail)
    }

    private mutating func takeLogprobs() -> [TokenLogprob] {
        defer { logprobs = [] }
        return logprobs
    }

    private static func write(_ logprobs: [TokenLogprob], _ output: inout ByteBuffer) {
        guard !logprobs.isEmpty else { return }
        var writer = JSONWriter()
        writer.geminiLogprobs(logprobs)
        output.writeStaticString("\"logprobsResult\":")
        output.writeImmutableBuffer(writer.buffer)
        output.writeStaticString(",")
    }

    private mutating func begin(_ block: ChatBlock, _ output: inout ByteBuffer) {
        switch block {
        case .text, .refusal: self.block = .text
        case .thinking: self.block = .thinking
        case .sealedThinking(let data):
            self.block = .thinking
            piece(&output) { Self.writeThought(GeminiSignature.wrapped(data, .sealed), &$0) }
        case .toolCall(let id, let name):
            self.block = .call
            call = HeldCall()
            call.id.writeBytes(id)
            call.name.writeBytes(name)
        }
    }

    private mutating func writeDelta(_ bytes: UnsafeRawBufferPointer, _ output: inout ByteBuffer) {
        guard !bytes.isEmpty else { return }
        guard block != .call else {
            call.arguments.writeBytes(bytes)
            return
        }
        let logprobs = block == .text ? takeLogprobs() : []
        piece(&output, logprobs) {
            $0.writeStaticString("{\"text\":")
            $0.writeQuoted(bytes)
            if block == .thinking { $0.writeStaticString(",\"thought\":true") }
            $0.writeStaticString("}")
        }
    }

    private mutating func writeSignature(_ bytes: UnsafeRawBufferPointer, _ output: inout ByteBuffer) {
        let wrapped = GeminiSignature.wrapped(bytes, .proof)
        guard block != .call else {
            call.signature = wrapped
            return
        }
        piece(&output) { Self.writeThought(wrapped, &$0) }
    }

    private static func writeThought(_ signature: ByteBuffer, _ output: inout ByteBuffer) {
        output.writeStaticString("{\"text\":\"\",\"thought\":true,\"thoughtSignature\":\"")
        output.writeImmutableBuffer(signature)
        output.writeStaticString("\"}")
    }

    private mutating func writeCall(_ output: inout ByteBuffer) {
        let whole = ToolCall(
            id: RawText(escaped: call.id), name: RawText(escaped: call.name),
            arguments: .text(RawText(escaped: call.arguments)))
        var writer = JSONWriter()
        writer.geminiCall(whole, signature: call.signature.map { RawText(escaped: $0) })
        piece(&output) { $0.writeImmutableBuffer(writer.buffer) }
        call = HeldCall()
        block = .text
    }

    private static func writeFailure(
        _ type: UnsafeRawBufferPointer?, _ message: UnsafeRawBufferPointer, _ output: inout ByteBuffer
    ) {
        let status = GeminiStatus.code(ofType: type.map { String(decoding: $0, as: UTF8.self) })
        output.writeString("data: {\"error\":{\"code\":\(status),\"message\":")
        output.writeQuoted(message)
        output.writeString(",\"status\":\"\(GeminiStatus.word(status))\"}}\r\n\r\n")
    }
}
