import Core
import NIOCore

/// Reads the answers that `streamGenerateContent` is made of. Only the first candidate counts: no other dialect has
/// more in a stream. A call comes whole, and there is no last event: the stream ends when the connection does.
struct GeminiStreamReader: ChatStreamReader {
    private enum Open { case nothing, text, thinking }

    private var hasStarted = false
    private var hasFinished = false
    private var open = Open.nothing
    private var calls = 0
    private var answerID = ByteBuffer()
    /// A call's arguments as the inside of a JSON string.
    private var arguments = ByteBuffer()

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
        if let content = candidate.object("content"), let parts = content.member("parts"), parts.kind == .array {
            JSONScanner.forEachElement(of: content.value(parts)) { element in
                if let part = JSONObjectView(element) { readPart(part, body) }
            }
        }
        guard let reason = candidate.string("finishReason") else { return }
        finish(GeminiFinish.reason(reason, hasCalls: calls > 0), body)
    }

    private mutating func finish(_ reason: FinishReason, _ body: (ChatEvent) -> Void) {
        close(body)
        guard !hasFinished else { return }
        hasFinished = true
        body(.finish(reason, stopSequence: nil))
    }

    private mutating func readPart(_ part: JSONObjectView, _ body: (ChatEvent) -> Void) {
        let signature = part.inside("thoughtSignature").flatMap { $0.isEmpty ? nil : $0 }
        if let call = part.object("functionCall") { return readCall(call, signature, body) }
        let isThought = part.flag("thought") ?? false
        if let text = part.inside("text"), !text.isEmpty {
            turn(to: isThought ? .thinking : .text, body)
            body(.delta(text))
        }
        guard let signature else { return }
        // The signature of a text stands in a block of its own behind it.
        if !isThought || open != .thinking {
            close(body)
            body(.begin(.thinking))
        }
        body(.signature(signature))
        open = .thinking
        close(body)
    }

    private mutating func readCall(
        _ call: JSONObjectView, _ signature: UnsafeRawBufferPointer?, _ body: (ChatEvent) -> Void
    ) {
        guard let name = call.inside("name") else { return }
        close(body)
        if let id = call.inside("id"), !id.isEmpty {
            body(.begin(.toolCall(id: id, name: name)))
        } else {
            let id = GeminiCallID.made(answerID.readableBytes > 0 ? RawText(escaped: answerID) : nil, calls)
            id.escaped.withUnsafeReadableBytes { body(.begin(.toolCall(id: $0, name: name))) }
        }
        calls += 1
        if let signature { body(.signature(signature)) }
        arguments.clear()
        if let member = call.member("args"), member.kind == .object {
            arguments.writeEscapedJSON(call.value(member))
        } else {
            arguments.writeStaticString("{}")
        }
        arguments.withUnsafeReadableBytes { body(.delta($0)) }
        body(.end)
    }

    private mutating func turn(to next: Open, _ body: (ChatEvent) -> Void) {
        guard open != next else { return }
        close(body)
        open = next
        body(.begin(next == .thinking ? .thinking : .text))
    }

    private mutating func close(_ body: (ChatEvent) -> Void) {
        guard open != .nothing else { return }
        open = .nothing
        body(.end)
    }
}

extension ByteBuffer {
    /// Writes checked JSON as the inside of a JSON string. Control characters in it stand between values only.
    mutating func writeEscapedJSON(_ json: UnsafeRawBufferPointer) {
        for byte in json {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"):
                writeInteger(UInt8(ascii: "\\"))
                writeInteger(byte)
            case 0..<0x20: writeInteger(UInt8(ascii: " "))
            default: writeInteger(byte)
            }
        }
    }
}
