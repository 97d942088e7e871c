import Core
import Plan

extension Compiler {
    func limitRules(of file: Written<FileBlock>) -> LimitRules {
        let limits = (file[FileBlock.limits] ?? []).compactMap { limitRule($0.value, file) }
        let budgets = (file[FileBlock.budgets] ?? []).compactMap { budgetRule($0.value, file) }
        checkNames((file[FileBlock.limits] ?? []).compactMap { $0.value.at(LimitBlock.name) }, of: "limits")
        checkNames((file[FileBlock.budgets] ?? []).compactMap { $0.value.at(BudgetBlock.name) }, of: "budgets")
        return LimitRules(limits + budgets)
    }

    private func limitRule(_ block: Written<LimitBlock>, _ file: Written<FileBlock>) -> LimitRule? {
        let amounts = amounts(of: block)
        guard let name = block[LimitBlock.name] else { return nil }
        return LimitRule(
            kind: .limit, name: name,
            match: conditions(block[LimitBlock.match] ?? [], file),
            per: (block[LimitBlock.per] ?? []).map { LimitDimension($0.value) }, rates: amounts.rates,
            concurrency: amounts.concurrency)
    }

    private func budgetRule(_ block: Written<BudgetBlock>, _ file: Written<FileBlock>) -> LimitRule? {
        let match = conditions(block[BudgetBlock.match] ?? [], file)
        let per = (block[BudgetBlock.per] ?? []).map { LimitDimension($0.value) }
        let downgrade = block[BudgetBlock.then]?.at(SpentBudgetBlock.downgrade)
        if let downgrade {
            checkDowngrade(downgrade, isOfProvider: (match.map(\.dimension) + per).contains(.provider), file)
        }
        if let usd = block.at(BudgetBlock.usd), usd.value == .zero {
            errors.add(usd.place, "a budget is more than nothing; a key that may not call needs no permissions")
        }
        guard let name = block[BudgetBlock.name], let usd = block[BudgetBlock.usd],
            let period = block[BudgetBlock.period]
        else { return nil }
        let budget = BudgetLimit(
            amount: usd, period: BudgetPeriod(period, zone: block[BudgetBlock.timezone] ?? .utc),
            soft: block[BudgetBlock.soft], downgrade: downgrade?.value)
        return LimitRule(kind: .budget, name: name, match: match, per: per, budget: budget)
    }

    /// A key's own limits, named as the key.
    func limitRule(_ block: Written<KeyLimitsBlock>?, key name: String) -> LimitRule? {
        guard let block else { return nil }
        let amounts = amounts(of: block)
        return LimitRule(kind: .key, name: name, rates: amounts.rates, concurrency: amounts.concurrency)
    }

    private func amounts<Owner: AmountsBlock>(
        of block: Written<Owner>
    ) -> (rates: [RateLimit], concurrency: Int?) {
        if !Owner.amounts.contains(where: { block.contains($0) }) {
            errors.add(block.place, "a limit needs an amount, such as 'requests'")
        }
        let fields = [
            (LimitedUnit.requests, Owner.requests), (.inputTokens, Owner.tokensIn),
            (.outputTokens, Owner.tokensOut), (.tokens, Owner.tokens), (.cost, Owner.cost),
        ]
        let rates = fields.flatMap { unit, field in
            (block[field] ?? []).sorted { $0.window < $1.window }.enumerated().map { place, rate in
                RateLimit(id: RateLimit.ID(unit: unit, place: place), amount: rate.amount, window: rate.window)
            }
        }
        return (rates, block[Owner.concurrency])
    }

    /// A provider or a model that is not there is a mistake: the limit would count for nothing, and nobody would see.
    private func conditions(_ members: [Named<String>], _ file: Written<FileBlock>) -> [LimitCondition] {
        members.compactMap { member in
            guard let value = member.value else { return nil }
            let dimension = LimitDimension(member.name)
            if !value.hasSuffix("*") {
                switch dimension {
                case .provider:
                    check(value, member.place, "provider", among: (file[FileBlock.providers] ?? []).map(\.name))
                case .route:
                    check(value, member.place, "model", among: (file[FileBlock.models] ?? []).map(\.name))
                case .key, .project, .model, .tag: break
                }
            }
            return LimitCondition(dimension, value)
        }
    }

    private func check(_ name: String, _ place: Place, _ what: String, among names: [String]) {
        guard !names.contains(name) else { return }
        errors.add(
            place,
            "no \(what) '\(Shown.text(name))' in '\(what)s'" + Suggestion.suffix(for: name, among: names))
    }

    private func checkDowngrade(_ model: At<String>, isOfProvider: Bool, _ file: Written<FileBlock>) {
        let table = RouteTable((file[FileBlock.models] ?? []).map { Route(pattern: $0.name, targets: []) })
        if isOfProvider {
            errors.add(
                model.place, "a budget of one provider is asked when a call is sent to it: it is too late to downgrade")
        } else if table.match(model.value) == nil {
            errors.add(
                model.place,
                "no model '\(Shown.text(model.value))' in 'models'"
                    + Suggestion.suffix(for: model.value, among: table.names))
        }
    }

    private func checkNames(_ names: [At<String>], of list: String) {
        var seen: Set<String> = []
        for name in names where !seen.insert(name.value).inserted {
            errors.add(name.place, "two of '\(list)' have the name '\(name.value)'")
        }
    }
}
