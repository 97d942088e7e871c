import Core
import NIOCore

/// Reads events of OpenAI's Responses. One item is passed on piece by piece; one that runs beside it is passed on
/// whole when it is done, as is one that came without pieces.
struct ResponsesStreamReader: ChatStreamReader {
    private enum Open { case nothing, text, refusal, thinking, toolCall }

    /// The place in `output` of the item that is passed on in pieces.
    private var item: Int?
    private var open = Open.nothing
    /// Some of the item's content was passed on.
    private var sawContent = false
    /// Items that were done while another one was being passed on.
    private var waiting: [ByteBuffer] = []
    private var hasStarted = false
    private var calls = false
    private var refuses = false

    mutating func read(_ event: borrowing SSEEvent, _ body: (ChatEvent) -> Void) -> Bool {
        guard let data = event.data, let piece = JSONObjectView(data), let type = piece.inside("type") else {
            return false
        }
        if type.hasEnding(".delta") {
            readDelta(type, piece, body)
        } else if type.isText("response.output_item.added") {
            begin(piece, body)
        } else if type.isText("response.output_item.done") {
            finishItem(piece, body)
        } else if type.isText("response.content_part.done") {
            // Thinking waits for its seal, which comes with the whole item.
            if open != .thinking, piece.integer("output_index") == item { close(body) }
        } else if type.isText("response.reasoning_summary_part.added") {
            // The parts of a summary are paragraphs.
            if open == .thinking, sawContent, piece.integer("output_index") == item { paragraph(body) }
        } else if type.isText("error") {
            let inner = piece.object("error") ?? piece
            body(.failure(type: inner.inside("code"), message: inner.inside("message") ?? ByteText.empty))
        } else if let response = piece.object("response") {
            return readResponse(type, response, body)
        }
        return false
    }

    private mutating func readResponse(
        _ type: UnsafeRawBufferPointer, _ response: JSONObjectView, _ body: (ChatEvent) -> Void
    ) -> Bool {
        if !hasStarted {
            hasStarted = true
            body(.start(id: response.inside("id"), model: response.inside("model")))
        }
        if type.isText("response.failed") {
            let error = response.object("error")
            body(.failure(type: error?.inside("code"), message: error?.inside("message") ?? ByteText.empty))
            return false
        }
        let isIncomplete = type.isText("response.incomplete")
        guard isIncomplete || type.isText("response.completed") else { return false }
        close(body)
        let reason = isIncomplete ? response.object("incomplete_details")?.string("reason") ?? "" : nil
        body(.finish(ResponsesFinish.reason(incomplete: reason, calls: calls, refuses: refuses), stopSequence: nil))
        return true
    }

    // MARK: Items in pieces

    private mutating func begin(_ piece: JSONObjectView, _ body: (ChatEvent) -> Void) {
        guard item == nil, let index = piece.integer("output_index"), let view = piece.object("item") else { return }
        switch view.string("type") {
        case "message", "reasoning": item = index
        case "function_call":
            item = index
            turn(to: .toolCall, view.call, body)
        default: return
        }
        sawContent = false
    }

    private mutating func readDelta(
        _ type: UnsafeRawBufferPointer, _ piece: JSONObjectView, _ body: (ChatEvent) -> Void
    ) {
        guard let delta = piece.inside("delta"), !delta.isEmpty, piece.integer("output_index") == item else { return }
        if type.isText("response.output_text.delta") {
            turn(to: .text, .text, body)
        } else if type.isText("response.refusal.delta") {
            turn(to: .refusal, .refusal, body)
        } else if type.isText("response.reasoning_summary_text.delta") || type.isText("response.reasoning_text.delta") {
            turn(to: .thinking, .thinking, body)
        } else if !type.isText("response.function_call_arguments.delta") || open != .toolCall {
            return
        }
        sawContent = true
        let logprobs = TokenLogprob.read(piece, "logprobs")
        if !logprobs.isEmpty { body(.logprobs(logprobs)) }
        body(.delta(delta))
    }

    private mutating func turn(to next: Open, _ block: ChatBlock, _ body: (ChatEvent) -> Void) {
        guard open != next else { return }
        close(body)
        open = next
        if next == .toolCall { calls = true }
        if next == .refusal { refuses = true }
        body(.begin(block))
    }

    private mutating func close(_ body: (ChatEvent) -> Void) {
        guard open != .nothing else { return }
        open = .nothing
        body(.end)
    }

    private func paragraph(_ body: (ChatEvent) -> Void) {
        let text: StaticString = "\\n\\n"
        body(.delta(UnsafeRawBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount)))
    }

    // MARK: Whole items

    private mutating func finishItem(_ piece: JSONObjectView, _ body: (ChatEvent) -> Void) {
        guard let index = piece.integer("output_index"), let view = piece.object("item") else { return }
        guard index == item || open == .nothing else { return waiting.append(ByteBuffer(bytes: view.bytes)) }
        if index == item && sawContent {
            if open == .thinking { seal(view, body) }
        } else {
            pass(view, body)
        }
        close(body)
        guard index == item else { return }
        item = nil
        passWaiting(body)
    }

    private mutating func passWaiting(_ body: (ChatEvent) -> Void) {
        guard !waiting.isEmpty else { return }
        let items = waiting
        waiting = []
        for bytes in items {
            bytes.withUnsafeReadableBytes { bytes in
                if let view = JSONObjectView(bytes) { pass(view, body) }
                close(body)
            }
        }
    }

    /// An item that was not passed on in pieces.
    private mutating func pass(_ view: JSONObjectView, _ body: (ChatEvent) -> Void) {
        switch view.string("type") {
        case "message":
            view.eachObject("content") { part in
                if let text = part.inside("text"), !text.isEmpty {
                    turn(to: .text, .text, body)
                    let logprobs = TokenLogprob.read(part, "logprobs")
                    if !logprobs.isEmpty { body(.logprobs(logprobs)) }
                    body(.delta(text))
                } else if let text = part.inside("refusal"), !text.isEmpty {
                    turn(to: .refusal, .refusal, body)
                    body(.delta(text))
                }
                close(body)
            }
        case "function_call":
            turn(to: .toolCall, view.call, body)
            if let arguments = view.inside("arguments"), !arguments.isEmpty { body(.delta(arguments)) }
        case "reasoning":
            view.eachObject("summary") { part in
                guard let text = part.inside("text"), !text.isEmpty else { return }
                if open == .thinking { paragraph(body) } else { turn(to: .thinking, .thinking, body) }
                body(.delta(text))
            }
            seal(view, body)
        default: break
        }
    }

    private mutating func seal(_ view: JSONObjectView, _ body: (ChatEvent) -> Void) {
        guard let sealed = view.inside("encrypted_content"), !sealed.isEmpty else { return }
        SealedReasoning.marked(SealedReasoning.openAI, sealed).withUnsafeReadableBytes { bytes in
            if open == .thinking {
                body(.signature(bytes))
            } else {
                close(body)
                body(.begin(.sealedThinking(bytes)))
                body(.end)
            }
        }
    }
}

extension JSONObjectView {
    fileprivate var call: ChatBlock {
        .toolCall(id: inside("call_id") ?? ByteText.empty, name: inside("name") ?? ByteText.empty)
    }

    fileprivate func eachObject(_ name: StaticString, _ body: (JSONObjectView) -> Void) {
        guard let member = member(name), member.kind == .array else { return }
        JSONScanner.forEachElement(of: value(member)) { element in
            if let view = JSONObjectView(element) { body(view) }
        }
    }
}
