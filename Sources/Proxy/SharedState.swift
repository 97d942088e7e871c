import Core
import NIOCore
import NIOPosix
import Plan
import Synchronization

/// What all loops share: each part is exact across them and guarded by itself.
final class SharedState: Sendable {
    let connector: any Connector
    /// For hosts that clients name: these neither keep upstreams' lookups waiting nor push out what is remembered of
    /// them.
    let fetchResolver: Resolver
    let credentials = CredentialHealth()
    let targets = TargetHealthTable()
    let hedges = HedgeBudgets()
    let mirrors = AccountMirrors()
    let journals = AnswerJournals()
    let shed = ShedCounts()
    let memory: MemoryBudget
    let stateMarks = StateMarks()
    /// nil: no provider needs tokens.
    let tokens: (any AccessTokenSource)?
    let trust: UpstreamTrust
    let log: OperationalLog
    let limiter: any Limiter
    let usualOutput = OutputEstimates()
    let loopCount: Int
    /// The time of day, in microseconds since 1970.
    let unixMicroseconds: @Sendable () -> Int64
    let version: String
    let ingest: (any IngestSink)?
    /// Who made what at the providers; nil: no account is kept.
    let objects: (any ObjectRegistry)?
    /// Why records cannot be stored; nil: they can.
    let recorderProblem: @Sendable () -> String?

    /// - Parameter fetchThreads: look up hosts that clients name, and nothing else.
    init(
        threads: NIOThreadPool, fetchThreads: NIOThreadPool, log: OperationalLog, loopCount: Int, version: String,
        resolver: Resolver? = nil,
        connector: (any Connector)? = nil,
        unixMicroseconds: @escaping @Sendable () -> Int64 = WallClock.unixMicroseconds,
        tokens: (any AccessTokenSource)? = nil, ingest: (any IngestSink)? = nil,
        objects: (any ObjectRegistry)? = nil, limiter: (any Limiter)? = nil, memoryBytesMax: Int = .max,
        recorderProblem: @escaping @Sendable () -> String? = { nil }
    ) {
        self.tokens = tokens
        self.connector = connector ?? SocketConnector(resolver: resolver ?? Resolver(threads: threads))
        fetchResolver = Resolver(threads: fetchThreads, shares: LookupShares())
        self.unixMicroseconds = unixMicroseconds
        memory = MemoryBudget(bytesMax: memoryBytesMax)
        trust = UpstreamTrust(threads: threads)
        self.log = log
        self.limiter = limiter ?? LimitTable(log: log)
        self.loopCount = loopCount
        self.version = version
        self.ingest = ingest
        self.objects = objects
        self.recorderProblem = recorderProblem
    }

    /// Connects to hosts that clients name: on the public internet, and in these networks.
    /// - Parameter key: whose client names them; nil: the gateway asks for no keys.
    func fetchConnector(for key: String?, allowing networks: [IPNetwork]) -> SocketConnector {
        SocketConnector(resolver: fetchResolver, for: key) { PublicAddresses.contains($0, or: networks) }
    }
}
