import Core
import NIOCore

/// Writes chunks of OpenAI's chat. What all chunks of a stream have in common is written once and copied.
struct OpenAIChatStreamWriter: ChatStreamWriter {
    private let created: Int
    private let wantsUsage: Bool
    private var head = ByteBuffer()
    private var block: ChatBlockKind = .text
    private var calls = 0
    private var details = 0
    /// Of the text that comes next.
    private var logprobs: [TokenLogprob] = []

    private enum ChatBlockKind { case text, thinking, refusal, toolCall, sealed }

    /// - Parameters:
    ///   - created: seconds since 1970.
    ///   - wantsUsage: the client asked for a last chunk with usage.
    init(created: Int, wantsUsage: Bool) {
        self.created = created
        self.wantsUsage = wantsUsage
    }

    mutating func write(_ event: ChatEvent, into output: inout ByteBuffer) {
        switch event {
        case .start(let id, let model): start(id, model, &output)
        case .begin(let block): begin(block, &output)
        case .delta(let bytes): writeDelta(bytes, &output)
        case .signature(let bytes): writeSignature(bytes, &output)
        case .logprobs(let tokens): logprobs += tokens
        case .end: break
        case .finish(let reason, _):
            if !logprobs.isEmpty { chunk(&output, takeLogprobs()) { $0.writeStaticString("{}") } }
            output.writeImmutableBuffer(head)
            output.writeString("{},\"finish_reason\":\"\(OpenAIFinish.word(reason))\"}]}\n\n")
        case .failure(let type, let message):
            output.writeStaticString("data: {\"error\":{\"message\":")
            output.writeQuoted(message)
            output.writeStaticString(",\"type\":")
            output.writeQuoted(type ?? ByteText.constant("server_error"))
            output.writeStaticString(",\"param\":null,\"code\":null}}\n\n")
        }
    }

    mutating func end(usage: TokenUsage, into output: inout ByteBuffer) {
        if wantsUsage {
            output.writeImmutableBuffer(common)
            output.writeStaticString("\"choices\":[],\"usage\":")
            var writer = JSONWriter()
            writer.openAIUsage(usage)
            output.writeImmutableBuffer(writer.buffer)
            output.writeStaticString("}\n\n")
        }
        output.writeStaticString("data: [DONE]\n\n")
    }

    // MARK: Chunks

    private var common = ByteBuffer()

    private mutating func start(
        _ id: UnsafeRawBufferPointer?, _ model: UnsafeRawBufferPointer?, _ output: inout ByteBuffer
    ) {
        common.writeStaticString("data: {\"id\":")
        common.writeQuoted(id ?? ByteText.empty)
        common.writeString(",\"object\":\"chat.completion.chunk\",\"created\":\(created),\"model\":")
        common.writeQuoted(model ?? ByteText.empty)
        common.writeStaticString(",")
        head = common
        head.writeStaticString("\"choices\":[{\"index\":0,\"delta\":")
        chunk(&output) { $0.writeStaticString("{\"role\":\"assistant\",\"content\":\"\"}") }
    }

    private mutating func takeLogprobs() -> [TokenLogprob] {
        defer { logprobs = [] }
        return logprobs
    }

    private func chunk(
        _ output: inout ByteBuffer, _ logprobs: [TokenLogprob] = [], _ delta: (inout ByteBuffer) -> Void
    ) {
        output.writeImmutableBuffer(head)
        delta(&output)
        if !logprobs.isEmpty {
            output.writeStaticString(",\"logprobs\":{\"content\":")
            output.writeLogprobs(logprobs)
            output.writeStaticString(",\"refusal\":null}")
        }
        output.writeStaticString(",\"finish_reason\":null}]}\n\n")
    }

    private mutating func begin(_ block: ChatBlock, _ output: inout ByteBuffer) {
        switch block {
        case .text: self.block = .text
        case .thinking:
            self.block = .thinking
            details += 1
        case .refusal: self.block = .refusal
        case .sealedThinking(let data):
            self.block = .sealed
            details += 1
            chunk(&output) {
                $0.writeStaticString("{\"reasoning_details\":[{\"type\":\"reasoning.encrypted\",\"data\":")
                $0.writeQuoted(data)
                $0.writeString(",\"index\":\(details - 1)}]}")
            }
        case .toolCall(let id, let name):
            self.block = .toolCall
            calls += 1
            chunk(&output) {
                $0.writeString("{\"tool_calls\":[{\"index\":\(calls - 1),\"id\":")
                $0.writeQuoted(id)
                $0.writeStaticString(",\"type\":\"function\",\"function\":{\"name\":")
                $0.writeQuoted(name)
                $0.writeStaticString(",\"arguments\":\"\"}}]}")
            }
        }
    }

    private mutating func writeDelta(_ bytes: UnsafeRawBufferPointer, _ output: inout ByteBuffer) {
        guard !bytes.isEmpty else { return }
        let logprobs = block == .text ? takeLogprobs() : []
        chunk(&output, logprobs) { output in
            switch block {
            case .text: output.writeStaticString("{\"content\":")
            case .refusal: output.writeStaticString("{\"refusal\":")
            case .thinking, .sealed: output.writeStaticString("{\"reasoning_content\":")
            case .toolCall:
                output.writeString("{\"tool_calls\":[{\"index\":\(calls - 1),\"function\":{\"arguments\":")
            }
            output.writeQuoted(bytes)
            output.writeStaticString("}")
            if block == .toolCall { output.writeStaticString("}]}") }
        }
    }

    /// A call's goes where Google's own OpenAI-compatible API has it.
    private func writeSignature(_ bytes: UnsafeRawBufferPointer, _ output: inout ByteBuffer) {
        chunk(&output) {
            if block == .toolCall {
                // OpenAI's SDK wants the function in every piece of a call.
                $0.writeString("{\"tool_calls\":[{\"index\":\(calls - 1),\"function\":{\"arguments\":\"\"},")
                $0.writeStaticString("\"extra_content\":{\"google\":{\"thought_signature\":")
                $0.writeQuoted(bytes)
                $0.writeStaticString("}}}]}")
                return
            }
            $0.writeStaticString("{\"reasoning_details\":[{\"type\":\"reasoning.text\",\"signature\":")
            $0.writeQuoted(bytes)
            $0.writeString(",\"index\":\(details - 1)}]}")
        }
    }
}
