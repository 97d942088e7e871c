public import NIOCore

/// What a chat asks for and holds, as conditions on calls ask it.
///
/// Read from the body as the client wrote it, part by part and without memory of its own, and only where something
/// asks: it costs a walk over the messages. Of a body that is no chat, nothing is true.
public struct RequestTraits: Sendable, Equatable {
    public private(set) var hasTools = false
    public private(set) var hasImages = false
    public private(set) var hasAudio = false
    public private(set) var hasDocuments = false
    /// The answer must follow a JSON schema.
    public private(set) var asksForSchema = false
    /// The model is asked to think first.
    public private(set) var asksForReasoning = false

    /// - Parameter endpoint: at which the body was sent, so that it has that endpoint's format.
    public init(body: ByteBuffer, endpoint: EndpointKind) {
        body.withUnsafeReadableBytes { bytes in
            guard let body = JSONObjectView(bytes) else { return }
            switch endpoint {
            case .chatCompletions: readChat(body)
            case .responses, .compact, .inputTokens: readResponses(body)
            case .messages, .countTokens: readMessages(body)
            case .generateContent, .countContentTokens: readContents(body)
            default: break
            }
        }
    }

    // MARK: Dialects

    private mutating func readChat(_ body: JSONObjectView) {
        hasTools = body.hasElements("tools") || body.hasElements("functions")
        asksForSchema = body.object("response_format")?.string("type") == "json_schema"
        asksForReasoning = Self.isEffort(body.string("reasoning_effort")) || Self.reasons(body.object("reasoning"))
        if let messages = body.member("messages") { takeItems(body.value(messages)) }
    }

    private mutating func readResponses(_ body: JSONObjectView) {
        hasTools = body.hasElements("tools")
        asksForSchema = body.object("text")?.object("format")?.string("type") == "json_schema"
        asksForReasoning = Self.reasons(body.object("reasoning"))
        if let input = body.member("input") { takeItems(body.value(input)) }
    }

    private mutating func readMessages(_ body: JSONObjectView) {
        hasTools = body.hasElements("tools")
        let format = body.object("output_config")?.object("format") ?? body.object("output_format")
        asksForSchema = format?.string("type") == "json_schema"
        let thinking = body.object("thinking")?.string("type")
        asksForReasoning = thinking == "enabled" || thinking == "adaptive"
        if let messages = body.member("messages") { takeItems(body.value(messages)) }
    }

    private mutating func readContents(_ body: JSONObjectView) {
        for member in body.members {
            let value = body.value(member)
            if body.bytes.isProtoNamed(member, "tools") {
                hasTools = body.bytes.hasElements(member)
            } else if body.bytes.isProtoNamed(member, "contents") {
                JSONScanner.forEachElement(of: value) { takeContent($0) }
            } else if body.bytes.isProtoNamed(member, "generationConfig"), let config = JSONObjectView(value) {
                readGenerationConfig(config)
            }
        }
    }

    private mutating func readGenerationConfig(_ config: JSONObjectView) {
        for member in config.members where member.kind == .object {
            if config.bytes.isProtoNamed(member, "responseSchema")
                || config.bytes.isProtoNamed(member, "responseJsonSchema")
            {
                asksForSchema = true
            } else if config.bytes.isProtoNamed(member, "thinkingConfig"),
                let thinking = JSONObjectView(config.value(member))
            {
                let budget = thinking.members.last { thinking.bytes.isProtoNamed($0, "thinkingBudget") }
                asksForReasoning = budget.map { JSONText.integer(thinking.value($0)) != 0 } ?? true
            }
        }
    }

    private static func isEffort(_ word: String?) -> Bool { word != nil && word != "none" }

    /// OpenAI's object in Responses, and OpenRouter's in chats.
    private static func reasons(_ reasoning: JSONObjectView?) -> Bool {
        guard let reasoning else { return false }
        return reasoning.string("effort") != "none" && reasoning.member("enabled")?.kind != .no
    }

    // MARK: Parts

    /// Messages, or Responses' items: their parts stand under `content`, those of a tool's result under `output` too.
    private mutating func takeItems(_ items: UnsafeRawBufferPointer) {
        JSONScanner.forEachElement(of: items) { item in
            JSONScanner.forEachMember(of: item) { member in
                guard member.kind == .array, item.isNamed(member, "content") || item.isNamed(member, "output") else {
                    return
                }
                JSONScanner.forEachElement(of: item.value(member)) { takePart($0, isInside: false) }
            }
        }
    }

    /// - Parameter isInside: it is a part of a tool's result, which has no results of its own.
    private mutating func takePart(_ part: UnsafeRawBufferPointer, isInside: Bool) {
        JSONScanner.forEachMember(of: part) { member in
            if member.kind == .string, part.isNamed(member, "type") {
                takeType(part.value(member).insideQuotes)
            } else if !isInside, member.kind == .array, part.isNamed(member, "content") {
                JSONScanner.forEachElement(of: part.value(member)) { takePart($0, isInside: true) }
            }
        }
    }

    private mutating func takeType(_ type: UnsafeRawBufferPointer) {
        func isOne(of names: StaticString...) -> Bool { names.contains { type.isText($0) } }
        if isOne(of: "image_url", "input_image", "image") {
            hasImages = true
        } else if isOne(of: "input_audio") {
            hasAudio = true
        } else if isOne(of: "file", "input_file", "document") {
            hasDocuments = true
        }
    }

    /// One of Gemini's contents.
    private mutating func takeContent(_ content: UnsafeRawBufferPointer) {
        JSONScanner.forEachMember(of: content) { member in
            guard content.isProtoNamed(member, "parts") else { return }
            JSONScanner.forEachElement(of: content.value(member)) { part in
                JSONScanner.forEachMember(of: part) { member in
                    guard part.isProtoNamed(member, "inlineData") || part.isProtoNamed(member, "fileData") else {
                        return
                    }
                    takeData(part.value(member))
                }
            }
        }
    }

    private mutating func takeData(_ data: UnsafeRawBufferPointer) {
        JSONScanner.forEachMember(of: data) { member in
            guard member.kind == .string, data.isProtoNamed(member, "mimeType") else { return }
            let type = data.value(member).insideQuotes
            if type.starts(with: "image/".utf8) {
                hasImages = true
            } else if type.starts(with: "audio/".utf8) {
                hasAudio = true
            } else if type.starts(with: "application/".utf8) || type.starts(with: "text/".utf8) {
                hasDocuments = true
            }
        }
    }
}

extension JSONObjectView {
    /// Whether this member is an array that is not empty.
    fileprivate func hasElements(_ name: StaticString) -> Bool { member(name).map(bytes.hasElements) ?? false }
}

extension UnsafeRawBufferPointer {
    /// Whether a member of the object that stands here is an array that is not empty.
    fileprivate func hasElements(_ member: JSONMember) -> Bool {
        guard member.kind == .array else { return false }
        return value(member).dropFirst().first { $0 > 0x20 } != UInt8(ascii: "]")
    }
}
