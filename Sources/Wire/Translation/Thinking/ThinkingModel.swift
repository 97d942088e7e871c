/// How much a model can be told to think.
struct ThinkingModel: Sendable {
    /// How it is told not to think at all.
    enum Off: Sendable {
        case said
        /// It does not unless it is told to.
        case unsaid
        /// It always thinks.
        case never
    }

    /// Those it takes, from the least; empty: none.
    let efforts: [ThinkingEffort]
    /// Tokens of thinking that it can be bound to; nil: it takes no bound.
    let budget: ClosedRange<Int>?
    let off: Off
    /// It can be left to decide how much it thinks.
    let isAdaptive: Bool

    init(
        _ efforts: ClosedRange<ThinkingEffort>? = nil, without gaps: Set<ThinkingEffort> = [],
        budget: ClosedRange<Int>? = nil, off: Off = .said, isAdaptive: Bool = false
    ) {
        self.efforts =
            efforts.map { range in
                ThinkingEffort.allCases.filter { range.contains($0) && !gaps.contains($0) }
            } ?? []
        self.budget = budget
        self.off = off
        self.isAdaptive = isAdaptive
    }

    var thinks: Bool { !efforts.isEmpty || budget != nil }

    /// The effort it takes that comes nearest: rather less than more.
    func effort(nearest wanted: ThinkingEffort) -> ThinkingEffort? {
        efforts.last { $0 <= wanted } ?? efforts.first
    }
}

/// Words for how much a model thinks, from the least.
enum ThinkingEffort: String, Sendable, CaseIterable, Comparable {
    case minimal, low, medium, high, xhigh, max

    static func < (a: ThinkingEffort, b: ThinkingEffort) -> Bool { a.place < b.place }

    private var place: Int { Self.allCases.firstIndex(of: self) ?? 0 }

    /// What comes nearest to a bound of tokens.
    init(tokens: Int) {
        self = tokens <= 2048 ? .low : tokens <= 8192 ? .medium : tokens <= 24576 ? .high : .xhigh
    }

    /// A bound that comes nearest. The first four are those of Google's own OpenAI-compatible API for Gemini 2.5
    /// ("OpenAI compatibility", "Thinking").
    var tokens: Int {
        switch self {
        case .minimal, .low: 1024
        case .medium: 8192
        case .high: 24576
        case .xhigh: 32768
        case .max: 65536
        }
    }
}
