import Core
import NIOCore

/// Writes events of OpenAI's Responses.
///
/// The format says every text twice, in its pieces and again whole, and the whole response in its last event: an
/// answer is kept until then, up to the size that one event may have. An item's end waits for what follows it, because
/// it says whether the item is complete.
struct ResponsesStreamWriter: ChatStreamWriter {
    private let context: ChatAnswerContext
    private let echo: ChatRequestEcho
    private var envelope: ResponseEnvelope?
    private var sequence = 0
    /// Items that are done, as they stand in `output`.
    private var items = ByteBuffer()
    private var index = 0
    private var open: ResponseItem?
    private var hasPart = false
    private var customInput = CustomInputStream()
    /// Of the call that is open: it follows in an item of reasoning.
    private var callSignature: ByteBuffer?
    /// Of the text that comes next.
    private var logprobs: [TokenLogprob] = []
    /// What those of the open item take, which are told again with it.
    private var logprobBytes = 0
    private var refused = false
    private var finish = FinishReason.stop
    private var isOver = false

    init(_ context: ChatAnswerContext) {
        self.context = context
        echo = context.echo ?? .empty
    }

    mutating func write(_ event: ChatEvent, into output: inout ByteBuffer) {
        guard !isOver else { return }
        switch event {
        case .start(let id, let model): start(id, model, &output)
        case .begin(let block):
            finishItem("completed", &output)
            begin(block, &output)
        case .delta(let bytes): writeDelta(bytes, &output)
        case .signature(let bytes): takeSignature(SealedReasoning.marked(SealedReasoning.signature, bytes))
        case .logprobs(let tokens): logprobs += tokens
        case .end: endBlock(&output)
        case .finish(let reason, _): finish = reason
        case .failure(let type, let message):
            _ = fail(code: ResponseErrorCode.word(type), message: ByteBuffer(bytes: message), into: &output)
        }
    }

    mutating func end(usage: TokenUsage, into output: inout ByteBuffer) {
        guard !isOver else { return }
        let state = ResponseEnvelope.State(finish, refused: refused)
        finishItem(state.itemStatus, &output)
        writeState(state, usage, &output)
        isOver = true
    }

    mutating func fail(code: String, message: ByteBuffer, into output: inout ByteBuffer) -> Bool {
        guard !isOver else { return true }
        if envelope == nil { start(nil, nil, &output) }
        finishItem("incomplete", &output)
        writeState(.failed(code: code, message: message), nil, &output)
        isOver = true
        return true
    }

    /// OpenAI's own heartbeat. Before a response's first event its clients would take it for a fault.
    mutating func keepAlive(into output: inout ByteBuffer) -> Bool {
        guard envelope != nil, !isOver else { return false }
        beginEvent("keepalive", &output)
        endEvent(&output)
        return true
    }

    // MARK: Events

    private mutating func beginEvent(_ type: StaticString, _ output: inout ByteBuffer) {
        output.writeStaticString("event: ")
        output.writeStaticString(type)
        output.writeStaticString("\ndata: {\"type\":\"")
        output.writeStaticString(type)
        output.writeStaticString("\",\"sequence_number\":")
        output.writeDecimal(Int64(sequence))
        sequence += 1
    }

    private func endEvent(_ output: inout ByteBuffer) { output.writeStaticString("}\n\n") }

    /// An event about the open item, and about its part where it has parts.
    private mutating func beginItemEvent(_ type: StaticString, _ item: ResponseItem, _ output: inout ByteBuffer) {
        beginItemEvent(type, item.kind, item.id, &output)
    }

    private mutating func beginItemEvent(
        _ type: StaticString, _ kind: ResponseItem.Kind, _ id: ByteBuffer, _ output: inout ByteBuffer
    ) {
        beginEvent(type, &output)
        output.writeStaticString(",\"item_id\":")
        output.writeQuoted(id)
        output.writeStaticString(",\"output_index\":")
        output.writeDecimal(Int64(index))
        switch kind {
        case .text, .refusal: output.writeStaticString(",\"content_index\":0")
        case .reasoning: output.writeStaticString(",\"summary_index\":0")
        case .functionCall, .customCall: break
        }
    }

