/// A target as people name it and as records do: `provider/model@region`.
public struct TargetName: Sendable, Hashable, CustomStringConvertible {
    public let provider: String
    /// The upstream's name for the model. In a configuration's target a `*` stands for any.
    public let model: String
    public let region: String

    public init(provider: String, model: String, region: String) {
        self.provider = provider
        self.model = model
        self.region = region
    }

    /// A provider's name has no slash and a region no `@`; a model's name may have both.
    public init?(_ text: String) {
        guard let slash = text.firstIndex(of: "/"), let at = text.lastIndex(of: "@"), slash < at else { return nil }
        provider = String(text[..<slash])
        model = String(text[text.index(after: slash)..<at])
        region = String(text[text.index(after: at)...])
        guard !provider.isEmpty, !model.isEmpty, !region.isEmpty else { return nil }
    }

    public var description: String { "\(provider)/\(model)@\(region)" }
}

/// Which calls a target gets no more, because somebody took it out of service. Worked out when a snapshot is made, so
/// that a call only looks at its own target.
public enum TargetDrain: Sendable, Equatable {
    case none
    case all
    /// A target with a `*`: these upstream models alone.
    case models(Set<String>)
}

extension Target {
    /// - Parameter pattern: the route's, which says the model's name where the target does not.
    public func name(pattern: String, provider: Provider) -> TargetName {
        TargetName(provider: provider.name, model: model ?? pattern, region: region)
    }

    /// Whether a call for this model is not to be sent here.
    @inline(__always)
    func isDrained(requested: String, star: Substring) -> Bool {
        switch drain {
        case .none: false
        case .all: true
        case .models(let models): models.contains(upstreamModel(requested: requested, star: star))
        }
    }

    /// The same target with what of it is drained.
    func drained(_ drained: Set<TargetName>, pattern: String, provider: Provider) -> Target {
        let name = name(pattern: pattern, provider: provider)
        var result = self
        if drained.contains(name) {
            result.drain = .all
        } else {
            let models = drained.filter { name.covers($0) }.map(\.model)
            result.drain = models.isEmpty ? .none : .models(Set(models))
        }
        return result
    }
}

extension TargetName {
    /// Whether a call that is recorded under `other` may come from this target: the same, or one that its `*` allows.
    public func covers(_ other: TargetName) -> Bool {
        guard provider == other.provider, region == other.region else { return false }
        guard let star = model.firstIndex(of: "*") else { return model == other.model }
        let (start, end) = (model[..<star], model[model.index(after: star)...])
        return model == other.model
            || other.model.utf8.count > start.utf8.count + end.utf8.count && other.model.hasPrefix(start)
                && other.model.hasSuffix(end)
    }
}

extension Snapshot {
    /// The names of all targets, in the order of the configuration, each once.
    public var targetNames: [TargetName] {
        var seen: Set<TargetName> = []
        return routes.routes.flatMap { route in
            route.targets.map { $0.name(pattern: route.pattern, provider: providers[$0.provider]) }
        }.filter { seen.insert($0).inserted }
    }

    func routes(draining drained: Set<TargetName>) -> [Route] {
        guard !drained.isEmpty else { return routes.routes }
        return routes.routes.map { route in
            route.replacing(
                targets: route.targets.map {
                    $0.drained(drained, pattern: route.pattern, provider: providers[$0.provider])
                })
        }
    }
}
