import NIOCore

/// The bodies of requests that ask for a count.
enum CountedRequest {
    /// - Parameter endpoint: the client's.
    static func read(_ body: ByteBuffer, _ endpoint: EndpointKind) throws(TranslationError) -> ChatRequest {
        if endpoint == .countTokens { return try AnthropicRequestReader.read(body) }
        // Gemini's clients send contents alone, or a whole request in a member of its own.
        let whole = try RawDocument.read(body) { document, view throws(TranslationError) in
            ProtoObject(document: document, view: view).json("generateContentRequest")
        }
        return try GeminiRequestReader.read(whole.flatMap { $0 }?.buffer ?? body)
    }

    /// The body of `POST /v1/messages/count_tokens`, which refuses what concerns an answer.
    static func anthropic(
        _ request: ChatRequest, model: ServedModel, _ losses: inout TranslationLosses
    ) throws(TranslationError) -> ByteBuffer {
        let body = try AnthropicRequestWriter.write(request, ChatRequestTarget(model: model), losses: &losses)
        let counted: Set<String> = [
            "model", "messages", "system", "tools", "tool_choice", "thinking", "output_config", "cache_control",
        ]
        return try object { writer throws(TranslationError) in
            try writer.copyMembers(of: body) { counted.contains($0) }
        }
    }

    /// The body of `models/{model}:countTokens`: instructions and tools count in a whole request only.
    static func gemini(
        _ request: ChatRequest, model: ServedModel, isVertex: Bool, _ losses: inout TranslationLosses
    ) throws(TranslationError) -> ByteBuffer {
        let body = try GeminiRequestWriter.write(request, ChatRequestTarget(model: model), losses: &losses)
        return try object { writer throws(TranslationError) in
            if isVertex {
                let counted: Set<String> = ["contents", "systemInstruction", "tools"]
                return try writer.copyMembers(of: body) { counted.contains($0) }
            }
            writer.key("generateContentRequest")
            writer.beginObject()
            writer.member("model", "models/" + model.name)
            try writer.copyMembers(of: body) { _ in true }
            writer.endObject()
        }
    }

    private static func object(
        _ write: (inout JSONWriter) throws(TranslationError) -> Void
    ) throws(TranslationError) -> ByteBuffer {
        var writer = JSONWriter()
        writer.beginObject()
        try write(&writer)
        writer.endObject()
        return writer.buffer
    }
}

extension JSONWriter {
    /// Writes members of another object into the one that is open.
    fileprivate mutating func copyMembers(
        of body: ByteBuffer, where takes: (String) -> Bool
    ) throws(TranslationError) {
        let members = try RawDocument.read(body) { document, view throws(TranslationError) in
            view.members.map { (view.key($0), document.json(view, $0)) }
        }
        for (name, value) in members ?? [] where takes(name) { member(name, value) }
    }
}
