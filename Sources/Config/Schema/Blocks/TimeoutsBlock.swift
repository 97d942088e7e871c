import Core
import Plan

/// `timeouts`, of the program and of a provider, model or key.
enum TimeoutsBlock: Block {
    static let title = "timeouts"
    static let summary = """
        How long an upstream call may take. A provider, a model and a key may each have a `timeouts` of their own, \
        which counts for the keys it names: the key's before the model's before the provider's before the program's. \
        A client's `x-headgate-timeout-ms` only shortens.
        """
    static let example = "timeouts: { connect: 5s, first_token: 120s, between_tokens: 60s, total: 600s }"

    static let connect = Field<Self, Int64>(
        "connect", .duration(DurationLimits.timeouts), default: Timeouts().connect, "To open a connection.")
    static let firstToken = Field<Self, Int64>(
        "first_token", .duration(DurationLimits.timeouts), default: Timeouts().firstToken,
        "From the request's last byte to the first byte of the answer's content.")
    static let betweenTokens = Field<Self, Int64>(
        "between_tokens", .duration(DurationLimits.timeouts), default: Timeouts().betweenTokens,
        "Between two pieces of a running answer.")
    static let total = Field<Self, Int64>(
        "total", .duration(DurationLimits.timeouts), default: Timeouts().total,
        "The whole exchange, from its head to its last byte.")
    static let fields: [any BlockField] = [connect, firstToken, betweenTokens, total]
}

extension Written<TimeoutsBlock> {
    /// What is written, without the defaults: the rest is inherited.
    var overrides: TimeoutOverrides {
        var overrides = TimeoutOverrides()
        overrides.connect = at(TimeoutsBlock.connect)?.value
        overrides.firstToken = at(TimeoutsBlock.firstToken)?.value
        overrides.betweenTokens = at(TimeoutsBlock.betweenTokens)?.value
        overrides.total = at(TimeoutsBlock.total)?.value
        return overrides
    }
}
