public import Core
public import Policy
public import Wire

/// Where one call may go.
public struct Decision: Sendable {
    public let route: Route
    public let star: Substring
    /// By the place of a target: its weight, or a negative number where it cannot serve the call.
    public let weights: [Int]
    /// The call goes to nobody: the gateway itself says how many tokens it would have.
    public var isEstimated = false
}

extension Snapshot {
    /// Decides on a call: which route its model has, whether the key may use it, and who serves the endpoint.
    /// - Parameters:
    ///   - provider: the only one that can serve it; nil: any.
    ///   - call: what the targets' conditions ask of; nil: no target has one.
    public func decide(
        model: String, endpoint: EndpointKind, key: Key?, provider: String? = nil, call: CallFacts? = nil
    ) throws(GatewayError) -> Decision {
        guard let match = routes.match(model) else { throw unknownModel(model, key: key) }
        if let key, !key.models.allows(model) {
            throw GatewayError(
                .permissionDenied, "The key '\(key.name)' may not use the model '\(model)'.", parameter: "model")
        }
        var weights: [Int] = []
        weights.reserveCapacity(match.route.targets.count)
        var (served, available, wanted) = (false, false, false)
        for target in match.route.targets {
            let kind = providers[target.provider].kind
            if let provider, providers[target.provider].name != provider {
                weights.append(-1)
                continue
            }
            let name = kind.families.isEmpty ? "" : target.upstreamModel(requested: model, star: match.star)
            let serves = kind.serves(endpoint, model: name)
            let isDrained = target.isDrained(requested: model, star: match.star)
            let isMeant = target.condition.map { condition in call.map(condition.holds(for:)) ?? false } ?? true
            weights.append(serves && !isDrained && isMeant ? target.weight : -1)
            wanted = wanted || serves && isMeant
            served = served || serves
            available = available || serves && !isDrained && isMeant
        }
        if !served, let chat = endpoint.counted {
            var decision = try decide(model: model, endpoint: chat, key: key)
            decision.isEstimated = true
            return decision
        }
        guard served || provider == nil else {
            throw GatewayError(
                .invalidRequest,
                "What this call builds upon is at '\(provider ?? "")', which does not serve the model '\(model)' here.",
                parameter: "model")
        }
        guard served else {
            throw GatewayError(
                .invalidRequest,
                "The model '\(model)' is not served on this endpoint: none of its providers speaks it.",
                parameter: "model")
        }
        guard wanted else {
            throw GatewayError(
                .invalidRequest,
                "No target of the model '\(model)' takes this call: what they ask of one ('when') does not hold.",
                parameter: "model")
        }
        guard available else {
            throw GatewayError(
                .overloaded, "Every target of the model '\(model)' is drained: an operator took it out of service.")
        }
        return Decision(route: match.route, star: match.star, weights: weights)
    }

    /// Whether calls for a model may go to more than one account.
    public func isAmbiguous(model: String) -> Bool {
        guard let targets = routes.match(model)?.route.targets else { return false }
        return targets.count > 1 || targets.contains { providers[$0.provider].credentials.count > 1 }
    }

    /// Whether one of a model's targets is at this provider.
    public func targets(of model: String, include provider: String) -> Bool {
        routes.match(model)?.route.targets.contains { providers[$0.provider].name == provider } ?? false
    }

    /// The timeouts of an attempt: the program's, then the provider's, the model's and the key's own; the client's
    /// bound on the whole exchange only shortens.
    public func timeouts(provider: Provider, route: Route?, key: Key?, clientTotal: Int64?) -> Timeouts {
        var result = provider.timeouts.applied(to: timeouts)
        if let route { result = route.timeouts.applied(to: result) }
        if let key { result = key.timeouts.applied(to: result) }
        if let clientTotal { result.total = min(result.total, clientTotal) }
        return result
    }

    /// How often a call is tried: the program's word, then that of the first target's provider, the model's and the
    /// key's own.
    public func retries(route: Route?, key: Key?) -> RetryPolicy {
        var result = retries
        if let first = route?.targets.first { result = providers[first.provider].retries.applied(to: result) }
        if let route { result = route.retries.applied(to: result) }
        if let key { result = key.retries.applied(to: result) }
        return result
    }

    /// How much of a call is kept: where several name a level, the one that keeps least counts.
    public func recordLevel(key: Key?, route: Route?, provider: Provider?) -> RecordLevel {
        var named: RecordLevel?
        for level in [key?.recordLevel, route?.recordLevel, provider?.recordLevel] {
            guard let level else { continue }
            named = named.map { max($0, level) } ?? level
        }
        return named ?? record.level
    }

    private func unknownModel(_ model: String, key: Key?) -> GatewayError {
        let known = visibleModels(to: key)
        let shown = known.prefix(8).joined(separator: ", ")
        let hint =
            known.isEmpty
            ? "See GET /v1/models." : "Known: \(shown)\(known.count > 8 ? ", ... (GET /v1/models lists all)" : "")."
        return GatewayError(.modelNotFound, "The model '\(model)' is not configured. \(hint)", parameter: "model")
    }

    /// The names of the models that a key may use, in the order of the configuration. A `*` shows what its provider is
    /// known to have.
    public func visibleModels(to key: Key?) -> [String] {
        let names = routes.routes.flatMap { route in
            route.pattern.hasSuffix("*") ? knownNames(of: route) : [route.pattern]
        }
        guard let key else { return names }
        return names.filter { key.models.allows($0) }
    }

    private func knownNames(of route: Route) -> [String] {
        guard let target = route.targets.first, target.model == nil || target.model == "*" else { return [] }
        return providers[target.provider].kind.knownModels.map { String(route.pattern.dropLast()) + $0 }
    }
}
