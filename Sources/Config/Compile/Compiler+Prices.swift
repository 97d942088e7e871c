import Core
import Ledger
import Wire

extension Compiler {
    func prices(of items: [At<Written<PriceBlock>>], providers: [String]) -> [PriceEntry] {
        items.compactMap { price($0.value, providers: providers) }
    }

    private func price(_ block: Written<PriceBlock>, providers: [String]) -> PriceEntry? {
        checkOwner(of: block, providers)
        let rates = rates(of: block)
        guard let owner = block[PriceBlock.provider], let model = block[PriceBlock.model] else { return nil }
        return PriceEntry(owner: owner, model: model, from: block[PriceBlock.from], rates: rates)
    }

    private func checkOwner(of block: Written<PriceBlock>, _ providers: [String]) {
        guard let owner = block.at(PriceBlock.provider) else { return }
        let known = providers + ProviderList.all.map(\.name).filter { !providers.contains($0) }
        guard !known.contains(owner.value) else { return }
        errors.add(
            owner.place,
            "no provider '\(Shown.text(owner.value))' in 'providers', and no kind of this name"
                + Suggestion.suffix(for: owner.value, among: known))
    }

    private func rates(of block: Written<PriceBlock>) -> Rates {
        var rates = Rates()
        let tokens = (block[PriceBlock.unit] ?? .million).tokens
        if block.contains(PriceBlock.cacheWrite) {
            for (unit, field) in PriceBlock.amounts where unit == .cacheWrite5m || unit == .cacheWrite1h {
                guard block.contains(field) else { continue }
                errors.add(block.place(of: field), "'cache_write' and '\(field.name)' exclude each other")
            }
            let amount = block.at(PriceBlock.cacheWrite).flatMap { picoDollars($0, per: tokens) }
            rates[.cacheWrite5m] = amount
            rates[.cacheWrite1h] = amount
        }
        for (unit, field) in PriceBlock.amounts {
            guard let amount = block.at(field) else { continue }
            rates[unit] = picoDollars(amount, per: unit.isToken ? tokens : 1)
        }
        let isWritten =
            block.contains(PriceBlock.cacheWrite) || PriceBlock.amounts.contains { block.contains($0.field) }
        if !isWritten { errors.add(block.place, "a price needs an amount, such as 'input' and 'output'") }
        return rates
    }

    /// What one costs; reported and nil where that is no whole number of pico-dollars: nothing is rounded unasked.
    private func picoDollars(_ amount: At<Money>, per count: Int128) -> Int64? {
        let (price, rest) = amount.value.picoUSD.quotientAndRemainder(dividingBy: count)
        guard rest == 0, let price = Int64(exactly: price), price <= ConfigLimits.pricePicoDollarsMax else {
            errors.add(
                amount.place,
                "not an exact price: one token or piece costs a whole number of pico-dollars (0.000000000001), at most "
                    + "\(Money(picoUSD: Int128(ConfigLimits.pricePicoDollarsMax)))")
            return nil
        }
        return price
    }
}
