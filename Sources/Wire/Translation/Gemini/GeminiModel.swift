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

    /// Tokens of thinking that Google's own OpenAI-compatible API takes for an effort.
    func budget(effort: String) -> Int {
        switch effort {
        case "none": 0
        case "minimal", "low": 1024
        case "medium": 8192
        default: 24576
        }
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
