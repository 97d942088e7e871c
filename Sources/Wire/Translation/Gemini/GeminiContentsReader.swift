import NIOCore

/// Reads `contents`. Gemini's calls and their responses may have no ids: they are paired by name, in order, and get
/// `call_<n>`, counted from the conversation's beginning, so that a call keeps its id from request to request.
struct GeminiContentsReader {
    private(set) var messages: [ChatMessage] = []
    /// Paths of what no other dialect can say.
    private(set) var ownMembers: [String] = []
    /// Calls that no response has been read for.
    private var open: [(id: RawText, name: RawText)] = []
    private var calls = 0

    mutating func read(_ body: ProtoObject) throws(TranslationError) {
        guard let contents = body.objects("contents") else {
            throw TranslationError("contents", "expected a list of contents")
        }
        for (place, content) in contents.enumerated() {
            let path = "contents[\(place)]"
            guard let content else { throw TranslationError(path, "expected an object") }
            let role: ChatMessage.Role
            switch content.word("role") {
            case nil, "", "user", "function", "tool": role = .user
            case "model": role = .assistant
            default: throw TranslationError(path + ".role", "expected user or model")
            }
            ownMembers += content.others(than: ["role", "parts"]).map { "\(path).\($0.name)" }
            messages.append(ChatMessage(role, try parts(content, path), path: path, partsMember: ".parts"))
        }
    }

    /// - Parameter path: of the content.
    mutating func parts(_ content: ProtoObject, _ path: String) throws(TranslationError) -> [ChatPart] {
        guard let parts = content.objects("parts") else {
            throw TranslationError(path + ".parts", "expected a list of parts")
        }
        var read: [ChatPart] = []
        for (place, part) in parts.enumerated() {
            let path = "\(path).parts[\(place)]"
            guard let part else { throw TranslationError(path, "expected an object") }
            let piece = try GeminiPart(part, path)
            read.append(ChatPart(try self.content(piece, path)))
            ownMembers += piece.details.map { "\(path).\($0)" }
        }
        return read
    }

    private mutating func content(_ part: GeminiPart, _ path: String) throws(TranslationError) -> ChatPart.Content {
        let signature = part.signature.flatMap(GeminiSignature.unwrapped)
        switch part.content {
        case .text(let text, isThought: true):
            if signature?.kind == .sealed { return .sealedThinking(signature?.text ?? text) }
            return .thinking(text, signature: signature?.text)
        case .text(let text, isThought: false): return .text(text)
        case .call(let id, let name, let arguments):
            let id = id ?? RawText("call_\(calls)")
            calls += 1
            open.append((id, name))
            return .toolCall(ToolCall(id: id, name: name, arguments: .object(arguments), signature: signature?.text))
        case .response(let response): return .toolResult(try result(response, path + ".functionResponse"))
        case .inline(let type, let data): return .media(try Self.media(type, data, path))
        case .file(let type, let uri): return .media(try Self.media(type, uri: uri, path))
        case .other(let name, let json): return .other(RawText(name), json)
        }
    }

    // MARK: Responses of functions

    private mutating func result(_ response: ProtoObject, _ path: String) throws(TranslationError) -> ToolResult {
        let name = try GeminiPart.text(response, "name", path)
        ownMembers += response.others(than: ["id", "name", "response", "parts"]).map { "\(path).\($0.name)" }
        let given = response.text("id").flatMap { $0.isEmpty ? nil : $0 }
        let place = open.firstIndex { $0.id == given } ?? open.firstIndex { $0.name == name }
        let paired = place.map { open.remove(at: $0).id }
        guard let id = paired ?? given else {
            throw TranslationError(path, "no call of '\(name.string)' stands before it")
        }
        var result = ToolResult(id: id, parts: [])
        if let value = response.object("response") {
            let (text, isError) = Self.text(of: value)
            result = ToolResult(id: id, parts: [ChatPart(.text(text))], isError: isError)
        }
        for (place, part) in (response.objects("parts") ?? []).enumerated() {
            let path = "\(path).parts[\(place)]"
            guard let blob = part?.object("inlineData") else { throw TranslationError(path, "expected 'inlineData'") }
            let type = try GeminiPart.text(blob, "mimeType", path)
            let data = try GeminiPart.text(blob, "data", path).inStandardBase64
            result.parts.append(ChatPart(.media(try Self.media(type, data, path))))
        }
        return result
    }

    /// What a function gave: the text that stands alone in the object's `output`, `result` or `error`, else all of it.
    private static func text(of response: ProtoObject) -> (RawText, isError: Bool) {
        let whole = RawText(String(buffer: response.document.part(response.view.bytes)))
        guard response.view.members.count == 1 else { return (whole, response.member("error") != nil) }
        if let error = response.json("error") { return (error.text ?? RawText(String(buffer: error.buffer)), true) }
        return (response.text("output") ?? response.text("result") ?? whole, false)
    }

    // MARK: Media

    private static func media(_ type: RawText, _ data: RawText, _ path: String) throws(TranslationError) -> ChatMedia {
        let kind = try kind(type.string, path)
        if kind == .document, type.string.hasPrefix("text/") {
            var bytes: [UInt8] = []
            let isWhole = data.escaped.withUnsafeReadableBytes { Base64.decode($0, into: &bytes) }
            guard isWhole, let text = String(validating: bytes, as: UTF8.self) else {
                throw TranslationError(path + ".inlineData.data", "expected text in base64")
            }
            return ChatMedia(.document, .text(RawText(text)))
        }
        return ChatMedia(kind, .base64(mediaType: type, data: data))
    }

    private static func media(_ type: RawText?, uri: RawText, _ path: String) throws(TranslationError) -> ChatMedia {
        let place = uri.string
        let isWeb = place.hasPrefix("https://") || place.hasPrefix("http://")
        let isGoogles = !isWeb || place.hasPrefix("https://generativelanguage.googleapis.com/")
        let kind = try kind(type?.string ?? GeminiMediaType.guess(place) ?? "", path)
        return ChatMedia(kind, isGoogles ? .file(uri) : .url(uri))
    }

    private static func kind(_ type: String, _ path: String) throws(TranslationError) -> ChatMedia.Kind {
        if type.hasPrefix("image/") { return .image }
        if type.hasPrefix("audio/") { return .audio }
        if type.hasPrefix("video/") { throw TranslationError(path, "other providers take no videos") }
        return .document
    }
}

/// Media types by the endings of names.
enum GeminiMediaType {
    private static let byEnding = [
        "png": "image/png", "jpg": "image/jpeg", "jpeg": "image/jpeg", "webp": "image/webp", "gif": "image/gif",
        "heic": "image/heic", "heif": "image/heif", "pdf": "application/pdf", "txt": "text/plain", "html": "text/html",
        "mp3": "audio/mp3", "wav": "audio/wav", "mp4": "video/mp4",
    ]

    static func guess(_ url: String) -> String? {
        let path = url.prefix { $0 != "?" && $0 != "#" }
        return path.split(separator: "/").last?.split(separator: ".").last.flatMap { byEnding[$0.lowercased()] }
    }
}
