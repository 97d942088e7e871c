import Core
import NIOCore

/// Bodies and answers of `POST /v1/embeddings`. Source: OpenAI's published API reference, "Create embeddings".
enum OpenAIEmbeddings {
    static func read(_ body: ByteBuffer) throws(TranslationError) -> EmbeddingRequest {
        let request = try RawDocument.read(body) { document, view throws(TranslationError) in
            var request = EmbeddingRequest()
            guard let inputs = document.text(view, "input").map({ [$0] }) ?? document.texts(view, "input") else {
                throw TranslationError("input", "expected a text or a list of texts; tokens are another model's")
            }
            request.inputs = inputs
            request.dimensions = document.json(view, "dimensions")
            request.wantsBase64 = view.string("encoding_format") == "base64"
            let known: Set<String> = ["model", "input", "dimensions", "encoding_format"]
            for member in view.members where member.kind != .null && !known.contains(view.key(member)) {
                request.ownMembers.append(view.key(member))
            }
            return request
        }
        guard let request else { throw TranslationError("", "the body is no JSON object") }
        return request
    }

    static func write(_ request: EmbeddingRequest, _ model: String) -> ByteBuffer {
        var writer = JSONWriter()
        writer.beginObject()
        writer.member("model", model)
        writer.key("input")
        writer.beginArray()
        for text in request.inputs { writer.value(text) }
        writer.endArray()
        writer.memberIfPresent("dimensions", request.dimensions)
        writer.member("encoding_format", "float")
        writer.endObject()
        return writer.buffer
    }

    /// The vectors as they are written, by their places; nil for what is no answer.
    static func vectors(_ body: ByteBuffer) -> [RawJSON]? {
        let read = try? RawDocument.read(body) { document, view -> [RawJSON]? in
            guard let data = document.objects(view, "data") else { return nil }
            var vectors: [(place: Int, json: RawJSON)] = []
            for (place, item) in data.enumerated() {
                guard let item, let json = document.json(item, "embedding"), json.kind == .array else { return nil }
                vectors.append((item.integer("index") ?? place, json))
            }
            return vectors.sorted { $0.place < $1.place }.map(\.json)
        }
        return read ?? nil
    }

    static func write(_ vectors: [RawJSON], _ usage: TokenUsage, model: String, asBase64: Bool) -> ByteBuffer {
        var writer = JSONWriter()
        writer.beginObject()
        writer.member("object", "list")
        writer.key("data")
        writer.beginArray()
        for (place, vector) in vectors.enumerated() {
            writer.beginObject()
            writer.member("object", "embedding")
            writer.member("index", place)
            if asBase64 { writer.member("embedding", base64(vector)) } else { writer.member("embedding", vector) }
            writer.endObject()
        }
        writer.endArray()
        writer.member("model", model)
        writer.key("usage")
        writer.beginObject()
        writer.member("prompt_tokens", usage.inputTotal)
        writer.member("total_tokens", usage.inputTotal)
        writer.endObject()
        writer.endObject()
        return writer.buffer
    }

    /// Single floats in little-endian order.
    private static func base64(_ vector: RawJSON) -> RawText {
        var bytes: [UInt8] = []
        vector.buffer.withUnsafeReadableBytes { text in
            JSONScanner.forEachElement(of: text) { element in
                let value = Float(String(decoding: element, as: UTF8.self)) ?? 0
                withUnsafeBytes(of: value.bitPattern.littleEndian) { bytes += $0 }
            }
        }
        var text = ByteBuffer()
        Base64.encode(bytes, into: &text)
        return RawText(escaped: text)
    }
}
