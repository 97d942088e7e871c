import NIOCore

/// Writes `contents`.
///
/// Neighbours of one role become one content: the responses of a content's calls must all stand in the next one, before
/// anything else. An empty block of thinking carries the signature of the part before it.
struct GeminiContentsWriter {
    private(set) var writer: JSONWriter
    private let model: GeminiModel
    private(set) var losses: TranslationLosses
    /// The functions that were called, by the ids of the calls: a response must name its function.
    private var names: [String: RawText] = [:]

    init(_ writer: JSONWriter, _ model: GeminiModel, _ losses: TranslationLosses) {
        self.writer = writer
        self.model = model
        self.losses = losses
    }

    /// A part, and the signature that belongs to it.
    fileprivate struct Piece {
        let content: ChatPart.Content
        var signature: RawText?
    }

    mutating func write(_ messages: [ChatMessage]) throws(TranslationError) {
        writer.key("contents")
        writer.beginArray()
        var place = 0
        while place < messages.count {
            let first = place
            var parts = messages[place].parts
            place += 1
            while place < messages.count, messages[place].role == messages[first].role {
                parts += messages[place].parts
                place += 1
            }
            for message in messages[first..<place] where message.name != nil {
                try losses.drop(message.path + ".name", "Gemini's contents have no name")
            }
            let pieces = try pieces(parts, messages[first].partsPath)
            if pieces.isEmpty { continue }
            writer.beginObject()
            writer.member("role", messages[first].role == .user ? "user" : "model")
            writer.key("parts")
            writer.beginArray()
            for piece in pieces { try write(piece, messages[first].partsPath) }
            writer.endArray()
            writer.endObject()
        }
        writer.endArray()
    }

    /// What is written of a content's parts: responses first, and nothing that is empty.
    private mutating func pieces(_ parts: [ChatPart], _ path: String) throws(TranslationError) -> [Piece] {
        var results: [Piece] = []
        var pieces: [Piece] = []
        for part in parts {
            switch part.content {
            case .text(let text) where text.isEmpty: continue
            case .thinking(let text, let signature):
                let proof = try proof(signature, path)
                if text.isEmpty, proof == nil { continue }
                if text.isEmpty, pieces.last?.takesSignature == true {
                    pieces[pieces.count - 1].signature = proof
                } else {
                    pieces.append(Piece(content: part.content, signature: proof))
                }
            case .sealedThinking:
                try losses.drop("\(path).reasoning", "Gemini takes back only thinking that it signed")
            case .other(let type, _):
                try losses.drop("\(path).\(type.string)", "Gemini has no part '\(type.string)'")
            case .toolCall(let call):
                names[call.id.string] = call.name
                pieces.append(Piece(content: part.content, signature: try proof(call.signature, path)))
            case .toolResult: results.append(Piece(content: part.content))
            case .text, .media, .refusal: pieces.append(Piece(content: part.content))
            }
        }
        if !model.isOlder { Self.excuse(&pieces) }
        return results + pieces
    }

    /// A signature that Gemini can take for one.
    private mutating func proof(_ signature: RawText?, _ path: String) throws(TranslationError) -> RawText? {
        guard let signature, !signature.isEmpty else { return nil }
        if GeminiSignature.isBytes(signature) { return signature }
        try losses.drop("\(path).reasoning", "Gemini takes back only thinking that it signed")
        return nil
    }

    /// The first call of a content must be signed, and few clients keep a signature.
    private static func excuse(_ pieces: inout [Piece]) {
        guard let first = pieces.firstIndex(where: { $0.isCall }), pieces[first].signature == nil else { return }
        pieces[first].signature = GeminiSignature.unchecked
    }

    // MARK: Parts

    private mutating func write(_ piece: Piece, _ path: String) throws(TranslationError) {
        switch piece.content {
        case .text(let text), .refusal(let text): writer.geminiText(text, signature: piece.signature)
        case .thinking(let text, _):
            writer.geminiText(text, isThought: text.isEmpty ? nil : true, signature: piece.signature)
        case .toolCall(let call): writer.geminiCall(call, signature: piece.signature)
        case .toolResult(let result): try write(result, path)
        case .media(let media):
            writer.beginObject()
            try write(media, path)
            writer.endObject()
        case .sealedThinking, .other: break
        }
    }

    /// A response is an object: a text that holds one is that object, any other is its `output`.
    private mutating func write(_ result: ToolResult, _ path: String) throws(TranslationError) {
        guard let name = names[result.id.string] else {
            throw TranslationError(path, "no call with the id '\(result.id.string)' stands before its result")
        }
        var texts: [ChatPart] = []
        var media: [ChatMedia] = []
        for part in result.parts {
            switch part.content {
            case .text: texts.append(part)
            case .media(let image): media.append(image)
            default: throw TranslationError(path, "a tool's result holds texts and media only")
            }
        }
        let text = OpenAIChatRequestWriter.joined(texts)
        writer.beginObject()
        writer.key("functionResponse")
        writer.beginObject()
        writer.member("id", result.id)
        writer.member("name", name)
        writer.key("response")
        if !result.isError, let object = text.object {
            writer.value(object)
        } else {
            writer.beginObject()
            writer.member(result.isError ? "error" : "output", text)
            writer.endObject()
        }
        if !media.isEmpty {
            writer.key("parts")
            writer.beginArray()
            for image in media {
                writer.beginObject()
                try write(image, path)
                writer.endObject()
            }
            writer.endArray()
        }
        writer.endObject()
        writer.endObject()
    }

    private mutating func write(_ media: ChatMedia, _ path: String) throws(TranslationError) {
        switch media.source {
        case .base64(let type, let data): writer.geminiBlob(type, data)
        case .text(let text): writer.member("text", text)
        case .url(let url): writer.geminiFile(url)
        case .file(let id):
            let isGoogles = ["https://", "gs://", "files/"].contains { id.string.hasPrefix($0) }
            guard isGoogles else {
                throw TranslationError(path, "the file '\(id.string)' is another provider's; send its bytes")
            }
            writer.geminiFile(id)
        }
        if let detail = media.detail, detail.string != "auto" {
            try losses.drop(path + ".image_url.detail", "Gemini has no detail of single images")
        }
        if media.name != nil { try losses.drop(path + ".filename", "Gemini's files have no names") }
    }
}

extension GeminiContentsWriter.Piece {
    fileprivate var isCall: Bool { if case .toolCall = content { true } else { false } }

    /// Whether a signature that follows may be its own.
    fileprivate var takesSignature: Bool {
        guard signature == nil else { return false }
        switch content {
        case .text, .toolCall: return true
        default: return false
        }
    }
}

extension JSONWriter {
    mutating func geminiText(_ text: RawText, isThought: Bool? = nil, signature: RawText? = nil) {
        beginObject()
        member("text", text)
        if let isThought { member("thought", isThought) }
        memberIfPresent("thoughtSignature", signature)
        endObject()
    }

    mutating func geminiCall(_ call: ToolCall, signature: RawText?) {
        beginObject()
        key("functionCall")
        beginObject()
        member("id", call.id)
        member("name", call.name)
        member("args", call.input)
        endObject()
        memberIfPresent("thoughtSignature", signature)
        endObject()
    }

    fileprivate mutating func geminiBlob(_ type: RawText, _ data: RawText) {
        key("inlineData")
        beginObject()
        member("mimeType", type)
        member("data", data)
        endObject()
    }

    fileprivate mutating func geminiFile(_ uri: RawText) {
        key("fileData")
        beginObject()
        memberIfPresent("mimeType", GeminiMediaType.guess(uri.string))
        member("fileUri", uri)
        endObject()
    }
}
