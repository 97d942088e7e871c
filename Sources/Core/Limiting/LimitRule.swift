/// What a call is told apart by when limits are counted.
public enum LimitDimension: Sendable, Hashable {
    case key, project
    /// The name that the client sent.
    case model
    /// The entry of `models` that answers for it.
    case route
    /// Known only when a call is sent: rules that name it are asked for each attempt.
    case provider
    case tag(String)

    public init(_ name: String) {
        switch name {
        case "key": self = .key
        case "project": self = .project
        case "model": self = .model
        case "route": self = .route
        case "provider": self = .provider
        default: self = .tag(name)
        }
    }

    public var name: String {
        switch self {
        case .key: "key"
        case .project: "project"
        case .model: "model"
        case .route: "route"
        case .provider: "provider"
        case .tag(let name): name
        }
    }
}

/// A value that a dimension must have: a whole one, or a prefix with a trailing `*`.
public struct LimitCondition: Sendable, Equatable {
    public let dimension: LimitDimension
    private let text: String
    private let isPrefix: Bool

    public init(_ dimension: LimitDimension, _ pattern: String) {
        self.dimension = dimension
        isPrefix = pattern.hasSuffix("*")
        text = isPrefix ? String(pattern.dropLast()) : pattern
    }

    public func holds(for value: String) -> Bool { isPrefix ? value.hasPrefix(text) : value == text }
}

/// So much of a unit in a window; all of it may be used at once, and comes back evenly over the window.
public struct RateLimit: Sendable, Equatable {
    /// What tells a rate from the others of its rule, whatever its numbers are.
    public struct ID: Sendable, Hashable {
        public let unit: LimitedUnit
        /// From the shortest window of the unit. A byte: there is one for each value that a limit tells apart.
        private let shortPlace: UInt8

        public var place: Int { Int(shortPlace) }

        /// - Parameter place: at most `Limits.ratesPerUnitMax`.
        public init(unit: LimitedUnit, place: Int) {
            self.unit = unit
            shortPlace = UInt8(clamping: place)
        }
    }

    public let id: ID
    /// At least 1.
    public let amount: Int64
    /// Nanoseconds, at least 1.
    public let window: Int64

    public init(id: ID, amount: Int64, window: Int64) {
        precondition(amount > 0 && window > 0, "a rate without an amount or a window")
        self.id = id
        self.amount = amount
        self.window = window
    }
}

/// So much money in a period.
public struct BudgetLimit: Sendable, Equatable {
    public let amount: Money
    public let period: BudgetPeriod
    /// The share, in parts of a million, past which it is told; nil: never.
    public let soft: Int?
    /// The model that calls go on with when it is used up; nil: they are refused.
    public let downgrade: String?

    public init(amount: Money, period: BudgetPeriod, soft: Int? = nil, downgrade: String? = nil) {
        self.amount = amount
        self.period = period
        self.soft = soft
        self.downgrade = downgrade
    }

    public var softAmount: Money? { soft.map { amount.multiplied(by: Int128($0), over: 1_000_000) } }
}

/// One entry of `limits` or `budgets`, or a key's own limits. A class, so that passing it on costs one reference.
///
/// What was used is kept under its `id` and the values of `per`, not under its numbers: an edit takes nothing of it
/// away.
public final class LimitRule: Sendable {
    public enum Kind: String, Sendable { case limit, budget, key }

    public let kind: Kind
    public let name: String
    /// Unique among all rules: the kind and the name.
    public let id: String
    public let match: [LimitCondition]
    /// Each of their values is counted by itself.
    public let per: [LimitDimension]
    public let rates: [RateLimit]
    /// Calls at a time.
    public let concurrency: Int?
    public let budget: BudgetLimit?

    public init(
        kind: Kind, name: String, match: [LimitCondition] = [], per: [LimitDimension] = [], rates: [RateLimit] = [],
        concurrency: Int? = nil, budget: BudgetLimit? = nil
    ) {
        self.kind = kind
        self.name = name
        id = "\(kind.rawValue)/\(name)"
        self.match = match
        self.per = per
        self.rates = rates
        self.concurrency = concurrency
        self.budget = budget
    }

    /// Whether it can be asked only when the provider is known.
    public var isOfAttempts: Bool { per.contains(.provider) || match.contains { $0.dimension == .provider } }

    /// Whether it tells models apart: a model that stands in is none of its business.
    public var tellsModels: Bool { per.contains(.model) || match.contains { $0.dimension == .model } }

    public var countsTokens: Bool { rates.contains { $0.id.unit != .requests && $0.id.unit != .cost } }
    public var countsMoney: Bool { budget != nil || rates.contains { $0.id.unit == .cost } }

    /// Whether what was used must outlive the program: money, and windows in which a restart would be a gift.
    public var isKept: Bool { budget != nil || rates.contains { $0.window >= Limits.keptWindowNanosecondsMin } }

    /// - Returns: the values of `per` as one text, `none` for one that the call lacks; nil where the rule does not
    ///   count for the call.
    public func values(_ value: (LimitDimension) -> String?) -> String? {
        for condition in match {
            guard let text = value(condition.dimension), condition.holds(for: text) else { return nil }
        }
        switch per.count {
        case 0: return ""
        case 1:
            guard let value = value(per[0]) else { return LimitRule.missing }
            return value.utf8.first == 0x1F ? " " + value : value
        default:
            return per.map { (value($0) ?? LimitRule.missing).replacing(LimitRule.separator, with: " ") }
                .joined(separator: LimitRule.separator)
        }
    }

    /// The values of `per`, apart again.
    public func split(_ values: String) -> [String] {
        if per.isEmpty { return [] }
        let isShared = values.hasPrefix(LimitRule.shared)
        if per.count == 1 && !isShared { return [values] }
        return values.dropFirst(isShared ? 1 : 0).split(
            separator: LimitRule.separator, omittingEmptySubsequences: false
        ).map(String.init)
    }

    /// What stands for a value that a call does not have: leaving it out must not evade a limit.
    public static let missing = "none"
    /// What stands for all values that there is no room to tell apart; no value of one dimension looks like it.
    static let shared = "\u{1F}other"
    /// Between values.
    public static let separator = "\u{1F}"
}
