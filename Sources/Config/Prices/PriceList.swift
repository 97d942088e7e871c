import Core
public import Ledger

/// Reads price lists that others publish, as entries of our own.
///
/// Two shapes are known: that of LiteLLM's `model_prices_and_context_window.json` (dollars per token, by model), and
/// that of models.dev's `api.json` (dollars per million tokens, by provider). Models of providers that are unknown
/// here, and what is billed by pages, characters or pixels, are left out.
public enum PriceList {
    /// Bytes of a list; those published have two megabytes.
    public static let bytesMax = 64 * 1024 * 1024

    /// One entry for each model, without a day, ordered by owner and model.
    public static func entries(_ bytes: [UInt8]) throws(PriceListError) -> [PriceEntry] {
        guard let members = try ListJSON.parse(bytes).members else {
            throw PriceListError("expected a JSON object of models, or of providers")
        }
        let isModelsDev = members.contains { $0.value["models"]?.members != nil }
        let entries = isModelsDev ? try ModelsDevList.entries(members) : try LiteLLMList.entries(members)
        guard !entries.isEmpty else {
            throw PriceListError(
                "no price in it that is understood; expected LiteLLM's list by models, or models.dev's by providers")
        }
        return entries.sorted { ($0.owner, $0.model) < ($1.owner, $1.model) }
    }

    /// A price in pico-dollars, from a number of dollars for so many.
    ///
    /// Taken from the number's own text. Lists hold numbers that a program computed (`2.9999900000000002e-06`), so that
    /// it is rounded to the nearest pico-dollar, where a configuration would be refused.
    static func picoDollars(_ value: ListJSON, per count: Int, _ place: String) throws(PriceListError) -> Int64 {
        guard let text = value.number else { throw PriceListError("\(place): expected a number of US dollars") }
        // As a number of pico-dollars with twelve decimals.
        let parts = text.split(whereSeparator: { $0 == "e" || $0 == "E" })
        let isWhole = parts.count == (text.contains { $0 == "e" || $0 == "E" } ? 2 : 1)
        let exponent = parts.count > 1 ? Int(parts[1]) : 0
        guard isWhole, let exponent, (-100...100).contains(exponent), let first = parts.first,
            let exact = Money(usd: "\(first)e\(exponent + 12)")
        else {
            throw PriceListError("\(place): '\(Shown.text(text))' is no amount of US dollars")
        }
        let rounded = exact.multiplied(by: 1, over: Money.picoPerUSD * Int128(count)).picoUSD
        guard rounded >= 0, let price = Int64(exactly: rounded), price <= ConfigLimits.pricePicoDollarsMax else {
            throw PriceListError("\(place): '\(Shown.text(text))' cannot be a price")
        }
        return price
    }

    /// A factor such as `1.1`, as an exact fraction.
    static func fraction(_ value: ListJSON, _ place: String) throws(PriceListError) -> (Int64, Int64) {
        guard let text = value.number, let amount = Money(usd: text)?.picoUSD, amount > 0,
            amount <= 1000 * Money.picoPerUSD
        else { throw PriceListError("\(place): expected a factor such as 1.1") }
        var (a, b) = (amount, Money.picoPerUSD)
        while b != 0 { (a, b) = (b, a % b) }
        return (Int64(amount / a), Int64(Money.picoPerUSD / a))
    }

    /// Whether a model's name can stand in a catalogue.
    static func isName(_ name: String) -> Bool {
        ModelPatternText.problem(name) == nil && !name.contains("*") && !name.contains("|") && !name.hasPrefix("#")
            && !name.hasPrefix("[")
    }
}
