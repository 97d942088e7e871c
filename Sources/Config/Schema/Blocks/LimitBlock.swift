import Core

/// A block that says how much may be used.
protocol AmountsBlock: Block {}

extension AmountsBlock {
    static var requests: Field<Self, [RateText]> {
        Field("requests", .rates(.requests), "Calls, such as `100/1m`. This and each of the next four may be a list.")
    }
    static var tokensIn: Field<Self, [RateText]> {
        Field("tokens_in", .rates(.inputTokens), "Tokens of input, such as `50k/1m`.")
    }
    static var tokensOut: Field<Self, [RateText]> {
        Field("tokens_out", .rates(.outputTokens), "Tokens of output.")
    }
    static var tokens: Field<Self, [RateText]> {
        Field("tokens", .rates(.tokens), "Tokens of input and output together.")
    }
    static var cost: Field<Self, [RateText]> {
        Field("cost_usd", .rates(.cost), "US dollars, such as `5/1d`.")
    }
    static var concurrency: Field<Self, Int> {
        Field("concurrency", .integer(ConfigLimits.concurrency), "Calls that run at a time.")
    }
    static var amounts: [any BlockField] { [requests, tokensIn, tokensOut, tokens, cost, concurrency] }
}

/// An item of `limits`.
enum LimitBlock: AmountsBlock {
    static let title = "limit"
    static let summary = """
        What calls may use in a time. An amount of `100/1m` may be used at once, and comes back evenly over the \
        minute. It is reserved before a call and put right behind it; a call needs room under all limits that count \
        for it, and one that is refused uses nothing.
        """
    static let example = """
        limits:
          - { name: everyone, per: [ key ], requests: [ 20/1s, 600/1m ], concurrency: 10 }
          - { name: growth-users, match: { team: growth }, per: [ user ], tokens_in: 50k/1m, cost_usd: 5/1d }
        """

    static let name = Field<Self, String>(
        "name", .identifier, isRequired: true,
        "What errors, records and metrics call it. What was used is kept under it, whatever else is changed.")
    static let match = Field<Self, [Named<String>]>("match", .conditions, default: [], conditionsText)
    static let per = Field<Self, [At<String>]>(
        "per", .list(.dimension), default: [],
        "What is counted apart; calls that lack it count together. By default all calls count together.")
    static let fields: [any BlockField] = [name, match, per] + amounts

    static let conditionsText =
        "For which calls it counts: `key`, `project`, `model`, `route`, `provider`, `team`, `feature`, `user` or any "
        + "other tag, each with a value or a prefix and `*`; by default for all."
}

/// `limits` of a key.
enum KeyLimitsBlock: AmountsBlock {
    static let title = "key-limits"
    static let summary = "What calls with one key may use in a time, beside the limits that stand for all."
    static let example = """
        keys:
          - { name: app, token: "${HEADGATE_KEY}", limits: { requests: 100/1m, tokens: 1M/1h, concurrency: 10 } }
        """
    static let fields = amounts
}

/// An item of `budgets`.
enum BudgetBlock: Block {
    static let title = "budget"
    static let summary = """
        What calls may cost in a day, a week or a month. Calls that may cost more than is left are refused, or go on \
        as a cheaper model. Calls whose price is unknown cost nothing here, and are counted in a metric.
        """
    static let example = """
        budgets:
          - { name: growth, match: { team: growth }, usd: 500, period: month, timezone: Europe/Paris, soft: 80% }
          - { name: users, per: [ user ], usd: 2, period: day, then: { downgrade: fast } }
          - { name: sessions, per: [ session ], usd: 0.50, period: rolling 1d }
        """

    static let name = Field<Self, String>(
        "name", .identifier, isRequired: true,
        "What errors, records and metrics call it. What was spent is kept under it, whatever else is changed.")
    static let match = Field<Self, [Named<String>]>(
        "match", .conditions, default: [], LimitBlock.conditionsText)
    static let per = Field<Self, [At<String>]>(
        "per", .list(.dimension), default: [],
        "What has a budget each, such as `user` or `session`; by default one "
            + "budget stands for all calls together.")
    static let usd = Field<Self, Money>("usd", .dollars, isRequired: true, "US dollars of each period.")
    static let period = Field<Self, BudgetPeriod.Unit>(
        "period", .budgetPeriod, isRequired: true,
        "`day`, `week` (from Monday), `month`, or `rolling` and a duration.")
    static let timezone = Field<Self, ZoneOffsets>(
        "timezone", .timeZone, default: .utc, "Where a day begins; as in `Europe/Paris`.")
    static let soft = Field<Self, Int>(
        "soft", .percent, "The share past which the log and a metric tell of it, once in a period.")
    static let then = Field<Self, Written<SpentBudgetBlock>>(
        "then", .block(SpentBudgetBlock.self), "What happens when it is used up; by default calls are refused.")
    static let fields: [any BlockField] = [name, match, per, usd, period, timezone, soft, then]
}

/// `then` of a budget.
enum SpentBudgetBlock: Block {
    static let title = "then"
    static let summary = "What happens to calls for which a budget has no room."
    static let example = """
        budgets:
          - { name: users, per: [ user ], usd: 2, period: day, then: { downgrade: fast } }
        """
    static let downgrade = Field<Self, String>(
        "downgrade", .modelPattern, isRequired: true,
        "They go on as this model, and count on. Not for a budget of one provider.")
    static let fields: [any BlockField] = [downgrade]
}