    private mutating func start(
        _ id: UnsafeRawBufferPointer?, _ model: UnsafeRawBufferPointer?, _ output: inout ByteBuffer
    ) {
        guard envelope == nil else { return }
        envelope = ResponseEnvelope(
            id: id.map { ByteBuffer(bytes: $0) } ?? RawText(context.id).escaped,
            model: model.map { ByteBuffer(bytes: $0) } ?? RawText(context.model).escaped, created: context.created, echo
        )
        for type in ["response.created", "response.in_progress"] as [StaticString] {
            beginEvent(type, &output)
            writeResponse(.inProgress, nil, &output)
        }
    }

    private mutating func writeState(
        _ state: ResponseEnvelope.State, _ usage: TokenUsage?, _ output: inout ByteBuffer
    ) {
        switch state {
        case .inProgress: return
        case .completed: beginEvent("response.completed", &output)
        case .incomplete: beginEvent("response.incomplete", &output)
        case .failed: beginEvent("response.failed", &output)
        }
        writeResponse(state, usage, &output)
    }

    private func writeResponse(
        _ state: ResponseEnvelope.State, _ usage: TokenUsage?, _ output: inout ByteBuffer
    ) {
        output.writeStaticString(",\"response\":")
        envelope?.write(state, items: items, usage: usage, into: &output)
        endEvent(&output)
    }

    // MARK: Items

    private mutating func takeSignature(_ signature: ByteBuffer) {
        switch open?.kind {
        case .functionCall, .customCall: callSignature = signature
        default: open?.sealed = signature
        }
    }

    private mutating func endBlock(_ output: inout ByteBuffer) {
        guard let signature = callSignature else { return }
        callSignature = nil
        finishItem("completed", &output)
        begin(.thinking, &output)
        open?.sealed = signature
    }

    private mutating func begin(_ block: ChatBlock, _ output: inout ByteBuffer) {
        if envelope == nil { start(nil, nil, &output) }
        let suffix = envelope?.suffix ?? ByteBuffer()
        var item: ResponseItem
        switch block {
        case .text: item = ResponseItem(.text, suffix: suffix, index: index)
        case .refusal:
            refused = true
            item = ResponseItem(.refusal, suffix: suffix, index: index)
        case .thinking: item = ResponseItem(.reasoning, suffix: suffix, index: index)
        case .sealedThinking(let data):
            item = ResponseItem(.reasoning, suffix: suffix, index: index)
            item.sealed = SealedReasoning.marked(SealedReasoning.data, data)
        case .toolCall(let id, let name):
            item = ResponseItem(
                callOf: ByteBuffer(bytes: name), id: ByteBuffer(bytes: id), echo, suffix: suffix, index: index)
        }
        beginEvent("response.output_item.added", &output)
        writeItem(item, "in_progress", isWhole: false, &output)
        open = item
        hasPart = false
        customInput = CustomInputStream()
        if item.kind == .text || item.kind == .refusal { beginPart(item, &output) }
    }

    private func writeItem(
        _ item: ResponseItem, _ status: StaticString, isWhole: Bool, _ output: inout ByteBuffer
    ) {
        output.writeStaticString(",\"output_index\":")
        output.writeDecimal(Int64(index))
        output.writeStaticString(",\"item\":")
        item.write(status: status, isWhole: isWhole, into: &output)
        endEvent(&output)
    }

    private mutating func beginPart(_ item: ResponseItem, _ output: inout ByteBuffer) {
        hasPart = true
        let isReasoning = item.kind == .reasoning
        beginItemEvent(
            isReasoning ? "response.reasoning_summary_part.added" : "response.content_part.added", item, &output)
        output.writeStaticString(",\"part\":")
        item.writePart(isWhole: false, into: &output)
        endEvent(&output)
    }

