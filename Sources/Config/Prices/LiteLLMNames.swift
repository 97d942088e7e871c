/// Whose list a LiteLLM entry belongs to, and what the provider itself calls the model.
struct LiteLLMName {
    let owner: String
    let model: String
    /// The region that the entry's prices are for; nil: all others.
    let region: String?
}

enum LiteLLMNames {
    /// Their word for a provider, and ours. Of two entries with one name, the one of the earlier word counts.
    private static let owners: [(word: String, owner: String)] = [
        ("openai", "openai"), ("text-completion-openai", "openai"), ("anthropic", "anthropic"), ("gemini", "gemini"),
        ("vertex_ai", "vertex"), ("bedrock_converse", "bedrock"), ("bedrock", "bedrock"),
        ("bedrock_mantle", "bedrock"), ("azure", "azure"), ("azure_text", "azure"), ("azure_ai", "azure"),
        ("mistral", "mistral"), ("groq", "groq"), ("deepseek", "deepseek"), ("xai", "xai"), ("cohere", "cohere"),
        ("cohere_chat", "cohere"), ("together_ai", "together"), ("fireworks_ai", "fireworks"),
        ("fireworks_ai-embedding-models", "fireworks"), ("openrouter", "openrouter"), ("perplexity", "perplexity"),
        ("voyage", "voyage"), ("cerebras", "cerebras"), ("databricks", "databricks"),
    ]
    private static let regions: Set<String> = ["us", "eu", "apac", "us-gov"]
    /// Azure's words for what has no region.
    private static let everywhere: Set<String> = ["global", "global-standard"]

    /// The place of their word in the list of providers; nil: a provider that is unknown here.
    static func rank(_ word: String) -> Int? {
        let word = word.hasPrefix("vertex_ai") ? "vertex_ai" : word
        return owners.firstIndex { $0.word == word }
    }

    /// nil for what stands for no model that can be asked for by name: sizes of images, reserved capacity.
    static func name(_ key: String, provider word: String) -> LiteLLMName? {
        guard let rank = rank(word) else { return nil }
        let (word, owner) = owners[rank]
        var parts = key.split(separator: "/").map(String.init)
        if parts.contains(where: { $0.contains("-x-") || $0.hasSuffix("-commitment") || $0 == "*" || $0 == "invoke" }) {
            return nil
        }
        if parts.count > 1, isOwn(parts[0], word, owner) { parts.removeFirst() }
        var region: String?
        if owner == "azure" || owner == "bedrock", parts.count > 1 {
            if regions.contains(parts[0]) || owner == "bedrock" && isRegion(parts[0]) {
                region = parts.removeFirst()
            } else if everywhere.contains(parts[0]) {
                parts.removeFirst()
            }
        }
        let model = withoutMark(parts.joined(separator: "/"))
        guard PriceList.isName(model) else { return nil }
        return LiteLLMName(owner: owner, model: model, region: region)
    }

    /// Without what Fireworks puts in front of each model.
    static func withoutMark(_ model: String) -> String {
        let mark = "accounts/fireworks/models/"
        return model.hasPrefix(mark) ? String(model.dropFirst(mark.count)) : model
    }

    /// Whether it is LiteLLM's own mark of the provider, and no part of the name.
    private static func isOwn(_ part: String, _ word: String, _ owner: String) -> Bool {
        part == word || part == owner || word.hasPrefix("bedrock") && part.hasPrefix("bedrock")
    }

    /// `eu-central-1`
    private static func isRegion(_ part: String) -> Bool {
        let pieces = part.split(separator: "-")
        return pieces.count >= 3 && pieces.last.map { $0.allSatisfy(\.isNumber) } == true
    }
}
