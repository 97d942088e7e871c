public import Core
import NIOCore
public import NIOPosix
public import Plan

/// The data plane: listens, runs exchanges, and takes new configurations while it does.
public final class DataPlane: Sendable {
    private let workers: [LoopWorker]
    private let listener: any Channel
    private let gate: Listener.Gate
    private let shared: SharedState
    public let certificates: ServerCertificates
    /// Where it listens: the port that was given where any would do.
    public let address: ListenAddress

    /// - Parameters:
    ///   - group: the loops; each gets one worker.
    ///   - threads: for what blocks: the resolver and reading certificates.
    ///   - fetchThreads: look up hosts in clients' URLs, for as long as their name servers take.
    ///   - connectionsMax: the limit of clients, worked out from the file descriptors when the configuration has none.
    ///   - tokens: the access tokens of providers that want them.
    ///   - ingest: takes feedback and spans; nil: they are refused.
    ///   - objects: who made what at the providers; nil: no account is kept.
    ///   - limiter: counts what limits and budgets allow; nil: a table of this data plane's own.
    ///   - memoryBytesMax: what request bodies may hold, where the configuration does not say.
    ///   - recorderProblem: why records cannot be stored, for `/ready`.
    ///   - makeRecordSink: called once for each loop.
    public static func start(
        _ snapshot: Snapshot, group: MultiThreadedEventLoopGroup, threads: NIOThreadPool,
        fetchThreads: NIOThreadPool, connectionsMax: Int,
        log: OperationalLog, version: String, tokens: (any AccessTokenSource)? = nil, ingest: (any IngestSink)? = nil,
        objects: (any ObjectRegistry)? = nil, limiter: (any Limiter)? = nil, memoryBytesMax: Int = .max,
        recorderProblem: @escaping @Sendable () -> String? = { nil }, makeRecordSink: @Sendable () -> any RecordSink
    ) async throws -> DataPlane {
        let loops = group.makeIterator().map { $0 }
        let shared = SharedState(
            threads: threads, fetchThreads: fetchThreads, log: log, loopCount: loops.count, version: version,
            tokens: tokens, ingest: ingest, objects: objects, limiter: limiter,
            memoryBytesMax: snapshot.server.memoryBytesMax ?? memoryBytesMax,
            recorderProblem: recorderProblem)
        var workers: [LoopWorker] = []
        var byLoop: [ObjectIdentifier: LoopWorker] = [:]
        for loop in loops {
            let worker = LoopWorker(loop, snapshot: snapshot, shared: shared, records: makeRecordSink)
            await worker.start()
            workers.append(worker)
            byLoop[ObjectIdentifier(loop)] = worker
        }
        let gate = Listener.Gate(connectionsMax: snapshot.server.connectionsMax ?? connectionsMax)
        let certificates = try ServerCertificates(snapshot.server.tls)
        let listener = try await Listener.bind(
            snapshot.server, group: group, workers: byLoop, gate: gate, certificates: certificates)
        return DataPlane(workers, listener, gate, shared, certificates, snapshot.server.listen.host)
    }

    private init(
        _ workers: [LoopWorker], _ listener: any Channel, _ gate: Listener.Gate, _ shared: SharedState,
        _ certificates: ServerCertificates, _ host: String
    ) {
        self.workers = workers
        self.listener = listener
        self.gate = gate
        self.shared = shared
        self.certificates = certificates
        address = ListenAddress(host: host, port: listener.localAddress?.port ?? 0)
    }

    /// Clients that are connected now.
    public var connectionCount: Int { gate.count }

    /// What all loops are at together.
    public func load() async -> PlaneLoad {
        var load = PlaneLoad()
        for worker in workers { load += await worker.load }
        load.shed = shared.shed.all
        load.memory = (shared.memory.bytes, shared.memory.bytesMax)
        load.targets = await workers.first?.targetLoads ?? []
        return load
    }

    /// What these providers say is left of their limits. Of the loops it takes no more than the time.
    public func headroom(of providers: [Provider]) async -> [AccountHeadroom] {
        guard let now = await workers.first?.nanoseconds else { return [] }
        return shared.mirrors.headroom(providers, now: now)
    }

    /// A check of a provider by itself came to this: it counts for all its targets.
    public func note(provider: String, isWell: Bool) async {
        await workers.first?.note(provider: provider, isWell: isWell)
    }

    /// Hands on what the loops have gathered for the record.
    public func flushRecords() async {
        for worker in workers { await worker.flushRecords() }
    }

    /// From now on new requests follow this configuration; those that run keep theirs.
    public func install(_ snapshot: Snapshot) async {
        for worker in workers { await worker.install(snapshot) }
    }

    /// Stops: no new request is taken, those that run have `drainTimeout` nanoseconds to end, and then end with an
    /// error in their own dialect.
    public func stop(drainTimeout: Int64) async {
        try? await listener.close()
        for worker in workers { await worker.beginDraining() }
        let workers = workers
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                for worker in workers { try? await worker.idle().get() }
            }
            group.addTask {
                try? await Task.sleep(nanoseconds: UInt64(drainTimeout))
                guard !Task.isCancelled else { return }
                for worker in workers { await worker.interruptAll() }
            }
            await group.next()
            group.cancelAll()
        }
        for worker in workers { try? await worker.idle().get() }
        for worker in workers { await worker.stop() }
    }
}
