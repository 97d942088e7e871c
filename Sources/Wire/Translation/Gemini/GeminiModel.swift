/// What a model can do, by its name. Source: Google's "Gemini thinking" and "Thought signatures".
struct GeminiModel {
    /// Gemini before its third generation, and Gemma: thinking has a budget, not a level, and calls need no signature.
    let isOlder: Bool
    /// Files may stand at any URL, not at Google's own alone.
    let getsURLs: Bool

    init(_ name: String) {
        getsURLs = !["gemini-1", "gemini-2.0", "gemma"].contains { name.hasPrefix($0) }
        isOlder = ["gemini-1", "gemini-2", "gemma"].contains { name.hasPrefix($0) }
    }

    /// Tokens of thinking for an effort, where it is not known how many the model takes: no older one takes less than
    /// that of `high`.
    func budget(effort: String) -> Int {
        if effort == "none" { return 0 }
        return min(ThinkingEffort(rawValue: effort) ?? .high, .high).tokens
    }

    /// nil: the model decides.
    func level(effort: String) -> String? {
        switch effort {
        case "none", "minimal": "minimal"
        case "low", "medium", "high": effort
        case "xhigh", "max": "high"
        default: nil
        }
    }
}
