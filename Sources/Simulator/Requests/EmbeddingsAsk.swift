/// What a client asks `/v1/embeddings` for.
struct EmbeddingsAsk {
    let model: String
    /// The bytes that each vector is made from.
    let inputs: [[UInt8]]
    let promptTokens: Int
    let isBase64: Bool
    let dimensions: Int

    static let dimensionsByDefault = 1536
    static let dimensionsMax = 4096
    static let inputsMax = 2048

    init(_ body: SimulatorJSON, model: String) throws(ProviderError) {
        let reader = BodyReader(body: body, dialect: .openAI)
        self.model = model
        guard let input = body["input"] else { throw reader.missing("input") }
        inputs = try Self.inputs(input, reader)
        promptTokens = max(1, Self.tokenCount(input) ?? Lorem.tokens(bytes: input.textBytes))
        switch body["encoding_format"]?.string ?? "float" {
        case "float": isBase64 = false
        case "base64": isBase64 = true
        default: throw reader.invalid("encoding_format", "expected 'float' or 'base64'")
        }
        dimensions = try reader.integer("dimensions", 1...Self.dimensionsMax) ?? Self.dimensionsByDefault
    }

    /// A string, an array of strings, an array of tokens, or an array of arrays of tokens.
    private static func inputs(_ input: SimulatorJSON, _ reader: BodyReader) throws(ProviderError) -> [[UInt8]] {
        if let text = input.string { return [Array(text.utf8)] }
        guard let elements = input.array, !elements.isEmpty, elements.count <= inputsMax else {
            throw reader.invalid("input", "expected a string or an array of 1 to \(inputsMax) elements")
        }
        if elements.allSatisfy({ $0.integer != nil }) { return [bytes(ofTokens: elements)] }
        var inputs: [[UInt8]] = []
        for element in elements {
            if let text = element.string {
                inputs.append(Array(text.utf8))
            } else if let tokens = element.array, !tokens.isEmpty, tokens.allSatisfy({ $0.integer != nil }) {
                inputs.append(bytes(ofTokens: tokens))
            } else {
                throw reader.invalid("input", "expected strings or arrays of tokens")
            }
        }
        return inputs
    }

    private static func bytes(ofTokens tokens: [SimulatorJSON]) -> [UInt8] {
        Array(tokens.map { String($0.integer ?? 0) }.joined(separator: ",").utf8)
    }

    /// The number of token ids in an input that is made of them; nil for text.
    static func tokenCount(_ input: SimulatorJSON) -> Int? {
        guard let elements = input.array, let first = elements.first else { return nil }
        if first.integer != nil { return elements.count }
        guard first.array != nil else { return nil }
        return elements.reduce(0) { $0 + ($1.array?.count ?? 0) }
    }
}
