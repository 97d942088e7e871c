import Plan
import Policy

extension Compiler {
    func routes(of models: [Named<Written<ModelBlock>>], providers: [Named<Written<ProviderBlock>>]) -> [Route] {
        let places = Dictionary(providers.enumerated().map { ($1.name, $0) }, uniquingKeysWith: { first, _ in first })
        let table = RouteTable(models.map { Route(pattern: $0.name, targets: []) })
        return models.compactMap { model in
            guard let block = model.value else { return nil }
            let targets = (block[ModelBlock.targets] ?? []).compactMap { item in
                target(item.value, pattern: model.name, providers: providers, places: places)
            }
            return Route(
                pattern: model.name, targets: targets, strategy: block[ModelBlock.strategy] ?? .weighted,
                defaults: fields(block[ModelBlock.defaults]), force: fields(block[ModelBlock.force]),
                timeouts: block[ModelBlock.timeouts]?.overrides ?? TimeoutOverrides(),
                retries: block[ModelBlock.retries]?.overrides ?? RetryOverrides(),
                hedge: block[ModelBlock.hedge]?.policy, continuesStreams: block[ModelBlock.onInterrupt] == .continue,
                fallbacks: fallbacks(of: block, pattern: model.name, table), recordLevel: block[ModelBlock.record])
        }
    }

    private func target(
        _ block: Written<TargetBlock>, pattern: String, providers: [Named<Written<ProviderBlock>>],
        places: [String: Int]
    ) -> Target? {
        checkStar(of: block, pattern: pattern)
        guard let provider = block.at(TargetBlock.provider) else { return nil }
        guard let place = places[provider.value] else {
            errors.add(
                provider.place,
                "no provider '\(Shown.text(provider.value))' in 'providers'"
                    + Suggestion.suffix(for: provider.value, among: providers.map(\.name)))
            return nil
        }
        return Target(
            provider: place, model: block[TargetBlock.model], weight: block[TargetBlock.weight] ?? 1,
            region: block[TargetBlock.region] ?? providers[place].value?[ProviderBlock.region] ?? "default",
            priority: block[TargetBlock.priority] ?? 0, condition: block[TargetBlock.when])
    }

    /// A `*` in a target stands for what the model's own `*` matched, so that the model must have one.
    private func checkStar(of block: Written<TargetBlock>, pattern: String) {
        guard let model = block.at(TargetBlock.model) else { return }
        let stars = model.value.count { $0 == "*" }
        if stars > 1 {
            errors.add(model.place, "'*' may stand once in a target's model")
        } else if stars == 1, !pattern.hasSuffix("*") {
            errors.add(
                model.place, "'*' needs a model whose own name ends in '*', and this one is '\(Shown.text(pattern))'")
        }
    }

    private func fields(_ members: [Named<[UInt8]>]?) -> [Route.BodyField] {
        (members ?? []).compactMap { member in member.value.map { Route.BodyField(name: member.name, json: $0) } }
    }
}
