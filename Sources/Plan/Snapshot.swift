public import Core
public import Ledger
public import Policy

/// The whole configuration, compiled: the one immutable value that the data plane reads. A reload makes the next.
public final class Snapshot: Sendable {
    public let server: ServerSettings
    public let access: Access
    public let timeouts: Timeouts
    public let retries: RetryPolicy
    public let breaker: BreakerSettings
    /// nil: providers are not asked by themselves.
    public let health: HealthSettings?
    public let onDisconnect: OnDisconnect
    public let record: RecordSettings
    public let providers: [Provider]
    public let routes: RouteTable
    public let keys: [Key]
    public let prices: PriceBook
    public let limits: LimitRules
    public let priority: PrioritySettings
    /// nil: no URL in a request is fetched.
    public let fetch: FetchSettings?
    private let keysByDigest: [TokenDigest: Int]
    private let providersByName: [String: Int]

    public init(
        server: ServerSettings = ServerSettings(), access: Access = .keys, timeouts: Timeouts = Timeouts(),
        retries: RetryPolicy = RetryPolicy(), breaker: BreakerSettings = BreakerSettings(),
        health: HealthSettings? = nil,
        onDisconnect: OnDisconnect = .cancel, record: RecordSettings = RecordSettings(), providers: [Provider],
        routes: [Route], keys: [Key], prices: PriceBook = .embedded, limits: LimitRules = .none,
        priority: PrioritySettings = PrioritySettings(), fetch: FetchSettings? = nil
    ) {
        self.server = server
        self.access = access
        self.timeouts = timeouts
        self.retries = retries
        self.breaker = breaker
        self.health = health
        self.onDisconnect = onDisconnect
        self.record = record
        self.providers = providers
        self.routes = RouteTable(routes)
        self.keys = keys
        self.prices = prices
        self.limits = limits
        self.priority = priority
        self.fetch = fetch
        keysByDigest = Dictionary(keys.enumerated().map { ($1.digest, $0) }, uniquingKeysWith: { first, _ in first })
        providersByName = Dictionary(
            providers.enumerated().map { ($1.name, $0) }, uniquingKeysWith: { first, _ in first })
    }

    /// The same configuration with other keys, prices or drained targets: what the store says changes while the file
    /// stays.
    public func replacing(
        keys: [Key]? = nil, prices: PriceBook? = nil, drained: Set<TargetName> = []
    ) -> Snapshot {
        Snapshot(
            server: server, access: access, timeouts: timeouts, retries: retries, breaker: breaker, health: health,
            onDisconnect: onDisconnect, record: record,
            providers: providers, routes: routes(draining: drained), keys: keys ?? self.keys,
            prices: prices ?? self.prices, limits: limits, priority: priority, fetch: fetch)
    }

    public func key(for digest: TokenDigest) -> Key? {
        keysByDigest[digest].map { keys[$0] }
    }

    public func provider(named name: some StringProtocol) -> Int? { providersByName[String(name)] }
}
