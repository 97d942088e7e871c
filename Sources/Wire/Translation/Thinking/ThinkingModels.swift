import Core

/// What models take of wishes to think, by their names. A model that is not here gets the wish as its format has it.
///
/// Sources, as of November 2026: Anthropic's "Effort", "Adaptive thinking" and pages of models; Google's "Gemini
/// thinking"; OpenAI's "Reasoning models" and pages of models; xAI's "Reasoning".
enum ThinkingModels {
    /// The beginnings of names, dots written as hyphens. The longest that fits counts.
    private static let models: [(names: [String], model: ThinkingModel)] = [
        // Claude: a bound first, then efforts beside it, then efforts alone; the newest always think.
        (["claude-3-5", "claude-3-haiku", "claude-3-sonnet", "claude-3-opus"], ThinkingModel()),
        (
            [
                "claude-3-7-sonnet", "claude-sonnet-4", "claude-opus-4", "claude-opus-4-1", "claude-sonnet-4-5",
                "claude-haiku-4-5",
            ], ThinkingModel(budget: 1024...128_000)
        ),
        (["claude-opus-4-5"], ThinkingModel(.low ... .high, budget: 1024...128_000)),
        (
            ["claude-opus-4-6", "claude-sonnet-4-6"],
            ThinkingModel(.low ... .max, without: [.xhigh], budget: 1024...128_000, isAdaptive: true)
        ),
        (["claude-opus-4-7", "claude-opus-4-8"], ThinkingModel(.low ... .max, off: .unsaid, isAdaptive: true)),
        (
            ["claude-opus-5", "claude-sonnet-5", "claude-sonnet-5-5", "claude-haiku-5-5"],
            ThinkingModel(.low ... .max, isAdaptive: true)
        ),
        (
            ["claude-opus-5-5", "claude-fable-5", "claude-fable-5-1", "claude-mythos-5", "claude-mythos-5-1"],
            ThinkingModel(.low ... .max, off: .never, isAdaptive: true)
        ),
        // Gemini: a bound until 2.5, then levels.
        (["gemini-1-5", "gemini-2-0"], ThinkingModel()),
        (["gemini-2-5-pro"], ThinkingModel(budget: 128...32768, off: .never, isAdaptive: true)),
        (["gemini-2-5-flash"], ThinkingModel(budget: 1...24576, isAdaptive: true)),
        (["gemini-2-5-flash-lite"], ThinkingModel(budget: 512...24576, isAdaptive: true)),
        (["gemini-3-pro"], ThinkingModel(.low ... .high, without: [.medium], off: .never, isAdaptive: true)),
        (["gemini-3-1-pro"], ThinkingModel(.low ... .high, off: .never, isAdaptive: true)),
        (
            [
                "gemini-3-flash", "gemini-3-1-flash-lite", "gemini-3-5-flash", "gemini-3-5-flash-lite",
                "gemini-3-6-flash",
            ],
            ThinkingModel(.minimal ... .high, off: .never, isAdaptive: true)
        ),
        (["gemini-3-7-flash", "gemini-3-8-flash"], ThinkingModel(.low ... .high, off: .never, isAdaptive: true)),
        // OpenAI.
        (["gpt-3-5-turbo", "gpt-4", "gpt-4-1", "gpt-4o", "gpt-4o-mini", "gpt-5-chat"], ThinkingModel()),
        (["o1", "o3", "o3-mini", "o4-mini", "gpt-oss"], ThinkingModel(.low ... .high, off: .never)),
        (["o1-mini", "o1-preview"], ThinkingModel()),
        (["gpt-5"], ThinkingModel(.minimal ... .high, off: .never)),
        (["gpt-5-codex", "gpt-5-1-codex"], ThinkingModel(.low ... .high, off: .never)),
        (["gpt-5-pro"], ThinkingModel(.high ... .high, off: .never)),
        (["gpt-5-1"], ThinkingModel(.low ... .high)),
        (
            ["gpt-5-1-codex-max", "gpt-5-2-codex", "gpt-5-3-codex"], ThinkingModel(.low ... .xhigh, off: .never)
        ),
        (["gpt-5-2", "gpt-5-4", "gpt-5-5"], ThinkingModel(.low ... .xhigh)),
        (["gpt-5-2-pro", "gpt-5-4-pro", "gpt-5-5-pro"], ThinkingModel(.medium ... .xhigh, off: .never)),
        (["gpt-5-6"], ThinkingModel(.low ... .max)),
        // xAI.
        (["grok-3-mini"], ThinkingModel(.low ... .high, without: [.medium], off: .never)),
        (["grok-3", "grok-4"], ThinkingModel(off: .never)),
    ]

    /// What may stand before a name, each part behind a dot, a slash, a colon or an `@`: whose model it is, where it is
    /// served, and how its provider calls the way to it. Behind anything else is another model.
    private static let prefixes: Set<Substring> = [
        // Regions of Bedrock's inference profiles, and of Azure's.
        "us", "eu", "apac", "global", "au", "jp", "ca", "us-gov",
        // Vendors, as Bedrock, Vertex, OpenRouter and others name them.
        "anthropic", "openai", "google", "xai", "x-ai",
        // Resources of Gemini and Cloudflare, and what OpenAI fine-tuned.
        "models", "cf", "ft",
        // Where other gateways say that a model is served.
        "azure", "vertex_ai",
    ]

    private static let byName = Dictionary(
        uniqueKeysWithValues: models.flatMap { entry in entry.names.map { ($0, entry.model) } })

    private static let wordsMax = byName.keys.map { $0.count { $0 == "-" } + 1 }.max() ?? 0

    /// - Parameter name: the upstream's, such as `claude-opus-4-6-20260205` or `us.anthropic.claude-opus-4-6-v1`.
    /// - Returns: nil for one that is not known.
    static func model(named name: String) -> ThinkingModel? {
        // Where any name is served, clients choose it.
        guard name.utf8.count <= Limits.knownModelNameBytesMax else { return nil }
        var words: [String] = []
        // `distill.gpt-5` is another model, `openai/gpt-5` and `us.gpt-5` are not.
        var starts: [Int] = []
        var mayBegin = true
        for part in withoutResource(name.lowercased()).split(whereSeparator: { "./@:".contains($0) }) {
            if mayBegin { starts.append(words.count) }
            mayBegin = mayBegin && prefixes.contains(part)
            words += part.split { "-_".contains($0) }.map(String.init)
        }
        for start in starts {
            for end in (start..<min(words.endIndex, start + wordsMax)).reversed() where !isVersion(words, at: end + 1) {
                if let model = byName[words[start...end].joined(separator: "-")] { return model }
            }
        }
        return nil
    }

    /// The name in a resource's: in an ARN of Bedrock's its last part; in those of Vertex, Fireworks and Gemini what
    /// stands behind the last `models/`, whoever's project or account comes before it.
    private static func withoutResource(_ name: String) -> Substring {
        if name.hasPrefix("arn:"), let slash = name.lastIndex(of: "/") { return name[name.index(after: slash)...] }
        guard let models = name.ranges(of: "/models/").last else { return name[...] }
        return name[models.upperBound...]
    }

    /// A number of one or two digits makes another model of what stands before it; a longer one is a date.
    private static func isVersion(_ words: [String], at place: Int) -> Bool {
        words.indices.contains(place) && words[place].utf8.count <= 2 && words[place].allSatisfy(\.isNumber)
    }
}
