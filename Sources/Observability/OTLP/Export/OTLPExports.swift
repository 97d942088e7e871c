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
    private let exporters = Mutex<[OTLPExporter]>([])

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
        let gone = exporters.withLock { exporters -> [OTLPExporter] in
            let before = exporters
            exporters = settings.map { setting in
                before.first { $0.settings == setting }
                    ?? OTLPExporter(setting, client: client, loop: loop, version: version, log: log)
            }
            return before.filter { old in !exporters.contains { $0 === old } }
        }
        for exporter in gone { _ = exporter.finish(within: .seconds(Int64(Limits.exportEndSeconds))) }
    }

    /// Every destination with how it is.
    public var statuses: [(endpoint: String, status: OTLPStatus)] {
        exporters.withLock { $0 }.map { ($0.settings.endpoint, $0.status) }
    }

    /// These are as they came: what goes out of them is no content.
    public func consume(_ records: [ExchangeRecord]) {
        for exporter in exporters.withLock({ $0 }) where !exporter.settings.content { exporter.offer(records) }
    }

    public func consume(prepared records: [RecordToStore]) {
        for exporter in exporters.withLock({ $0 }) where exporter.settings.content {
            exporter.offer(records.map(\.record))
        }
    }

    /// Sends what waits, within seconds. Called once, after the recorder's end.
    public func finish() async throws {
        let deadline = TimeAmount.seconds(Int64(Limits.exportEndSeconds))
        let ends = exporters.withLock { $0 }.map { $0.finish(within: deadline) }
        for end in ends { try await end.get() }
        try await client.shutdown()
    }
}
