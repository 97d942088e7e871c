import Core
import Policy

/// `hedge` of a model.
enum HedgeBlock: Block {
    static let title = "hedge"
    static let summary = """
        A call whose first content is late is sent to a second target as well; the one that comes first answers, the \
        other is given up, and what it used until then is on the record. Chats alone, and models with several targets.
        """
    static let example = """
        models:
          fast:
            targets: [ { provider: openai }, { provider: openai, model: gpt-4o } ]
            hedge: { after: p95, share_max: 5%, cost_max: 5% }
        """

    private static let policy = HedgePolicy()
    static let after = Field<Self, After>(
        "after", .hedgeAfter, default: .usual,
        "`p95`: what 95 of 100 of the target's calls took at most; or a duration. A whole answer counts with its end.")
    static let shareMax = Field<Self, Int>(
        "share_max", .percent, default: policy.sharePerMillion, "At most so many of the model's calls.")
    static let costMax = Field<Self, Int>(
        "cost_max", .percent, default: policy.costPerMillion, "At most so much of what they send, in bytes.")
    static let fields: [any BlockField] = [after, shareMax, costMax]

    enum After: Sendable, Equatable {
        case usual
        /// Nanoseconds.
        case duration(Int64)
    }
}

extension Written<HedgeBlock> {
    var policy: HedgePolicy {
        var policy = HedgePolicy()
        if case .duration(let nanoseconds) = self[HedgeBlock.after] { policy.after = nanoseconds }
        policy.sharePerMillion = self[HedgeBlock.shareMax] ?? policy.sharePerMillion
        policy.costPerMillion = self[HedgeBlock.costMax] ?? policy.costPerMillion
        return policy
    }
}

extension ValueType where Value == HedgeBlock.After {
    static let hedgeAfter = ValueType.scalar(
        .either([.choice(["p95"]), ValueType<Int64>.duration(DurationLimits.timeouts).shape]),
        expectation: "p95, or a duration with its unit such as 800ms",
        format: { after in
            if case .duration(let nanoseconds) = after {
                UnitText.format(nanoseconds, units: UnitText.durations)
            } else {
                "p95"
            }
        },
        parse: { text throws(ScalarProblem) in
            if text == "p95" { return .usual }
            guard let value = UnitText.parse(text, units: UnitText.durations), DurationLimits.timeouts.contains(value)
            else { throw .unexpected }
            return .duration(value)
        })
}
