import Core
import NIOCore
import Plan
import Policy
import Wire

/// Everything that one event loop owns. Its executor is the loop, so isolated code never changes threads.
///
/// Channel handlers enter it with `assumeIsolated`. Beware: a plain actor or a `@concurrent` function called from an
/// exchange's task runs on the loop too; what blocks or takes long goes to a thread pool.
actor LoopWorker {
    nonisolated let executor: LoopExecutor
    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }
    nonisolated var loop: any EventLoop { executor.loop }

    let shared: SharedState
    let wheel: DeadlineWheel
    nonisolated let flushes: FlushQueue
    let records: any RecordSink
    private let keptAnswers = KeptAnswers()
    var random = RandomSource()
    private(set) var snapshot: Snapshot
    var upstreams: Upstreams
    /// By the routes of the newest configuration.
    private var routeHealth: [ObjectIdentifier: [TargetHealth]] = [:]
    private(set) var isDraining = false
    private var clients: [ObjectIdentifier: ClientConnection] = [:]
    private var clientCount = 0
    /// Exchanges whose client has left and whose answer is read on.
    private var withoutClient: [ObjectIdentifier: Exchange] = [:]
    private var running = 0
    let fetchSlots = FetchSlots()
    private var idlePromises: [EventLoopPromise<Void>] = []
    private var logFlush: RepeatedTask?

    init(_ loop: any EventLoop, snapshot: Snapshot, shared: SharedState, records: @Sendable () -> any RecordSink) {
        executor = LoopExecutor(loop)
        self.shared = shared
        self.snapshot = snapshot
        self.records = records()
        wheel = DeadlineWheel(loop)
        flushes = FlushQueue(loop)
        upstreams = Upstreams(loop: loop, wheel: wheel, flushes: flushes, shared: shared)
        upstreams.install(snapshot)
        routeHealth = Self.routeHealth(of: snapshot, shared.targets)
    }

    /// Starts what runs on the loop by itself.
    func start() {
        let interval = TimeAmount.milliseconds(100)
        logFlush = loop.scheduleRepeatedTask(initialDelay: interval, delay: interval) { [weak self] _ in
            self?.assumeIsolated { $0.records.flush() }
        }
    }

    /// From the next request on, this configuration counts. Those that run keep theirs.
    func install(_ snapshot: Snapshot) {
        self.snapshot = snapshot
        upstreams.install(snapshot)
        routeHealth = Self.routeHealth(of: snapshot, shared.targets)
    }

    private static func routeHealth(
        of snapshot: Snapshot, _ table: TargetHealthTable
    ) -> [ObjectIdentifier: [TargetHealth]] {
        Dictionary(
            uniqueKeysWithValues: snapshot.routes.routes.map { route in
                (ObjectIdentifier(route), table.health(of: route, in: snapshot))
            })
    }

    /// Of a route's targets, in their order.
    func health(of route: Route, in snapshot: Snapshot) -> [TargetHealth] {
        if snapshot === self.snapshot, let known = routeHealth[ObjectIdentifier(route)] { return known }
        return shared.targets.health(of: route, in: snapshot)
    }

    // MARK: Clients

    func nextClientNumber() -> Int {
        clientCount += 1
        return clientCount
    }

    private var clientsInOrder: [ClientConnection] { clients.values.sorted { $0.number < $1.number } }

    func add(_ client: ClientConnection) { clients[ObjectIdentifier(client)] = client }
    func remove(_ client: ClientConnection) { clients[ObjectIdentifier(client)] = nil }
    func readOn(_ exchange: Exchange) { withoutClient[ObjectIdentifier(exchange)] = exchange }

    /// Runs a request as one task on this loop, under the newest configuration.
    func begin(_ request: RequestHead, from client: ClientConnection) -> Exchange {
        let exchange = Exchange(
            request, connection: client, snapshot: snapshot, loop: loop, wheel: wheel,
            keptAnswers: keptAnswers, memory: shared.memory, unixMicroseconds: shared.unixMicroseconds(),
            random: (random.next(), random.next(), random.next()))
        exchange.record.client = client.address(forwardedFor: exchange.client.forwardedFor)
        running += 1
        Task(executorPreference: executor) { await self.serve(exchange) }
        return exchange
    }

    private func serve(_ exchange: Exchange) async {
        await run(exchange)
        withoutClient[ObjectIdentifier(exchange)] = nil
        running -= 1
        guard running == 0, !idlePromises.isEmpty else { return }
        let promises = idlePromises
        idlePromises = []
        for promise in promises { promise.succeed() }
    }

    /// What this loop is at.
    var load: PlaneLoad {
        var load = PlaneLoad()
        load.inFlight = running
        load.droppedAnswers = keptAnswers.dropped
        for (place, provider) in snapshot.providers.enumerated() {
            let pool = upstreams.upstream(place, in: snapshot).pool.load
            load.pools[provider.name] = PlaneLoad.Pool(used: pool.used, idle: pool.idle, waiting: pool.waiting)
        }
        return load
    }

    /// How the targets do, which all loops share.
    var targetLoads: [PlaneLoad.Target] {
        let now = loop.now.nanoseconds
        return snapshot.targetNames.map { name in
            let status = shared.targets.health(of: name).status(now: now)
            return PlaneLoad.Target(
                name: name.description, inFlight: status.inFlight, ejectedFor: status.ejectedSince.map { now - $0 },
                limit: status.limit,
                waiting: status.waiting.enumerated().map { (snapshot.priority.name(of: $0), $1) })
        }
    }

    /// Of the loop's clock.
    var nanoseconds: Int64 { loop.now.nanoseconds }

    /// A check of a provider by itself, which all loops hear of.
    func note(provider: String, isWell: Bool) {
        let now = loop.now.nanoseconds
        for name in snapshot.targetNames where name.provider == provider {
            let opened = shared.targets.health(of: name).probed(isWell: isWell, now: now, settings: snapshot.breaker)
            if opened { shared.log.warning("The target \(name) does not answer when it is asked: calls go elsewhere.") }
        }
    }

    func flushRecords() { records.flush() }

    // MARK: The end

    /// No new requests: connections without one are closed, those with one after its answer.
    func beginDraining() {
        isDraining = true
        for client in clientsInOrder { client.drain() }
    }

    /// Succeeds when no exchange runs. Without this, closing the loop would leave their tasks hanging for ever.
    func idle() -> EventLoopFuture<Void> {
        guard running > 0 else { return loop.makeSucceededVoidFuture() }
        let promise = loop.makePromise(of: Void.self)
        idlePromises.append(promise)
        return promise.futureResult
    }

    /// The time is up: what still runs ends now, each in its own dialect.
    func interruptAll() {
        for client in clientsInOrder { client.interrupt() }
        for exchange in withoutClient.values.sorted(by: { $0.connection.number < $1.connection.number }) {
            exchange.fail(Self.stopping)
        }
    }

    static let stopping = GatewayError(
        .overloaded, "The gateway is being stopped; please try again.", retryAfterSeconds: 1)

    func stop() {
        logFlush?.cancel()
        for client in clients.values { client.close() }
        upstreams.stop()
        wheel.stop()
        records.flush()
    }
}
