public import Config
public import Core
public import Observability
import Plan

/// What the admin plane shows and changes. It knows seams, never engines.
public struct AdminPlane: Sendable {
    public let records: any RecordStore
    public let feedback: any FeedbackStore
    public let spans: any SpanStore
    public let keys: any KeyStore
    public let store: any AdminStore
    public let sessions: any SessionStore
    public let metrics: MetricsRegistry
    public let tail: RecordTailHub
    /// The configuration that counts now.
    public let configuration: @Sendable () -> Configuration
    public let gauges: @Sendable () async -> MetricGauges
    /// What was used under each limit and budget. It takes its time.
    public let limits: @Sendable () -> [LimitReport]
    /// How the program itself does.
    public let health: @Sendable () -> GatewayHealth
    /// What its data takes of the disk. It takes its time.
    public let disk: @Sendable () -> DiskUse
    /// What providers say is left of their limits.
    public let headroom: @Sendable () async -> [ProviderHeadroom]
    /// Brings all calls that have ended into the store.
    public let settleRecords: @Sendable () async -> Void
    /// Brings what the store says to the data plane; returns when it is there.
    public let apply: @Sendable () async -> Void
    /// The name of this machine in records.
    public let node: String
    public let version: String

    public init(
        records: any RecordStore, feedback: any FeedbackStore, spans: any SpanStore, keys: any KeyStore,
        store: any AdminStore, sessions: any SessionStore,
        metrics: MetricsRegistry, tail: RecordTailHub, node: String, version: String,
        configuration: @escaping @Sendable () -> Configuration, gauges: @escaping @Sendable () async -> MetricGauges,
        limits: @escaping @Sendable () -> [LimitReport] = { [] },
        health: @escaping @Sendable () -> GatewayHealth = { GatewayHealth() },
        disk: @escaping @Sendable () -> DiskUse = { DiskUse() },
        headroom: @escaping @Sendable () async -> [ProviderHeadroom] = { [] },
        settleRecords: @escaping @Sendable () async -> Void,
        apply: @escaping @Sendable () async -> Void
    ) {
        self.records = records
        self.feedback = feedback
        self.spans = spans
        self.keys = keys
        self.store = store
        self.sessions = sessions
        self.metrics = metrics
        self.tail = tail
        self.node = node
        self.version = version
        self.configuration = configuration
        self.gauges = gauges
        self.limits = limits
        self.health = health
        self.disk = disk
        self.headroom = headroom
        self.settleRecords = settleRecords
        self.apply = apply
    }
}
