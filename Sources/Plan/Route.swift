public import Core
public import Policy

/// A model's name as clients send it, and what answers for it. A class, so that passing it on costs one reference.
public final class Route: Sendable {
    /// A member that is put into the request's body.
    public struct BodyField: Sendable, Equatable {
        public let name: String
        /// The value as JSON text.
        public let json: [UInt8]

        public init(name: String, json: [UInt8]) {
            self.name = name
            self.json = json
        }
    }

    /// The entry of `models` as written: a name, a prefix with `*`, or `*`.
    public let pattern: String
    public let targets: [Target]
    /// How one of them is chosen.
    public let strategy: RoutingStrategy
    /// What the conditions of its targets ask of a call besides tags.
    public let conditionNeeds: Set<ConditionFact>
    /// Whether any of its targets has a condition.
    public let hasConditions: Bool
    /// Whether one of these stands in the request's body.
    public let conditionsReadBody: Bool
    /// Set where the body has no member of that name.
    public let defaults: [BodyField]
    /// Set always.
    public let force: [BodyField]
    public let timeouts: TimeoutOverrides
    public let retries: RetryOverrides
    /// When a late call is sent a second time; nil: never.
    public let hedge: HedgePolicy?
    /// Whether a stream that breaks off is gone on with by another target.
    public let continuesStreams: Bool
    /// What answers when its targets do not, in order.
    public let fallbacks: [Fallback]
    /// What is kept of its calls; nil: what is kept of all.
    public let recordLevel: RecordLevel?

    public init(
        pattern: String, targets: [Target], strategy: RoutingStrategy = .weighted, defaults: [BodyField] = [],
        force: [BodyField] = [], timeouts: TimeoutOverrides = TimeoutOverrides(),
        retries: RetryOverrides = RetryOverrides(), hedge: HedgePolicy? = nil, continuesStreams: Bool = false,
        fallbacks: [Fallback] = [], recordLevel: RecordLevel? = nil
    ) {
        self.pattern = pattern
        self.targets = targets
        self.strategy = strategy
        conditionNeeds = targets.reduce(into: []) { $0.formUnion($1.condition?.needs ?? []) }
        hasConditions = targets.contains { $0.condition != nil }
        conditionsReadBody = conditionNeeds.contains(where: \.isOfBody)
        self.defaults = defaults
        self.force = force
        self.timeouts = timeouts
        self.retries = retries
        self.hedge = hedge
        self.continuesStreams = continuesStreams
        self.fallbacks = fallbacks
        self.recordLevel = recordLevel
    }

    func replacing(targets: [Target]) -> Route {
        Route(
            pattern: pattern, targets: targets, strategy: strategy, defaults: defaults, force: force,
            timeouts: timeouts, retries: retries, hedge: hedge, continuesStreams: continuesStreams,
            fallbacks: fallbacks, recordLevel: recordLevel)
    }
}

/// One place that a route may send a call to.
public struct Target: Sendable {
    /// The place in `Snapshot.providers`.
    public let provider: Int
    /// The upstream's name for the model. A `*` in it stands for what the route's own `*` matched; nil: the name
    /// that the client sent.
    public let model: String?
    public let weight: Int
    public let region: String
    /// Targets of a lower number come first.
    public let priority: Int
    /// What must hold of a call for it to come here; nil: nothing.
    public let condition: Condition?
    /// What of it is out of service.
    public internal(set) var drain = TargetDrain.none

    public init(
        provider: Int, model: String?, weight: Int = 1, region: String = "default", priority: Int = 0,
        condition: Condition? = nil
    ) {
        self.provider = provider
        self.model = model
        self.weight = weight
        self.region = region
        self.priority = priority
        self.condition = condition
    }

    /// - Parameters:
    ///   - requested: the name that the client sent.
    ///   - star: what the route's `*` matched.
    public func upstreamModel(requested: String, star: Substring) -> String {
        guard let model else { return requested }
        guard let place = model.firstIndex(of: "*") else { return model }
        return String(model[..<place] + star + model[model.index(after: place)...])
    }
}
