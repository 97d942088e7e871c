import NIOCore

/// A part of a `Content`, as requests and answers have them.
/// Source: Google's published API reference, "Caching", `Content` and `Part`.
struct GeminiPart {
    enum Content {
        case text(RawText, isThought: Bool)
        case call(id: RawText?, name: RawText, arguments: RawJSON)
        case response(ProtoObject)
        case inline(mediaType: RawText, data: RawText)
        case file(mediaType: RawText?, uri: RawText)
        /// What only Gemini has: its name.
        case other(String, RawJSON)
    }

    let content: Content
    /// As Gemini wrote it.
    let signature: RawText?
    /// Members that say more of the content, such as `videoMetadata`.
    let details: [String]

    /// - Parameter path: of the part.
    init(_ part: ProtoObject, _ path: String) throws(TranslationError) {
        signature = part.text("thoughtSignature").flatMap { $0.isEmpty ? nil : $0 }
        let others = part.others(than: [
            "text", "thought", "thoughtSignature", "functionCall", "functionResponse", "inlineData", "fileData",
        ])
        if let call = part.object("functionCall") {
            content = try Self.call(call, path + ".functionCall")
        } else if let response = part.object("functionResponse") {
            content = .response(response)
        } else if let blob = part.object("inlineData") {
            content = .inline(
                mediaType: try Self.text(blob, "mimeType", path + ".inlineData"),
                data: try Self.text(blob, "data", path + ".inlineData").inStandardBase64)
        } else if let file = part.object("fileData") {
            content = .file(
                mediaType: file.text("mimeType"), uri: try Self.text(file, "fileUri", path + ".fileData"))
        } else if let text = part.text("text") {
            content = .text(text, isThought: part.flag("thought") ?? false)
        } else if let other = others.first {
            content = .other(other.name, other.value)
            details = []
            return
        } else if signature != nil || part.flag("thought") != nil {
            content = .text(RawText(""), isThought: part.flag("thought") ?? false)
        } else {
            throw TranslationError(path, "expected a part with a text, data, a call or a response")
        }
        details =
            others.map(\.name) + Self.details(part, "functionCall", ["id", "name", "args"])
            + Self.details(part, "inlineData", ["mimeType", "data"])
            + Self.details(part, "fileData", ["mimeType", "fileUri"])
    }

    /// What else stands in the object that is the part's content.
    private static func details(_ part: ProtoObject, _ name: StaticString, _ known: [StaticString]) -> [String] {
        part.object(name)?.others(than: known).map { "\(name).\($0.name)" } ?? []
    }

    private static func call(_ call: ProtoObject, _ path: String) throws(TranslationError) -> Content {
        let arguments = call.json("args") ?? .emptyObject
        guard arguments.kind == .object else { throw TranslationError(path + ".args", "expected an object") }
        let id = call.text("id").flatMap { $0.isEmpty ? nil : $0 }
        return .call(id: id, name: try text(call, "name", path), arguments: arguments)
    }

    static func text(_ object: ProtoObject, _ name: StaticString, _ path: String) throws(TranslationError) -> RawText {
        guard let text = object.text(name) else { throw TranslationError("\(path).\(name)", "expected a text") }
        return text
    }
}

extension RawJSON {
    static var emptyObject: RawJSON { RawJSON(kind: .object, ByteBuffer(string: "{}")) }
}
