public import NIOCore

/// A URL in a request at which an image, a document or a sound stands that its provider does not get by itself.
public struct MediaReference: Sendable, Equatable {
    public let kind: MediaType.Kind
    public let url: String
    /// Where it stands in the client's body.
    public let member: String
}

/// What stood at a URL.
public enum FetchedMedia: Sendable {
    /// A file, in base64.
    case file(MediaType, base64: ByteBuffer)
    case text(String)

    /// Something of a kind, to see whether a provider could be told it at all.
    /// - Parameter isText: a document is words.
    public static func example(of kind: MediaType.Kind, isText: Bool) -> FetchedMedia {
        switch kind {
        case .image: .file(.png, base64: ByteBuffer(string: "AAAA"))
        case .audio: .file(.wav, base64: ByteBuffer(string: "AAAA"))
        case .document: isText ? .text("text") : .file(.pdf, base64: ByteBuffer(string: "AAAA"))
        }
    }

    var source: ChatMedia.Source {
        switch self {
        case .file(let type, let data): .base64(mediaType: RawText(type.rawValue), data: RawText(escaped: data))
        case .text(let text): .text(RawText(text))
        }
    }
}

extension ChatTranslation {
    /// What must be fetched before the provider can be asked, each URL once.
    ///
    /// - Parameters:
    ///   - body: the client's. Of one that cannot be read `request` says what is wrong.
    ///   - model: the upstream's.
    public func mediaToFetch(_ body: ByteBuffer, model: ServedModel) -> [MediaReference] {
        guard Self.mayHoldURLs(body), let request = try? clientCoding.readRequest(body) else { return [] }
        var references: [MediaReference] = []
        var seen: Set<String> = []
        request.visitMedia { media, member in
            guard case .url(let text) = media.source else { return }
            let url = text.string
            guard needsBytes(media.kind, at: url, model), seen.insert(url).inserted else { return }
            references.append(MediaReference(kind: media.kind, url: url, member: member))
        }
        return references
    }

    /// Whether the names stand in a body under which clients write URLs of media, so that a request of words alone is
    /// not read twice. Names in escapes, which nobody writes, are passed over.
    private static func mayHoldURLs(_ body: ByteBuffer) -> Bool {
        body.withUnsafeReadableBytes { bytes in mediaURLNames.contains { bytes.contains($0) } }
    }

    private static let mediaURLNames: [StaticString] = [
        "\"url\"", "\"image_url\"", "\"file_url\"", "\"fileUri\"", "\"file_uri\"",
    ]

    /// The provider does not get by itself what stands at a URL.
    func needsBytes(_ kind: MediaType.Kind, at url: String, _ model: ServedModel) -> Bool {
        model.mediaAsBytes.contains(kind)
            || !provider.providerCoding.takes(kind, at: url, model: model.knownName)
    }
}

extension ChatRequest {
    /// Puts what was fetched where its URL stood.
    ///
    /// - Parameter isWanted: the provider does not take such a URL itself.
    mutating func inline(
        _ fetched: [String: FetchedMedia], where isWanted: (MediaType.Kind, String) -> Bool
    ) {
        guard !fetched.isEmpty else { return }
        changeMedia { media, _ in
            guard case .url(let text) = media.source else { return }
            let url = text.string
            if isWanted(media.kind, url), let file = fetched[url] { media.source = file.source }
        }
    }

    /// Refuses URLs of what the model takes as bytes only, though its format has a word for them.
    func refuseURLs(for model: ServedModel) throws(TranslationError) {
        guard !model.mediaAsBytes.isEmpty else { return }
        try visitMedia { media, member throws(TranslationError) in
            guard case .url = media.source, model.mediaAsBytes.contains(media.kind) else { return }
            throw .needsBytes(member, "'\(model.knownName)' takes no URL of \(media.kind.rawValue)s at this provider")
        }
    }

    /// - Parameter visit: gets each image, document and sound, and the member that it stands in.
    fileprivate func visitMedia<Failure>(_ visit: (ChatMedia, String) throws(Failure) -> Void) throws(Failure) {
        for message in messages {
            let member = message.partsPath
            for part in message.parts { try part.visitMedia(member, visit) }
        }
    }

    /// - Parameter change: gets each image, document and sound, and the member that it stands in.
    fileprivate mutating func changeMedia<Failure>(
        _ change: (inout ChatMedia, String) throws(Failure) -> Void
    ) throws(Failure) {
        for place in messages.indices {
            let member = messages[place].partsPath
            for part in messages[place].parts.indices { try messages[place].parts[part].changeMedia(member, change) }
        }
    }
}

extension ChatPart {
    fileprivate func visitMedia<Failure>(
        _ member: String, _ visit: (ChatMedia, String) throws(Failure) -> Void
    ) throws(Failure) {
        switch content {
        case .media(let media): try visit(media, member)
        case .toolResult(let result): for part in result.parts { try part.visitMedia(member, visit) }
        default: break
        }
    }

    fileprivate mutating func changeMedia<Failure>(
        _ member: String, _ change: (inout ChatMedia, String) throws(Failure) -> Void
    ) throws(Failure) {
        switch content {
        case .media(var media):
            try change(&media, member)
            content = .media(media)
        case .toolResult(var result):
            for place in result.parts.indices { try result.parts[place].changeMedia(member, change) }
            content = .toolResult(result)
        default: break
        }
    }
}
