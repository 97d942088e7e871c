import AsyncHTTPClient
public import Core
public import NIOCore
import Synchronization

/// Sends calls to all destinations of the configuration. Records that are kept nowhere go nowhere.
public final class OTLPExports: RecordConsumer, PreparedRecordConsumer {
    private let client: HTTPClient
    private let loop: any EventLoop
    private let version: String
    private let log: OperationalLog
    private let state = Mutex(State())

    private struct State {
        var exporters: [OTLPExporter] = []
        /// The ends of those that are gone.
        var ends: [ObjectIdentifier: EventLoopFuture<Void>] = [:]
    }

    /// - Parameters:
    ///   - group: loops that serve no client.
    ///   - version: the program's.
    public init(_ settings: [OTLPSettings], group: any EventLoopGroup, version: String, log: OperationalLog) {
        var configuration = HTTPClient.Configuration()
        // A credential must not follow a redirection.
        configuration.redirectConfiguration = .disallow
        configuration.timeout.connect = .seconds(Int64(Limits.exportConnectSeconds))
        client = HTTPClient(eventLoopGroupProvider: .shared(group), configuration: configuration)
        loop = group.any()
        self.version = version
        self.log = log
        install(settings)
    }

    /// From now on these destinations count. One that is new in no way goes on; one that is gone sends what it has.
    public func install(_ settings: [OTLPSettings]) {
        let gone = state.withLock { state -> [OTLPExporter] in
            let before = state.exporters
            let now = settings.map { setting in
                before.first { $0.settings == setting }
                    ?? OTLPExporter(setting, client: client, loop: loop, version: version, log: log)
            }
            state.exporters = now
            return before.filter { old in !now.contains { $0 === old } }
        }
        for exporter in gone {
            let end = exporter.finish(within: Self.deadline)
            state.withLock { $0.ends[ObjectIdentifier(exporter)] = end }
            end.whenComplete { _ in self.state.withLock { $0.ends[ObjectIdentifier(exporter)] = nil } }
        }
    }

    private static let deadline = TimeAmount.seconds(Int64(Limits.exportEndSeconds))

    private var exporters: [OTLPExporter] { state.withLock { $0.exporters } }

    /// How every destination is.
    public var statuses: [OTLPStatus] { exporters.map(\.status) }

    /// These are as they came: what goes out of them is no content.
    public func consume(_ records: [ExchangeRecord]) {
        for exporter in exporters where !exporter.settings.content { exporter.offer(records) }
    }

    public func consume(prepared records: [RecordToStore]) {
        for exporter in exporters where exporter.settings.content {
            exporter.offer(records.map(\.record))
        }
    }

    /// Sends what waits, within seconds. Called once, after the recorder's end.
    public func finish() async throws {
        let ends = state.withLock { Array($0.ends.values) } + exporters.map { $0.finish(within: Self.deadline) }
        for end in ends { try await end.get() }
        try await client.shutdown()
    }
}
