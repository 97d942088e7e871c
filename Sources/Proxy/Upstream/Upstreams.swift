import Core
import NIOCore
import Plan
import Wire

/// One loop's way to a provider: its connections, and the part of a request's head that is always the same.
struct Upstream {
    let pool: UpstreamPool
    /// `host`, `accept-encoding` and the configuration's own fields, as they are sent.
    let fixedFields: ByteBuffer
    /// The fields that carry each of the provider's keys.
    let credentialFields: [ByteBuffer]
    /// Names, in lower case, that the configuration sets: a client's own do not go out.
    let configuredNames: Set<String>

    /// Whether the configuration sets the field of this name itself.
    func configures(_ line: HeaderFields.Line, of fields: HeaderFields) -> Bool {
        !configuredNames.isEmpty && configuredNames.contains(fields.lowercasedName(line))
    }

    init(_ provider: Provider, pool: UpstreamPool) {
        self.pool = pool
        var fields = ByteBuffer()
        fields.writeField("host", provider.origin.hostHeader)
        fields.writeField("accept-encoding", "identity")
        for (name, value) in provider.headers { fields.writeField(name, value) }
        fixedFields = fields
        configuredNames = Set(provider.headers.map { $0.name.lowercased() })
        credentialFields = provider.credentials.map { credential in
            var field = ByteBuffer()
            let secret = credential.secret.reveal()
            switch provider.kind.credential {
            case .bearer: field.writeField("authorization", "Bearer \(secret)")
            case .headers(let names): for name in names { field.writeField(name, secret) }
            }
            return field
        }
    }
}

/// One loop's upstreams, those of the newest configuration by their place in it.
struct Upstreams {
    private let loop: any EventLoop
    private let wheel: DeadlineWheel
    private let flushes: FlushQueue
    private let shared: SharedState
    private var pools: [UpstreamIdentity: UpstreamPool] = [:]
    private var poolsMade = 0
    private var poolsInOrder: [UpstreamPool] { pools.values.sorted { $0.number < $1.number } }
    private var current: [Upstream] = []
    private var snapshot: Snapshot?

    init(loop: any EventLoop, wheel: DeadlineWheel, flushes: FlushQueue, shared: SharedState) {
        self.loop = loop
        self.wheel = wheel
        self.flushes = flushes
        self.shared = shared
    }

    mutating func install(_ snapshot: Snapshot) {
        let wanted = Set(
            snapshot.providers.map { UpstreamIdentity($0, loopCount: shared.loopCount) }
                + snapshot.fallbackEndpoints.map { UpstreamIdentity($0.origin, loopCount: shared.loopCount) })
        for pool in poolsInOrder where !wanted.contains(pool.identity) { pool.retire() }
        pools = pools.filter { !$0.value.isUnused }
        for identity in wanted { pools[identity]?.revive() }
        current = snapshot.providers.map { Upstream($0, pool: pool(for: $0)) }
        self.snapshot = snapshot
    }

    /// - Parameter place: the provider's place in that configuration.
    mutating func upstream(_ place: Int, in snapshot: Snapshot) -> Upstream {
        if snapshot === self.snapshot { return current[place] }
        // The exchange began under an older configuration and keeps to it.
        let provider = snapshot.providers[place]
        return Upstream(provider, pool: pool(for: provider))
    }

    private mutating func pool(for provider: Provider) -> UpstreamPool {
        pool(of: UpstreamIdentity(provider, loopCount: shared.loopCount))
    }

    /// The connections to an endpoint that is no provider.
    mutating func pool(of origin: Origin) -> UpstreamPool {
        pool(of: UpstreamIdentity(origin, loopCount: shared.loopCount))
    }

    private mutating func pool(of identity: UpstreamIdentity) -> UpstreamPool {
        if let pool = pools[identity] { return pool }
        let pool = UpstreamPool(
            identity, number: poolsMade, loop: loop, wheel: wheel, flushes: flushes, shared: shared)
        poolsMade += 1
        pools[identity] = pool
        return pool
    }

    func stop() {
        for pool in poolsInOrder { pool.retire() }
    }
}
