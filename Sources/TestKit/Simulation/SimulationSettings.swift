import Core
import Plan
import Policy
import Wire

/// The configuration of one simulation: every kind of model, with times that are short enough to matter.
struct SimulationSettings {
    let timeouts: Timeouts
    let retries: RetryPolicy
    let server: ServerSettings
    let onDisconnect: OnDisconnect
    let hedgeAfter: Int64?
    let breaker: BreakerSettings
    let secondWeight: Int
    let hasTwoKeys: Bool
    let limits: SimulatedLimits

    /// Some stand there twice: they are asked for more often.
    static let models = [
        "single", "pair", "claude", "mixed", "by-model", "by-template", "by-error", "by-endpoint", "hedged", "goes-on",
        "all", "hedged", "goes-on", "goes-on", "all",
    ]
    static let endpointHost = "endpoint"

    init(_ random: SimulationRandom) {
        var timeouts = Timeouts()
        timeouts.connect = Int64(random.one(of: [300, 1000, 3000])) * 1_000_000
        timeouts.firstToken = Int64(random.one(of: [700, 2000, 5000])) * 1_000_000
        timeouts.betweenTokens = Int64(random.one(of: [500, 2000, 4000])) * 1_000_000
        timeouts.total = Int64(random.one(of: [1500, 4000, 10_000, 20_000])) * 1_000_000
        self.timeouts = timeouts
        var retries = RetryPolicy()
        retries.attemptsMax = random.int(1...4)
        retries.backoffBase = Int64(random.one(of: [1, 50, 500])) * 1_000_000
        retries.backoffMax = Int64(random.one(of: [100, 1000, 8000])) * 1_000_000
        retries.budgetPerMillion = random.one(of: [100_000, 1_000_000])
        self.retries = retries
        var server = ServerSettings()
        server.headerTimeout = 2_000_000_000
        server.bodyTimeout = 3_000_000_000
        server.idleTimeout = 6_000_000_000
        server.keepAlive = Int64(random.one(of: [200, 1000, 15_000])) * 1_000_000
        self.server = server
        onDisconnect = random.chance(30) ? .drain(2_000_000_000) : .cancel
        hedgeAfter = random.chance(80) ? Int64(random.one(of: [20, 100, 600])) * 1_000_000 : nil
        var breaker = BreakerSettings()
        breaker.consecutive = random.int(2...6)
        breaker.open = Int64(random.one(of: [500, 3000])) * 1_000_000
        breaker.ejectedPerMillion = random.one(of: [0, 500_000, 1_000_000])
        self.breaker = breaker
        secondWeight = random.one(of: [0, 1])
        hasTwoKeys = random.chance(30)
        limits = SimulatedLimits(random)
    }

    /// - Parameter connectionsMax: for each provider.
    func snapshot(connectionsMax: [Int]) throws -> Snapshot {
        let first = Target(provider: 0, model: "a")
        let second = Target(provider: 1, model: "b", weight: secondWeight)
        let claude = Target(provider: 2, model: "c", weight: secondWeight)
        var hedge = HedgePolicy()
        (hedge.after, hedge.sharePerMillion, hedge.costPerMillion) = (hedgeAfter, 1_000_000, 1_000_000)
        let template = Fallback(.template(try Template("Busy with {{model}}: {{error}}.")))
        let endpoint = Fallback(
            .http(
                FallbackEndpoint(
                    origin: Origin(isTLS: false, host: Self.endpointHost, port: 80), target: "/answer",
                    timeout: 1_000_000_000)))
        return Snapshot(
            server: server, access: .anyone, timeouts: timeouts, retries: retries, breaker: breaker,
            onDisconnect: onDisconnect, providers: providers(connectionsMax),
            routes: [
                Route(pattern: "single", targets: [first]),
                Route(pattern: "pair", targets: [first, second]),
                Route(pattern: "claude", targets: [Target(provider: 2, model: "c")]),
                Route(pattern: "mixed", targets: [first, claude]),
                Route(pattern: "by-model", targets: [first], fallbacks: [Fallback(.model("claude"))]),
                Route(pattern: "by-template", targets: [first], fallbacks: [template]),
                Route(
                    pattern: "by-error", targets: [first],
                    fallbacks: [Fallback(.error(message: "Later, please.", retryAfterSeconds: 30))]),
                Route(pattern: "by-endpoint", targets: [first], fallbacks: [endpoint]),
                Route(pattern: "hedged", targets: [first, second], hedge: hedge),
                Route(pattern: "goes-on", targets: [first, second, claude], continuesStreams: true),
                Route(
                    pattern: "all", targets: [first, claude, second], hedge: hedge, continuesStreams: true,
                    fallbacks: [Fallback(.model("pair")), endpoint, Fallback(.model("claude")), template]),
            ], keys: [], prices: limits.prices, limits: limits.rules, priority: limits.priority)
    }

    private func providers(_ connectionsMax: [Int]) -> [Provider] {
        let kinds: [ProviderKind] = [.openAI, .openAI, .anthropic]
        return kinds.enumerated().map { place, kind in
            Provider(
                name: "p\(place)", kind: kind, origin: Origin(isTLS: false, host: "p\(place)", port: 80),
                basePath: kind.name == ProviderKind.anthropic.name ? "" : "/v1",
                credentials: (0..<(hasTwoKeys ? 2 : 1)).map { .init(secret: Secret("key-\(place)-\($0)")) },
                connectionsMax: connectionsMax[place])
        }
    }
}
