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
            } else if let prompt = object.member("prompt") ?? object.member("input"), prompt.kind == .string {
                text = beginning(object.value(prompt))
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
            if let content = message.member("content"), let text = text(of: message.value(content), kind: content.kind),
                !text.isEmpty
            {
                return text
            }
            return message.member("tool_calls").map { calls in
                "\(JSONScanner.elements(of: message.value(calls)).count) tool call(s): "
                    + toolNames(message.value(calls)).joined(separator: ", ")
            }
        }
        if let output = object.member("output"), output.kind == .array { return itemsText(object.value(output)) }
        if let list = object.member("candidates"), let candidate = firstObject(object.value(list)) {
            guard let content = candidate.object("content"), let parts = content.member("parts") else { return nil }
            return text(of: content.value(parts), kind: parts.kind)
                ?? calledNames(content.value(parts)).map { "tool call(s): " + $0.joined(separator: ", ") }
        }
        if let content = object.member("content") { return text(of: object.value(content), kind: content.kind) }
        if let error = object.object("error") { return error.string("message") }
        return nil
    }

    /// The texts of a response's messages, or what tools it calls.
    private static func itemsText(_ output: UnsafeRawBufferPointer) -> String? {
        var texts: [String] = []
        var calls: [String] = []
        for range in JSONScanner.elements(of: output) {
            guard let item = JSONObjectView(UnsafeRawBufferPointer(rebasing: output[range])) else { continue }
            if let content = item.member("content"), let text = text(of: item.value(content), kind: content.kind) {
                texts.append(text)
            } else if item.member("call_id") != nil, let name = item.string("name") {
                calls.append(name)
            }
        }
        if !texts.isEmpty { return texts.joined(separator: "\n") }
        return calls.isEmpty ? nil : "\(calls.count) tool call(s): " + calls.joined(separator: ", ")
    }

    private static func toolNames(_ calls: UnsafeRawBufferPointer) -> [String] {
        JSONScanner.elements(of: calls).compactMap { range in
            JSONObjectView(UnsafeRawBufferPointer(rebasing: calls[range]))?.object("function")?.string("name")
        }
    }

    /// What functions the parts of one of Gemini's answers call; nil for none.
    private static func calledNames(_ parts: UnsafeRawBufferPointer) -> [String]? {
        let names = JSONScanner.elements(of: parts).compactMap { range in
            JSONObjectView(UnsafeRawBufferPointer(rebasing: parts[range]))?.object("functionCall")?.string("name")
        }
        return names.isEmpty ? nil : names
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
        case .string: return beginning(content)
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
        var text = text
        return text.withUTF8 { bytes in
            var kept: [UInt8] = []
            kept.reserveCapacity(min(bytes.count, charactersMax * 4))
            var characters = 0
            for byte in bytes {
                // What follows the first byte of a character is no new one.
                if byte & 0xC0 != 0x80 {
                    if characters == charactersMax { break }
                    characters += 1
                }
                kept.append(byte < 0x20 || byte == 0x7F ? 0x20 : byte)
            }
            return String(decoding: kept, as: UTF8.self)
        }
    }

    /// The beginning of a string, as long as a preview can need: the rest is not unescaped.
    private static func beginning(_ string: UnsafeRawBufferPointer) -> String {
        guard string.count > bytesMax else { return JSONText.string(string) }
        var end = bytesMax
        // Neither inside a character nor inside an escape.
        while end > bytesMax - 16, string[end] & 0xC0 == 0x80 || string[(end - 12)..<end].contains(UInt8(ascii: "\\")) {
            end -= 1
        }
        return JSONText.unescaped(UnsafeRawBufferPointer(rebasing: string[1..<end]))
    }

    /// Bytes of a text that are looked at.
    private static let bytesMax = 4096
}
