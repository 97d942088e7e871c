/// What a call uses, or may use, of what is limited.
public struct Amounts: Sendable, Equatable {
    public var requests: Int64
    public var inputTokens: Int64
    public var outputTokens: Int64
    public var cost: Money
    /// Something was used whose price nobody knows: it is not in the cost.
    public var isCostKnown = true

    public static let none = Amounts()

    public init(requests: Int64 = 0, inputTokens: Int64 = 0, outputTokens: Int64 = 0, cost: Money = .zero) {
        self.requests = requests
        self.inputTokens = inputTokens
        self.outputTokens = outputTokens
        self.cost = cost
    }

    /// In the unit's own: requests, tokens or pico-dollars.
    public subscript(unit: LimitedUnit) -> Int64 {
        switch unit {
        case .requests: requests
        case .inputTokens: inputTokens
        case .outputTokens: outputTokens
        case .tokens: .sumSaturating(inputTokens, outputTokens)
        case .cost: Int64(clamping: cost.picoUSD)
        }
    }
}

/// What a rate is a rate of.
public enum LimitedUnit: String, Sendable, CaseIterable {
    case requests
    case inputTokens = "tokens_in"
    case outputTokens = "tokens_out"
    /// Of input and output together.
    case tokens
    /// Pico-dollars.
    case cost = "cost_usd"

    /// An amount as a person reads it.
    public func text(_ amount: Int64) -> String {
        switch self {
        case .requests: "\(amount) requests"
        case .inputTokens: "\(amount) tokens of input"
        case .outputTokens: "\(amount) tokens of output"
        case .tokens: "\(amount) tokens"
        case .cost: Money(picoUSD: Int128(amount)).description
        }
    }
}

/// A moment on both clocks: durations are measured on the loops' own, which no one sets; a calendar's periods and what
/// outlives the program are told by the time of day.
public struct LimitInstant: Sendable, Equatable {
    /// Of the loops' clock.
    public var nanoseconds: Int64
    /// Microseconds since 1970.
    public var unixMicroseconds: Int64

    public init(nanoseconds: Int64, unixMicroseconds: Int64) {
        self.nanoseconds = nanoseconds
        self.unixMicroseconds = unixMicroseconds
    }

    /// For what runs on no loop.
    public static var current: LimitInstant {
        LimitInstant(
            nanoseconds: WallClock.loopNanoseconds(), unixMicroseconds: WallClock.unixMicroseconds())
    }
}
