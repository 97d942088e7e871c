import Core

/// Prices per unit, in whole pico-dollars. A price that is not known is none; it is never zero.
public struct Rates: Sendable, Equatable {
    private static let unknown = Int64.min

    private var amounts = InlineArray<15, Int64>(repeating: Rates.unknown)

    public init() {}

    public init(_ prices: KeyValuePairs<PriceUnit, Int64>) {
        for (unit, amount) in prices { self[unit] = amount }
    }

    public subscript(unit: PriceUnit) -> Int64? {
        get {
            let amount = amounts[unit.rawValue]
            return amount == Rates.unknown ? nil : amount
        }
        set { amounts[unit.rawValue] = newValue ?? Rates.unknown }
    }

    public var isEmpty: Bool { PriceUnit.allCases.allSatisfy { self[$0] == nil } }

    public static func == (a: Rates, b: Rates) -> Bool {
        PriceUnit.allCases.allSatisfy { a.amounts[$0.rawValue] == b.amounts[$0.rawValue] }
    }

    /// With every price that a schedule leaves out, worked out from the prices that count otherwise.
    ///
    /// A token's price follows the input's or the output's: at half the price for input, a read of the cache costs
    /// half too. What is not a token costs what it costs otherwise.
    func completed(from base: Rates) -> Rates {
        var result = self
        for unit in PriceUnit.allCases where self[unit] == nil {
            guard let amount = base[unit] else { continue }
            guard let leader = unit.leader, let now = self[leader], let before = base[leader], before > 0 else {
                result[unit] = amount
                continue
            }
            result[unit] = Rates.scaled(amount, by: now, over: before)
        }
        return result
    }

    /// What counts when two schedules count at once and the list has no prices for both together.
    func combined(with other: Rates, over base: Rates) -> Rates {
        var result = self
        for unit in PriceUnit.allCases {
            guard let mine = self[unit], let others = other[unit], let before = base[unit], before > 0 else { continue }
            result[unit] = Rates.scaled(mine, by: others, over: before)
        }
        return result
    }

    /// With the prices of `PriceUnit.fallback` where there are none.
    func withFallbacks() -> Rates {
        var result = self
        // A unit's fallback stands before it in the order of the cases, so that one pass is enough.
        for unit in PriceUnit.allCases where result[unit] == nil {
            if let fallback = unit.fallback { result[unit] = result[fallback] }
        }
        return result
    }

    private static func scaled(_ amount: Int64, by numerator: Int64, over denominator: Int64) -> Int64 {
        let scaled = Money(picoUSD: Int128(amount)).multiplied(by: Int128(numerator), over: Int128(denominator))
        return Int64(clamping: scaled.picoUSD)
    }
}
