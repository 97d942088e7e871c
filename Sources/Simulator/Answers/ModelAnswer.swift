import Core

/// What a healthy model would answer to a body.
enum ModelAnswer {
    case stream(any AnswerForm, Generation)
    /// `tokens` is input and output together; `madeTokens` were made one by one and take their time.
    case whole(SimulatorJSON, tokens: Int, madeTokens: Int)

    init(
        _ endpoint: SimulatedEndpoint, _ body: SimulatorJSON, model: String, streamsEvents: Bool,
        _ directive: Directive
    ) throws(ProviderError) {
        switch endpoint {
        case .gemini(let method, _):
            try self.init(method, body, model: model, streamsEvents: streamsEvents, directive)
        case .chatCompletions:
            let ask = try GenerationAsk(chat: body, model: model)
            let generation = Generation(ask, directive)
            let form = OpenAIChatForm(generation: generation, includesUsage: ask.includesUsage)
            self.init(form, generation, streams: ask.streams)
        case .completions:
            let ask = try GenerationAsk(completion: body, model: model)
            let generation = Generation(ask, directive)
            let form = OpenAICompletionForm(generation: generation, includesUsage: ask.includesUsage)
            self.init(form, generation, streams: ask.streams)
        case .messages:
            let ask = try GenerationAsk(messages: body, model: model)
            let generation = Generation(ask, directive)
            self.init(AnthropicForm(generation: generation), generation, streams: ask.streams)
        case .responses:
            let ask = try GenerationAsk(responses: body, model: model)
            let generation = Generation(ask, directive)
            self.init(ResponsesForm(generation: generation, body: body), generation, streams: ask.streams)
        case .converse(_, let streams):
            let generation = Generation(try GenerationAsk(converse: body, model: model, streams: streams), directive)
            self.init(BedrockForm(generation: generation), generation, streams: streams)
        case .cohereChat:
            let ask = try GenerationAsk(cohere: body, model: model)
            let generation = Generation(ask, directive)
            self.init(CohereForm(generation: generation), generation, streams: ask.streams)
        case .ollamaChat:
            let ask = try GenerationAsk(ollama: body, model: model)
            let generation = Generation(ask, directive)
            self.init(OllamaForm(generation: generation), generation, streams: ask.streams)
        case .embeddings:
            let ask = try EmbeddingsAsk(body, model: model)
            self = .whole(Embeddings.whole(ask), tokens: ask.promptTokens, madeTokens: 0)
        default:
            _ = try BodyReader(body: body, dialect: endpoint.dialect).messages()
            let tokens = GenerationAsk.promptTokens(body)
            self = .whole(["input_tokens": .integer(tokens)], tokens: 0, madeTokens: 0)
        }
    }

    private init(
        _ method: GeminiMethod, _ body: SimulatorJSON, model: String, streamsEvents: Bool, _ directive: Directive
    ) throws(ProviderError) {
        switch method {
        case .generateContent, .streamGenerateContent:
            let streams = method == .streamGenerateContent
            let generation = Generation(try GeminiAsk(body).generation(model: model, streams: streams), directive)
            let form = GeminiForm(generation: generation, isArray: !streamsEvents)
            self.init(form, generation, streams: streams)
        case .countTokens:
            let ask = try GeminiAsk(body["generateContentRequest"] ?? body)
            _ = try ask.contents()
            self = .whole(["totalTokens": .integer(ask.promptTokens)], tokens: 0, madeTokens: 0)
        case .embedContent, .batchEmbedContents:
            let ask = try GeminiEmbedAsk(body, isBatch: method == .batchEmbedContents)
            let embeddings = try ask.embeddings()
            let vectors: SimulatorJSON =
                method == .embedContent ? ["embedding": embeddings[0]] : ["embeddings": .array(embeddings)]
            let usage: SimulatorJSON = ["promptTokenCount": .integer(ask.promptTokens)]
            self = .whole(vectors.adding(["usageMetadata": usage]), tokens: ask.promptTokens, madeTokens: 0)
        }
    }

    private init(_ form: some AnswerForm, _ generation: Generation, streams: Bool) {
        self =
            streams
            ? .stream(form, generation)
            : .whole(form.whole(), tokens: generation.tokens, madeTokens: generation.usage.outputTotal)
    }

    /// Input and output, as rate limits count them.
    var tokens: Int {
        switch self {
        case .stream(_, let generation): generation.tokens
        case .whole(_, let tokens, _): tokens
        }
    }
}
