/// What a call of the pass-through endpoint is answered with, as far as its path tells.
public struct UpstreamAnswer: Sendable, Equatable {
    public let format: AnswerFormat
    public let flavour: UsageFlavour
    /// The model where the path names it.
    public let model: String?

    /// - Parameters:
    ///   - kind: the word in the configuration's `kind:`.
    ///   - path: the upstream path without its query, below or with the base URL's own.
    /// - Returns: nil where nothing is known of the answer, or it uses nothing.
    public init?(kind: String, path: String) {
        let place: Place?
        switch kind {
        case "gemini", "vertex": place = Self.google(path)
        case "bedrock": place = Self.bedrock(path)
        case "cohere": place = Self.cohere(path)
        case "ollama": place = Self.ollama(path)
        case "voyage":
            place = Self.ends(path, ["/embeddings", "/multimodalembeddings", "/rerank"]) ? Place(.voyage) : nil
        case "azure": place = Self.azure(path)
        case "databricks": place = Self.databricks(path)
        case "openai", "openai-compatible", "anthropic", "mistral", "groq", "deepseek", "xai", "together",
            "fireworks", "cerebras", "openrouter", "perplexity", "vllm", "sglang", "llamacpp", "simulator":
            place = Self.common(path)
        default: place = nil
        }
        guard let place else { return nil }
        format = place.format
        flavour = UsageFlavour(kind: kind)
        model = place.model
    }

    private struct Place {
        let format: AnswerFormat
        let model: String?

        init(_ format: AnswerFormat, model: String? = nil) {
            self.format = format
            self.model = model
        }
    }

    private static func ends(_ path: String, _ endings: [String]) -> Bool { endings.contains { path.hasSuffix($0) } }

    // MARK: By provider

    /// The endpoints of OpenAI and Anthropic, which the others copy, under whatever base.
    private static func common(_ path: String) -> Place? {
        if ends(path, ["/completions", "/embeddings", "/rerank"]) { return Place(.openAIChat) }
        if ends(path, ["/responses", "/responses/compact"]) { return Place(.openAIResponses) }
        if ends(path, ["/images/generations", "/images/edits", "/images/variations"]) { return Place(.openAIImages) }
        if ends(path, ["/audio/transcriptions", "/audio/translations", "/audio/speech"]) {
            return Place(.openAIAudio)
        }
        return path.hasSuffix("/messages") && !path.contains("/threads/") ? Place(.anthropicMessages) : nil
    }

    /// `.../deployments/{name}/...` names the deployment, which is not the model but is what is known.
    private static func azure(_ path: String) -> Place? {
        guard let place = common(path) else { return nil }
        return Place(place.format, model: segment(after: "deployments", in: path))
    }

    private static func databricks(_ path: String) -> Place? {
        guard path.hasSuffix("/invocations") else { return common(path) }
        return Place(.openAIChat, model: segment(after: "serving-endpoints", in: path))
    }

    /// `.../models/{model}:{method}`, where the method says what is asked, and on Vertex the publisher says how.
    private static func google(_ path: String) -> Place? {
        guard let last = segment(after: "models", in: path), let colon = last.lastIndex(of: ":") else {
            return path.contains("/openai/") || path.contains("/openapi/") ? common(path) : nil
        }
        let model = String(last[..<colon])
        switch last[last.index(after: colon)...] {
        case "generateContent", "streamGenerateContent", "embedContent", "batchEmbedContents", "predict":
            return Place(.gemini, model: model)
        case "rawPredict", "streamRawPredict":
            if model == "count-tokens" { return nil }
            let isClaude = segment(after: "publishers", in: path) == "anthropic"
            return Place(isClaude ? .anthropicMessages : .openAIChat, model: model)
        default: return nil
        }
    }

    /// `/model/{id}/{operation}`, where the id may be a whole resource name.
    private static func bedrock(_ path: String) -> Place? {
        let model = segment(after: "model", in: path)
        switch path.split(separator: "/").last {
        case "converse", "converse-stream": return Place(.bedrockConverse, model: model)
        case "invoke", "invoke-with-response-stream": return Place(.bedrockInvoke, model: model)
        default: return common(path)
        }
    }

    private static func cohere(_ path: String) -> Place? {
        if path.contains("/compatibility/") { return common(path) }
        return ends(path, ["/chat", "/rerank", "/embed"]) ? Place(.cohere) : nil
    }

    private static func ollama(_ path: String) -> Place? {
        ends(path, ["/api/chat", "/api/generate", "/api/embed"]) ? Place(.ollama) : common(path)
    }

    /// What stands after the segment of this name, decoded.
    private static func segment(after name: String, in path: String) -> String? {
        let segments = path.split(separator: "/")
        guard let place = segments.firstIndex(of: name[...]), place + 1 < segments.count else { return nil }
        return PercentEncoding.decoded(String(segments[place + 1]))
    }
}
