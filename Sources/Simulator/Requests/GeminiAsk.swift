/// Reads what clients ask of `models/{model}:...`, as strictly as Google's servers do: a name that they do not know is
/// an error, and responses must answer the calls before them.
struct GeminiAsk {
    private let body: SimulatorJSON

    private static let names = [
        "contents", "systemInstruction", "tools", "toolConfig", "safetySettings", "generationConfig", "cachedContent",
        "labels", "model", "serviceTier", "store",
    ]
    private static let configNames = [
        "temperature", "topP", "topK", "candidateCount", "maxOutputTokens", "stopSequences", "responseLogprobs",
        "logprobs", "presencePenalty", "frequencyPenalty", "seed", "responseMimeType", "responseSchema",
        "responseJsonSchema", "responseModalities", "mediaResolution", "speechConfig", "thinkingConfig", "imageConfig",
    ]

    init(_ body: SimulatorJSON) throws(ProviderError) {
        self.body = body.camelCased
        try Self.check(self.body, Self.names, "")
        if let config = self.body["generationConfig"] { try Self.check(config, Self.configNames, "generation_config.") }
    }

    func generation(model: String, streams: Bool) throws(ProviderError) -> GenerationAsk {
        let contents = try contents()
        var ask = GenerationAsk(
            model: model, promptTokens: promptTokens, lastText: Self.lastText(contents))
        ask.streams = streams
        ask.answersTools = Self.parts(contents.last).contains { $0["functionResponse"] != nil }
        let config = body["generationConfig"]
        ask.tokensMax = config?["maxOutputTokens"]?.integer
        ask.choices = min(max(config?["candidateCount"]?.integer ?? 1, 1), GenerationAsk.choicesMax)
        if body["toolConfig"]?["functionCallingConfig"]?["mode"]?.string?.uppercased() == "NONE" { return ask }
        ask.tools = (body["tools"]?.array ?? []).flatMap { $0["functionDeclarations"]?.array ?? [] }.compactMap {
            tool in
            tool["name"]?.string.map {
                GenerationAsk.Tool(name: $0, schema: tool["parametersJsonSchema"] ?? tool["parameters"] ?? [:])
            }
        }
        return ask
    }

    func contents() throws(ProviderError) -> [SimulatorJSON] {
        guard let contents = body["contents"]?.array, !contents.isEmpty else {
            throw Self.refusal("* GenerateContentRequest.contents: contents is not specified")
        }
        var calls = 0
        for (place, content) in contents.enumerated() {
            let parts = Self.parts(content)
            guard !parts.isEmpty else {
                throw Self.refusal("* GenerateContentRequest.contents[\(place)].parts: must not be empty.")
            }
            guard ["user", "model", "function", nil].contains(content["role"]?.string) else {
                throw Self.refusal("Please use a valid role: user, model.")
            }
            let responses = parts.count { $0["functionResponse"] != nil }
            guard responses == calls || responses == 0 && calls == 0 else {
                throw Self.refusal(
                    "Please ensure that the number of function response parts is equal to the number of function call "
                        + "parts of the function call turn.")
            }
            calls = parts.count { $0["functionCall"] != nil }
        }
        return contents
    }

    var promptTokens: Int {
        let bytes = ["contents", "systemInstruction", "tools"].reduce(0) { $0 + (body[$1]?.textBytes ?? 0) }
        return max(1, Lorem.tokens(bytes: bytes))
    }

    private static func parts(_ content: SimulatorJSON?) -> [SimulatorJSON] { content?["parts"]?.array ?? [] }

    private static func lastText(_ contents: [SimulatorJSON]) -> String {
        let last = contents.last { ($0["role"]?.string ?? "user") == "user" }
        return parts(last).compactMap { $0["text"]?.string }.joined()
    }

    private static func check(_ object: SimulatorJSON, _ names: [String], _ path: String) throws(ProviderError) {
        for member in object.members ?? [] where !names.contains(member.name) {
            throw refusal("Invalid JSON payload received. Unknown name \"\(path)\(member.name)\": Cannot find field.")
        }
    }

    static func refusal(_ message: String) -> ProviderError { ProviderError(status: 400, message: message) }
}

extension SimulatorJSON {
    /// The object with its names, and those of the objects of fixed shape in it, in `camelCase`.
    fileprivate var camelCased: SimulatorJSON {
        switch self {
        case .array(let elements): .array(elements.map(\.camelCased))
        case .object(let members):
            .object(
                members.map { member in
                    let name = Self.camelCase(member.name)
                    // What stands in these are the client's own names.
                    let isFree = ["args", "response", "parameters", "parametersJsonSchema", "labels"].contains(name)
                    let isSchema = name.hasPrefix("response") && name.hasSuffix("chema")
                    return Member(name: name, value: isFree || isSchema ? member.value : member.value.camelCased)
                })
        default: self
        }
    }

    private static func camelCase(_ name: String) -> String {
        let words = name.split(separator: "_")
        guard words.count > 1 else { return name }
        return words.dropFirst().reduce(String(words[0])) { $0 + $1.prefix(1).uppercased() + $1.dropFirst() }
    }
}

/// What clients ask `:embedContent` and `:batchEmbedContents` for.
struct GeminiEmbedAsk {
    private let requests: [SimulatorJSON]

    static let dimensionsByDefault = 768

    init(_ body: SimulatorJSON, isBatch: Bool) throws(ProviderError) {
        guard isBatch else {
            requests = [body]
            return
        }
        guard let list = body["requests"]?.array, !list.isEmpty, list.count <= EmbeddingsAsk.inputsMax else {
            throw GeminiAsk.refusal("* BatchEmbedContentsRequest.requests: must not be empty.")
        }
        requests = list
    }

    var promptTokens: Int { max(1, Lorem.tokens(bytes: requests.reduce(0) { $0 + ($1["content"]?.textBytes ?? 0) })) }

    /// Each as `{"values":[...]}`.
    func embeddings() throws(ProviderError) -> [SimulatorJSON] {
        var embeddings: [SimulatorJSON] = []
        for request in requests {
            guard let parts = request["content"]?["parts"]?.array else {
                throw GeminiAsk.refusal("* EmbedContentRequest.content: contents is not specified")
            }
            let dimensions = request["outputDimensionality"]?.integer ?? Self.dimensionsByDefault
            guard (1...EmbeddingsAsk.dimensionsMax).contains(dimensions) else {
                throw GeminiAsk.refusal("* EmbedContentRequest.output_dimensionality: out of range")
            }
            let text = Array(parts.compactMap { $0["text"]?.string }.joined().utf8)
            let vector = Embeddings.vector(of: text, dimensions: dimensions)
            embeddings.append(["values": .array(vector.map { .number(Double($0)) })])
        }
        return embeddings
    }
}
