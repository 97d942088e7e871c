import Core
import NIOCore

/// Reads the answers that `streamGenerateContent` is made of. Only the first candidate counts: no other dialect has
/// more in a stream. A call comes whole, and there is no last event: the stream ends when the connection does.
struct GeminiStreamReader: ChatStreamReader {
    private var hasStarted = false
    private var hasFinished = false
    private var open = OpenBlock()
    private var calls = 0
    private var answerID = ByteBuffer()

    mutating func read(_ event: borrowing SSEEvent, _ body: (ChatEvent) -> Void) -> Bool {
        // An error may stand in the stream as bare JSON.
        let bytes = if let data = event.data { data } else { event.raw }
        guard let piece = JSONObjectView(bytes) else { return false }
        if let error = piece.object("error") {
            let type = GeminiStatus.commonType(error.string("status"))
            body(.failure(type: type, message: error.inside("message") ?? ByteText.empty))
            return false
        }
        if !hasStarted {
            hasStarted = true
            if let id = piece.inside("responseId") { answerID.writeBytes(id) }
            body(.start(id: piece.inside("responseId"), model: piece.inside("modelVersion")))
        }
        if let candidates = piece.member("candidates"), candidates.kind == .array {
            JSONScanner.forEachElement(of: piece.value(candidates)) { element in
                guard let candidate = JSONObjectView(element), candidate.integer("index") ?? 0 == 0 else { return }
                read(candidate, body)
            }
        }
        if piece.object("promptFeedback")?.string("blockReason") != nil { finish(.filtered, body) }
        return false
    }

    private mutating func read(_ candidate: JSONObjectView, _ body: (ChatEvent) -> Void) {
        let logprobs = TokenLogprob.readGemini(candidate.object("logprobsResult"))
        if !logprobs.isEmpty { body(.logprobs(logprobs)) }
        if let content = candidate.object("content"), let parts = content.member("parts"), parts.kind == .array {
            JSONScanner.forEachElement(of: content.value(parts)) { element in
                if let part = JSONObjectView(element) { readPart(part, body) }
            }
        }
        guard let reason = candidate.string("finishReason") else { return }
        finish(GeminiFinish.reason(reason, hasCalls: calls > 0), body)
    }

    private mutating func finish(_ reason: FinishReason, _ body: (ChatEvent) -> Void) {
        open.close(body)
        guard !hasFinished else { return }
        hasFinished = true
        body(.finish(reason, stopSequence: nil))
    }

    private mutating func readPart(_ part: JSONObjectView, _ body: (ChatEvent) -> Void) {
        let signature = part.inside("thoughtSignature").flatMap { $0.isEmpty ? nil : $0 }
        if let call = part.object("functionCall") { return readCall(call, signature, body) }
        let isThought = part.flag("thought") ?? false
        if let text = part.inside("text") {
            open.write(text, as: isThought ? .thinking : .text, isThought ? .thinking : .text, body)
        }
        guard let signature else { return }
        // The signature of a text stands in a block of its own behind it.
        if !isThought { open.close(body) }
        open.turn(to: .thinking, .thinking, body)
        body(.signature(signature))
        open.close(body)
    }

    private mutating func readCall(
        _ call: JSONObjectView, _ signature: UnsafeRawBufferPointer?, _ body: (ChatEvent) -> Void
    ) {
        guard let name = call.inside("name") else { return }
        let answer = answerID.readableBytes > 0 ? RawText(escaped: answerID) : nil
        GeminiCallID.made(answer, calls).escaped.withUnsafeReadableBytes { made in
            let id = call.inside("id").flatMap { $0.isEmpty ? nil : $0 } ?? made
            open.turn(to: .toolCall(calls), .toolCall(id: id, name: name), body)
        }
        calls += 1
        if let signature { body(.signature(signature)) }
        let arguments = call.member("args").map { String(decoding: call.value($0), as: UTF8.self) }
        RawText(arguments ?? "{}").escaped.withUnsafeReadableBytes { body(.delta($0)) }
        open.close(body)
    }
}