    private mutating func writeDelta(_ bytes: UnsafeRawBufferPointer, _ output: inout ByteBuffer) {
        guard !bytes.isEmpty, let kind = open?.kind, let id = open?.id else { return }
        // Thinking that is never told in words has no part.
        if kind == .reasoning, !hasPart, let item = open { beginPart(item, &output) }
        open?.body.writeBytes(bytes)
        guard items.readableBytes + (open?.body.readableBytes ?? 0) + logprobBytes <= Limits.streamEventBytesMax else {
            let message = RawText("The answer is larger than \(Limits.streamEventBytesMax) bytes.")
            _ = fail(code: "server_error", message: message.escaped, into: &output)
            return
        }
        guard kind == .customCall else { return writeDelta(bytes, kind, id, &output) }
        let text = customInput.push(bytes)
        text.withUnsafeReadableBytes { if !$0.isEmpty { writeDelta($0, kind, id, &output) } }
    }

    private mutating func writeDelta(
        _ bytes: UnsafeRawBufferPointer, _ kind: ResponseItem.Kind, _ id: ByteBuffer, _ output: inout ByteBuffer
    ) {
        beginItemEvent(kind.delta, kind, id, &output)
        output.writeStaticString(",\"delta\":")
        output.writeQuoted(bytes)
        if kind == .text {
            output.writeStaticString(",\"logprobs\":")
            let before = output.writerIndex
            output.writeLogprobs(logprobs)
            logprobBytes += output.writerIndex - before
            open?.logprobs += logprobs
            logprobs = []
        }
        endEvent(&output)
    }

    private mutating func finishItem(_ status: StaticString, _ output: inout ByteBuffer) {
        guard let item = open else { return }
        open = nil
        logprobBytes = 0
        switch item.kind {
        case .text, .refusal: finishPart(item, &output)
        case .reasoning: if hasPart { finishPart(item, &output) }
        case .functionCall:
            beginItemEvent("response.function_call_arguments.done", item, &output)
            output.writeStaticString(",\"name\":")
            output.writeQuoted(item.name)
            output.writeStaticString(",\"arguments\":")
            output.writeQuoted(item.body)
            endEvent(&output)
        case .customCall: finishCustomCall(item, &output)
        }
        beginEvent("response.output_item.done", &output)
        writeItem(item, status, isWhole: true, &output)
        if index > 0 { items.writeStaticString(",") }
        item.write(status: status, isWhole: true, into: &items)
        index += 1
    }

    private mutating func finishPart(_ item: ResponseItem, _ output: inout ByteBuffer) {
        let isReasoning = item.kind == .reasoning
        beginItemEvent(item.kind.done, item, &output)
        output.writeStaticString(item.kind == .refusal ? ",\"refusal\":" : ",\"text\":")
        output.writeQuoted(item.body)
        if item.kind == .text {
            output.writeStaticString(",\"logprobs\":")
            output.writeLogprobs(item.logprobs)
        }
        endEvent(&output)
        beginItemEvent(
            isReasoning ? "response.reasoning_summary_part.done" : "response.content_part.done", item, &output)
        output.writeStaticString(",\"part\":")
        item.writePart(isWhole: true, into: &output)
        endEvent(&output)
    }

    private mutating func finishCustomCall(_ item: ResponseItem, _ output: inout ByteBuffer) {
        let input = item.customInput
        if !customInput.hasPassed {
            input.withUnsafeReadableBytes { writeDelta($0, item.kind, item.id, &output) }
        }
        beginItemEvent(item.kind.done, item, &output)
        output.writeStaticString(",\"input\":")
        output.writeQuoted(input)
        endEvent(&output)
    }
}

extension ResponseItem.Kind {
    fileprivate var delta: StaticString {
        switch self {
        case .text: "response.output_text.delta"
        case .refusal: "response.refusal.delta"
        case .reasoning: "response.reasoning_summary_text.delta"
        case .functionCall: "response.function_call_arguments.delta"
        case .customCall: "response.custom_tool_call_input.delta"
        }
    }

    fileprivate var done: StaticString {
        switch self {
        case .text: "response.output_text.done"
        case .refusal: "response.refusal.done"
        case .reasoning: "response.reasoning_summary_text.done"
        case .functionCall: "response.function_call_arguments.done"
        case .customCall: "response.custom_tool_call_input.done"
        }
    }
}
