import Ledger

/// models.dev's list: providers, their models, and dollars per million tokens.
enum ModelsDevList {
    private static let owners = [
        "openai": "openai", "anthropic": "anthropic", "google": "gemini", "google-vertex": "vertex",
        "google-vertex-anthropic": "vertex", "amazon-bedrock": "bedrock", "azure": "azure", "mistral": "mistral",
        "groq": "groq", "deepseek": "deepseek", "xai": "xai", "cohere": "cohere", "togetherai": "together",
        "fireworks-ai": "fireworks", "openrouter": "openrouter", "perplexity": "perplexity", "voyage": "voyage",
        "cerebras": "cerebras", "databricks": "databricks",
    ]
    private static let units: [String: [PriceUnit]] = [
        "input": [.input], "output": [.output], "cache_read": [.cacheRead],
        // It states no lifetime.
        "cache_write": [.cacheWrite5m], "reasoning": [.reasoning], "input_audio": [.inputAudio],
        "output_audio": [.outputAudio],
    ]
    private static let longContext = "context_over_200k"

    static func entries(_ providers: [(name: String, value: ListJSON)]) throws(PriceListError) -> [PriceEntry] {
        var entries: [PriceEntry] = []
        for (name, provider) in providers {
            guard let owner = owners[name] else { continue }
            for (model, value) in provider["models"]?.members ?? [] {
                guard PriceList.isName(model), let cost = value["cost"] else { continue }
                let place = "\(name)/\(model)"
                var entry = PriceEntry(
                    owner: owner, model: LiteLLMNames.withoutMark(model), rates: try rates(cost, place))
                if let long = cost[longContext] {
                    entry.schedules = [.init(above: 200_000, rates: try rates(long, place))]
                }
                let isKnown = entries.contains { $0.owner == owner && $0.model == entry.model }
                if !entry.rates.isEmpty, !isKnown { entries.append(entry) }
            }
        }
        return entries
    }

    private static func rates(_ cost: ListJSON, _ place: String) throws(PriceListError) -> Rates {
        var rates = Rates()
        for (name, value) in cost.members ?? [] {
            for unit in units[name] ?? [] {
                rates[unit] = try PriceList.picoDollars(value, per: 1_000_000, "\(place).\(name)")
            }
        }
        return rates
    }
}
