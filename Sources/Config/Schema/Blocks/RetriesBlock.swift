import Core
import Policy

/// `retries`, of the program and of a provider, model or key.
enum RetriesBlock: Block {
    static let title = "retries"
    static let summary = """
        How often a call that failed is tried again, before its answer has begun. Other targets come first; the same \
        one is tried again after a wait of a random length, or after the one that it asked for. Only what another try \
        can mend is tried again: no bad request, no exhausted account. A provider, a model and a key may each have a \
        `retries` of their own, which counts as with `timeouts`.
        """
    static let example = "retries: { attempts_max: 3, backoff: 500ms..8s, budget: 20% }"

    private static let policy = RetryPolicy()
    static let attemptsMax = Field<Self, Int>(
        "attempts_max", .integer(ConfigLimits.attempts), default: policy.attemptsMax,
        "Attempts of one call, those at fallbacks among them; each fallback that is a model may have at least one.")
    static let backoff = Field<Self, ClosedRange<Int64>>(
        "backoff", .durations(DurationLimits.backoff), default: policy.backoffBase...policy.backoffMax,
        "The longest first wait, and the longest of all. What asks to be left alone for longer is not tried again.")
    static let budget = Field<Self, Int>(
        "budget", .percent, default: policy.budgetPerMillion,
        "The share of a target's calls that may be tries of calls that failed there; ten are free, and one a second.")
    static let fields: [any BlockField] = [attemptsMax, backoff, budget]
}

extension Written<RetriesBlock> {
    /// What is written, without the defaults: the rest is inherited.
    var overrides: RetryOverrides {
        var overrides = RetryOverrides()
        overrides.attemptsMax = at(RetriesBlock.attemptsMax)?.value
        overrides.backoff = at(RetriesBlock.backoff)?.value
        overrides.budgetPerMillion = at(RetriesBlock.budget)?.value
        return overrides
    }
}

extension ValueType where Value == ClosedRange<Int64> {
    /// Two durations in nanoseconds, the shorter first: `500ms..8s`.
    static func durations(_ range: ClosedRange<Int64>) -> ValueType {
        let format: @Sendable (Int64) -> String = { UnitText.format($0, units: UnitText.durations) }
        let bounds = "\(format(range.lowerBound)) to \(format(range.upperBound))"
        return scalar(
            ScalarShape(
                name: "range of durations, \(bounds)",
                expectation: "two durations with their units, such as 500ms..8s (\(bounds))",
                form: .pattern("^[0-9]+(ms|s|m|h|d)[.][.][0-9]+(ms|s|m|h|d)$")),
            format: { "\(format($0.lowerBound))..\(format($0.upperBound))" }
        ) { text throws(ScalarProblem) in
            guard let dots = text.firstRange(of: ".."),
                let first = UnitText.parse(String(text[..<dots.lowerBound]), units: UnitText.durations),
                let last = UnitText.parse(String(text[dots.upperBound...]), units: UnitText.durations),
                range.contains(first), range.contains(last)
            else { throw .unexpected }
            guard first <= last else { throw .message("the first duration is longer than the second") }
            return first...last
        }
    }
}
