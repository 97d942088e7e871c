public import NIOCore

/// What a person would first want to read of a call: the newest thing asked, and the answer.
public enum CallText {
    /// The last message's text, or a prompt's, or an input's.
    public static func asked(_ body: ByteBuffer, charactersMax: Int) -> String? {
        body.withUnsafeReadableBytes { bytes in
            guard let object = JSONObjectView(bytes) else { return nil }
            let text: String?
            if let messages = object.member("messages") ?? object.member("input"), messages.kind == .array {
                text = lastText(object.value(messages))
            } else if let prompt = object.string("prompt") ?? object.string("input") {
                text = prompt
            } else if let contents = object.member("contents") {
                text = lastText(object.value(contents))
            } else {
                text = nil
            }
            return text.map { shortened($0, charactersMax) }
        }
    }

    /// The first choice's text, or all of a message's text blocks, or what tools are called.
    public static func answered(_ body: ByteBuffer, charactersMax: Int) -> String? {
        body.withUnsafeReadableBytes { bytes in
            guard let object = JSONObjectView(bytes) else { return nil }
            return answerText(object).map { shortened($0, charactersMax) }
        }
    }

    private static func answerText(_ object: JSONObjectView) -> String? {
        if let choices = object.member("choices"), let choice = firstObject(object.value(choices)) {
            guard let message = choice.object("message") else { return choice.string("text") }
            if let text = message.string("content"), !text.isEmpty { return text }
            return message.member("tool_calls").map { calls in
                "\(JSONScanner.elements(of: message.value(calls)).count) tool call(s): "
                    + toolNames(message.value(calls)).joined(separator: ", ")
            }
        }
        if let content = object.member("content") { return text(of: object.value(content), kind: content.kind) }
        if let error = object.object("error") { return error.string("message") }
        return nil
    }

    private static func toolNames(_ calls: UnsafeRawBufferPointer) -> [String] {
        JSONScanner.elements(of: calls).compactMap { range in
            JSONObjectView(UnsafeRawBufferPointer(rebasing: calls[range]))?.object("function")?.string("name")
        }
    }

    private static func firstObject(_ list: UnsafeRawBufferPointer) -> JSONObjectView? {
        JSONScanner.elements(of: list).first.flatMap { JSONObjectView(UnsafeRawBufferPointer(rebasing: list[$0])) }
    }

    /// Of the last message that has a text.
    private static func lastText(_ messages: UnsafeRawBufferPointer) -> String? {
        for range in JSONScanner.elements(of: messages).reversed() {
            let element = UnsafeRawBufferPointer(rebasing: messages[range])
            guard let message = JSONObjectView(element) else {
                return element.first == UInt8(ascii: "\"") ? JSONText.string(element) : nil
            }
            guard let content = message.member("content") ?? message.member("parts") else { continue }
            if let text = text(of: message.value(content), kind: content.kind), !text.isEmpty { return text }
        }
        return nil
    }

    /// A text, or the texts of its parts.
    private static func text(of content: UnsafeRawBufferPointer, kind: JSONKind) -> String? {
        switch kind {
        case .string: return JSONText.string(content)
        case .array:
            let texts = JSONScanner.elements(of: content).compactMap { range -> String? in
                JSONObjectView(UnsafeRawBufferPointer(rebasing: content[range]))?.string("text")
            }
            return texts.isEmpty ? nil : texts.joined(separator: "\n")
        default: return nil
        }
    }

    /// On one line: what would move a terminal's cursor becomes a space.
    private static func shortened(_ text: String, _ charactersMax: Int) -> String {
        var result = ""
        for character in text.prefix(charactersMax) {
            let isControl = character.unicodeScalars.contains { $0.value < 0x20 || $0.value == 0x7F }
            result.append(isControl ? " " : character)
        }
        return result
    }
}
