/// Weighs the texts of a JSON value in one pass, without recursion and without memory.
///
/// The value must stand in a document that was scanned. A string counts by the name it stands under; an object that
/// stands for a tool's arguments counts as it is written, because a stream sends it as text.
struct ContentScale {
    /// Which names have texts that a model reads or writes.
    enum Vocabulary { case answer, request }

    enum Rule {
        /// A string counts; of a container, its strings by their own names.
        case text
        /// Like `text`, and an object counts as it is written.
        case written
        /// Nothing under this name counts, however deep.
        case nothing
        /// A string does not count; of a container, its strings by their own names.
        case inside
    }

    private let bytes: UnsafeRawBufferPointer
    private let vocabulary: Vocabulary
    private var position = 0
    private var weight = ContentWeight()

    /// - Parameter name: the name that the value itself stands under.
    static func weigh(
        _ value: UnsafeRawBufferPointer, named name: UnsafeRawBufferPointer, by vocabulary: Vocabulary = .answer
    ) -> ContentWeight {
        var scale = ContentScale(bytes: value, vocabulary: vocabulary)
        scale.weighAll(startingWith: vocabulary.rule(for: name))
        return scale.weight
    }

    /// Weighs a value that has no name of its own, such as an element of an array.
    static func weigh(_ value: UnsafeRawBufferPointer, by vocabulary: Vocabulary = .answer) -> ContentWeight {
        weigh(value, named: UnsafeRawBufferPointer(start: nil, count: 0), by: vocabulary)
    }

    private init(bytes: UnsafeRawBufferPointer, vocabulary: Vocabulary) {
        self.bytes = bytes
        self.vocabulary = vocabulary
    }

    private mutating func weighAll(startingWith first: Rule) {
        var current = first
        if current == .nothing { return }
        while position < bytes.count {
            switch bytes[position] {
            case UInt8(ascii: "\""):
                let string = takeString()
                skipSpace()
                if position < bytes.count, bytes[position] == UInt8(ascii: ":") {
                    position += 1
                    skipSpace()
                    current = vocabulary.rule(for: string)
                    if current == .nothing { skipContainer() }
                } else if current == .text || current == .written {
                    weight.add(inside: string)
                }
            case UInt8(ascii: "{") where current == .written:
                let start = position
                skipContainer()
                // A call without arguments has no text in a stream either.
                if bytes[start..<position].dropFirst().contains(where: { $0 > 0x20 && $0 != UInt8(ascii: "}") }) {
                    weight.add(written: UnsafeRawBufferPointer(rebasing: bytes[start..<position]))
                }
            default:
                position += 1
            }
        }
    }

    /// - Returns: the inside of the string that starts here.
    private mutating func takeString() -> UnsafeRawBufferPointer {
        let start = position + 1
        var end = start
        while end < bytes.count, bytes[end] != UInt8(ascii: "\"") {
            end += bytes[end] == UInt8(ascii: "\\") ? 2 : 1
        }
        end = min(end, bytes.count)
        position = min(end + 1, bytes.count)
        return UnsafeRawBufferPointer(rebasing: bytes[min(start, end)..<end])
    }

    /// Skips the object or array that starts here, if one does.
    private mutating func skipContainer() {
        guard position < bytes.count, bytes[position] == UInt8(ascii: "{") || bytes[position] == UInt8(ascii: "[")
        else { return }
        var depth = 0
        repeat {
            switch bytes[position] {
            case UInt8(ascii: "\""):
                _ = takeString()
                continue
            case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"): depth -= 1
            default: break
            }
            position += 1
        } while depth > 0 && position < bytes.count
    }

    private mutating func skipSpace() {
        while position < bytes.count, bytes[position] <= 0x20 { position += 1 }
    }
}

extension ContentScale.Vocabulary {
    /// What an answer says once: a text that is given a second time in another form is passed over.
    private static let texts: [StaticString] = [
        "content", "text", "refusal", "thinking", "reasoning", "reasoning_content", "partial_json", "code",
        "transcript", "tool_plan", "response", "generation", "outputText",
    ]
    private static let repeated: [StaticString] = [
        "reasoning_details", "annotations", "citations", "logprobs", "output", "results", "signature",
    ]
    private static let arguments: [StaticString] = ["arguments", "input", "args"]
    /// A tool's schema is read by the model as it is written.
    private static let schemas: [StaticString] = ["parameters", "input_schema", "inputSchema", "json"]
    /// What no model reads as text: files, addresses of files, and the words of the protocol.
    private static let unread: [StaticString] = [
        "data", "url", "image_url", "file_data", "bytes", "signature", "thoughtSignature", "encrypted_content",
        "model", "role", "type", "id", "tool_call_id", "tool_use_id", "toolUseId", "call_id", "media_type", "mimeType",
        "metadata", "user",
    ]

    fileprivate func rule(for name: UnsafeRawBufferPointer) -> ContentScale.Rule {
        func isOne(of names: [StaticString]) -> Bool { names.contains { name.isText($0) } }
        switch self {
        case .answer:
            if isOne(of: Self.texts) { return .text }
            if isOne(of: Self.arguments) { return .written }
            return isOne(of: Self.repeated) ? .nothing : .inside
        case .request:
            if isOne(of: Self.unread) { return .nothing }
            return isOne(of: Self.arguments) || isOne(of: Self.schemas) ? .written : .text
        }
    }
}
