import Core
import NIOCore

/// Bodies and answers of `models/{model}:embedContent` and `:batchEmbedContents`. Source: Google's published API
/// reference, "Embeddings".
enum GeminiEmbeddings {
    static func read(_ body: ByteBuffer, _ endpoint: EndpointKind) throws(TranslationError) -> EmbeddingRequest {
        let request = try RawDocument.read(body) { document, view throws(TranslationError) in
            let whole = ProtoObject(document: document, view: view)
            var request = EmbeddingRequest()
            guard endpoint == .batchEmbedContents else {
                try read(whole, "", &request)
                return request
            }
            guard let list = whole.objects("requests") else {
                throw TranslationError("requests", "expected a list of requests")
            }
            for (place, item) in list.enumerated() {
                guard let item else { throw TranslationError("requests[\(place)]", "expected an object") }
                try read(item, "requests[\(place)].", &request)
            }
            return request
        }
        guard let request else { throw TranslationError("", "the body is no JSON object") }
        return request
    }

    /// - Parameter path: before the members' names.
    private static func read(
        _ item: ProtoObject, _ path: String, _ request: inout EmbeddingRequest
    ) throws(TranslationError) {
        guard let parts = item.object("content")?.objects("parts") else {
            throw TranslationError(path + "content.parts", "expected a list of parts")
        }
        var text = RawText("")
        for (place, part) in parts.enumerated() {
            guard let piece = part?.text("text") else {
                throw TranslationError("\(path)content.parts[\(place)]", "other providers embed texts only")
            }
            if place > 0 { text.append("\\n") }
            text.append(piece)
        }
        let dimensions = item.number("outputDimensionality")
        if !request.inputs.isEmpty, dimensions != request.dimensions {
            throw TranslationError(
                path + "outputDimensionality", "other providers make vectors of one length at a time")
        }
        request.dimensions = dimensions
        request.inputs.append(text)
        let others = item.others(than: ["model", "content", "outputDimensionality"])
        request.ownMembers += others.map { path + $0.name }
    }

    /// Always a batch: its answer is the same for one.
    static func write(_ request: EmbeddingRequest, _ model: String) -> ByteBuffer {
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("requests")
        writer.beginArray()
        for text in request.inputs {
            writer.beginObject()
            writer.member("model", "models/" + model)
            writer.key("content")
            writer.beginObject()
            writer.key("parts")
            writer.beginArray()
            writer.geminiText(text)
            writer.endArray()
            writer.endObject()
            writer.memberIfPresent("outputDimensionality", request.dimensions)
            writer.endObject()
        }
        writer.endArray()
        writer.endObject()
        return writer.buffer
    }

    /// The vectors as they are written; nil for what is no answer.
    static func vectors(_ body: ByteBuffer) -> [RawJSON]? {
        let read = try? RawDocument.read(body) { document, view -> [RawJSON]? in
            guard let embeddings = document.objects(view, "embeddings") else { return nil }
            let vectors = embeddings.map { $0.flatMap { document.json($0, "values") } }
            let isWhole = vectors.allSatisfy { $0?.kind == .array }
            return isWhole ? vectors.compactMap { $0 } : nil
        }
        return read ?? nil
    }

    static func write(_ vectors: [RawJSON], _ endpoint: EndpointKind, _ usage: TokenUsage) -> ByteBuffer {
        var writer = JSONWriter()
        writer.beginObject()
        if endpoint == .batchEmbedContents {
            writer.key("embeddings")
            writer.beginArray()
            for vector in vectors { write(vector, &writer) }
            writer.endArray()
        } else {
            writer.key("embedding")
            write(vectors.first ?? RawJSON(kind: .array, ByteBuffer(string: "[]")), &writer)
        }
        writer.key("usageMetadata")
        writer.beginObject()
        writer.member("promptTokenCount", usage.inputTotal)
        writer.member("totalTokenCount", usage.inputTotal)
        writer.endObject()
        writer.endObject()
        return writer.buffer
    }

    private static func write(_ vector: RawJSON, _ writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("values", vector)
        writer.endObject()
    }
}
