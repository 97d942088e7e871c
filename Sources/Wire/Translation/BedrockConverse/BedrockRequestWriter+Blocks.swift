import NIOCore

extension BedrockRequestWriter {
    mutating func writeBlocks(_ parts: [ChatPart], _ path: String) throws(TranslationError) {
        writer.beginArray()
        // A blank text is refused, and says nothing.
        for part in parts where !part.isBlankText {
            try write(part, path)
            if let control = part.cacheControl { writeCachePoint(control) }
        }
        writer.endArray()
    }

    /// Where others mark the last block that a cache is to hold, Converse has a block of its own behind it.
    mutating func writeCachePoint(_ control: RawJSON) {
        let ttl = control.buffer.withUnsafeReadableBytes { JSONObjectView($0)?.string("ttl") }
        writer.beginObject()
        writer.key("cachePoint")
        writer.beginObject()
        writer.member("type", "default")
        if ttl == "1h" { writer.member("ttl", "1h") }
        writer.endObject()
        writer.endObject()
    }

    private mutating func write(_ part: ChatPart, _ path: String) throws(TranslationError) {
        switch part.content {
        case .other(let type, _):
            try losses.drop("\(path).\(type.string)", "Converse has no block '\(type.string)'")
        case .thinking(_, nil):
            try losses.drop("\(path).reasoning", "Bedrock takes back only thinking that was signed")
        case .text(let text), .refusal(let text): block { $0.member("text", text) }
        case .thinking(let text, let signature?):
            block {
                $0.key("reasoningContent")
                $0.beginObject()
                $0.key("reasoningText")
                $0.beginObject()
                $0.member("text", text)
                $0.member("signature", signature)
                $0.endObject()
                $0.endObject()
            }
        case .sealedThinking(let data):
            block {
                $0.key("reasoningContent")
                $0.beginObject()
                $0.member("redactedContent", data)
                $0.endObject()
            }
        case .media(let media): try write(media, path)
        case .toolCall(let call):
            try checkID(call.id, path)
            let input = try call.checkedInput(path, losses.mode)
            block {
                $0.key("toolUse")
                $0.beginObject()
                $0.member("toolUseId", call.id)
                $0.member("name", call.name)
                $0.member("input", input)
                $0.endObject()
            }
        case .toolResult(let result):
            try checkID(result.id, path)
            writer.beginObject()
            writer.key("toolResult")
            writer.beginObject()
            writer.member("toolUseId", result.id)
            writer.key("content")
            try writeBlocks(result.parts, path)
            if result.isError { writer.member("status", "error") }
            writer.endObject()
            writer.endObject()
        }
    }

    private mutating func block(_ body: (inout JSONWriter) -> Void) {
        writer.beginObject()
        body(&writer)
        writer.endObject()
    }

    private func checkID(_ id: RawText, _ path: String) throws(TranslationError) {
        let text = id.string
        guard (1...64).contains(text.utf8.count), text.utf8.allSatisfy({ $0.isToolCharacter || $0.isIDMark }) else {
            throw TranslationError(
                path, "Bedrock takes ids of calls of 1 to 64 letters, digits, '_', '-', '.' and ':', not '\(text)'")
        }
    }

    // MARK: Media

    private mutating func write(_ media: ChatMedia, _ path: String) throws(TranslationError) {
        let kind =
            switch media.kind {
            case .image: "image"
            case .document: "document"
            case .audio: "audio"
            }
        if media.detail != nil { try losses.drop(path + ".image_url.detail", "Converse has no detail of images") }
        writer.beginObject()
        writer.key(kind)
        writer.beginObject()
        switch media.source {
        case .base64(let type, let data):
            writer.member("format", try BedrockMedia.format(type.string, path))
            if media.kind == .document { writeName(media) }
            writer.key("source")
            writer.beginObject()
            writer.member("bytes", data)
            writer.endObject()
        case .text(let text):
            writer.member("format", "txt")
            writeName(media)
            writer.key("source")
            writer.beginObject()
            writer.member("text", text)
            writer.endObject()
        case .url(let url) where url.string.hasPrefix("s3://"):
            throw TranslationError(path, "an object in S3 has no format that Headgate can tell; send its bytes")
        case .url: throw .needsBytes(path, "Bedrock takes bytes and no URL")
        case .file(let id):
            throw TranslationError(path, "the file '\(id.string)' is another provider's; send its bytes")
        }
        writer.endObject()
        writer.endObject()
    }

    /// Bedrock's names of documents are of letters, digits, spaces, hyphens, parentheses and brackets.
    private mutating func writeName(_ media: ChatMedia) {
        let name = (media.name?.string ?? "").utf8.prefix(200).map { $0.isToolCharacter && $0 != 0x5F ? $0 : 0x20 }
        let words = String(decoding: name, as: UTF8.self).split(separator: " ").joined(separator: " ")
        writer.member("name", words.isEmpty ? "document" : words)
    }
}

/// The words by which Bedrock knows formats of media.
enum BedrockMedia {
    private static let formats = [
        "image/png": "png", "image/jpeg": "jpeg", "image/jpg": "jpeg", "image/gif": "gif", "image/webp": "webp",
        "application/pdf": "pdf", "text/csv": "csv", "text/html": "html", "text/plain": "txt", "text/markdown": "md",
        "application/msword": "doc", "application/vnd.ms-excel": "xls",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "docx",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "xlsx",
        "audio/mpeg": "mp3", "audio/mp3": "mp3", "audio/wav": "wav", "audio/x-wav": "wav", "audio/flac": "flac",
        "audio/ogg": "ogg", "audio/aac": "aac", "audio/opus": "opus", "audio/mp4": "m4a", "audio/webm": "webm",
    ]

    static func format(_ mediaType: String, _ path: String) throws(TranslationError) -> String {
        guard let format = formats[mediaType.lowercased()] else {
            throw TranslationError(path, "Bedrock takes no '\(mediaType)'")
        }
        return format
    }
}

extension ChatPart {
    var isOfTools: Bool {
        switch content {
        case .toolCall, .toolResult: true
        default: false
        }
    }

    /// A text without a visible character, as it is written.
    var isBlankText: Bool {
        guard case .text(let text) = content else { return false }
        return text.string.allSatisfy(\.isWhitespace)
    }
}

extension UInt8 {
    var isToolCharacter: Bool {
        switch self {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"):
            true
        default: false
        }
    }

    fileprivate var isIDMark: Bool { self == UInt8(ascii: ".") || self == UInt8(ascii: ":") }
}
