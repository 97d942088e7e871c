/// Reads members of a body and says what is wrong with them in the provider's own words.
struct BodyReader {
    let body: SimulatorJSON
    let dialect: SimulatedDialect

    func model() throws(ProviderError) -> String {
        guard let value = body["model"], value != .null else {
            guard dialect == .openAI else { throw missing("model") }
            throw ProviderError(status: 400, message: "you must provide a model parameter")
        }
        guard let model = value.string else { throw invalid("model", "expected a string") }
        return model
    }

    func messages() throws(ProviderError) -> [SimulatorJSON] {
        guard let value = body["messages"], value != .null else { throw missing("messages") }
        guard let messages = value.array else { throw invalid("messages", "expected an array") }
        guard !messages.isEmpty else { throw invalid("messages", "expected at least one message") }
        guard messages.allSatisfy({ $0["role"]?.string != nil }) else {
            throw invalid("messages", "expected objects with a role")
        }
        return messages
    }

    func bool(_ name: String) throws(ProviderError) -> Bool? {
        guard let value = body[name], value != .null else { return nil }
        guard let bool = value.bool else { throw invalid(name, "expected a boolean") }
        return bool
    }

    func integer(_ name: String, _ range: ClosedRange<Int>) throws(ProviderError) -> Int? {
        guard let value = body[name], value != .null else { return nil }
        guard let integer = value.integer else { throw invalid(name, "expected an integer") }
        guard integer >= range.lowerBound else { throw invalid(name, "expected a value >= \(range.lowerBound)") }
        guard integer <= range.upperBound else { throw invalid(name, "expected a value <= \(range.upperBound)") }
        return integer
    }

    func missing(_ name: String) -> ProviderError {
        switch dialect {
        case .openAI:
            ProviderError(
                status: 400, message: "Missing required parameter: '\(name)'.", parameter: name,
                code: "missing_required_parameter"
            )
        case .anthropic: ProviderError(status: 400, message: "\(name): Field required")
        case .gemini: GeminiAsk.refusal("* \(name): \(name) is not specified")
        case .bedrock, .cohere, .ollama: ProviderError(status: 400, message: "\(name) is required")
        }
    }

    func invalid(_ name: String, _ problem: String) -> ProviderError {
        switch dialect {
        case .openAI:
            ProviderError(
                status: 400, message: "Invalid '\(name)': \(problem).", parameter: name, code: "invalid_value"
            )
        case .anthropic, .bedrock, .cohere, .ollama: ProviderError(status: 400, message: "\(name): \(problem)")
        case .gemini: GeminiAsk.refusal("Invalid value at '\(name)': \(problem)")
        }
    }
}
