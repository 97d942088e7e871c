import Config
import Core
import Foundation
import Ledger
import Logging
import NIOCore
import NIOPosix
import Observability
import Plan
import Proxy
import ServiceLifecycle
import Simulator
import Stores
import UnixSignals

/// The gateway as a running program: the one place that knows all rooms, and wires them.
enum Server {
    static func run(_ options: ConfigOptions, overrides: ConfigOverrides) async throws {
        let connectionsMax = FileDescriptors.raiseLimit()
        let writer = LogWriter(descriptor: STDERR_FILENO)
        let format: LogFormat = isatty(STDERR_FILENO) == 1 ? .text : .json
        var logger = Logger(label: "headgate") { _ in LineLogHandler(writer: writer, format: format) }
        logger.logLevel = .info
        defer { writer.finish() }

        let threads = NIOThreadPool(numberOfThreads: Limits.resolverThreads)
        threads.start()
        // The simulator has a loop of its own: what it plays must not take the data plane's time.
        let simulatorGroup = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let simulator = try await SimulatorServer.start(host: "127.0.0.1", port: 0, group: simulatorGroup)
        let origin = Origin(isTLS: false, host: simulator.address.host, port: simulator.address.port)

        let source = try ConfigurationSource(options, overrides: overrides, simulatorOrigin: origin)
        let configuration = source.current
        configuration.snapshot.prices.prepare()
        let group = MultiThreadedEventLoopGroup(
            numberOfThreads: configuration.snapshot.server.threads ?? System.coreCount)
        let dataPlane: DataPlane
        do {
            dataPlane = try await DataPlane.start(
                configuration.snapshot, group: group, threads: threads, connectionsMax: connectionsMax,
                log: OperationalLog(logger), version: Version.number,
                makeRecordSink: { AccessLog(writer: writer, format: format) })
        } catch {
            throw Failure("Cannot listen on \(configuration.snapshot.server.listen): \(error)")
        }
        StartUp.announce(configuration, dataPlane, firstToken: source.firstToken, logger)

        let drainTimeout = configuration.snapshot.server.drainTimeout
        let services = ServiceGroup(
            configuration: .init(
                services: [
                    .init(
                        service: DataPlaneService(dataPlane: dataPlane, drainTimeout: drainTimeout, logger: logger))
                ],
                gracefulShutdownSignals: [.sigterm, .sigint], logger: logger))
        // Beside the services and not waited for: nothing about the configuration may hold up the end.
        let reloader = Reloader(source: source, dataPlane: dataPlane, logger: logger)
        let reloading = Task { try await reloader.run() }
        try await services.run()
        reloading.cancel()
        logger.info("stopped")
        await simulator.stop()
        try await group.shutdownGracefully()
        try await simulatorGroup.shutdownGracefully()
        try await threads.shutdownGracefully()
    }
}

/// Serves until the program is told to stop, and then lets what runs end.
private struct DataPlaneService: Service {
    let dataPlane: DataPlane
    let drainTimeout: Int64
    let logger: Logger

    func run() async throws {
        try? await gracefulShutdown()
        logger.info("stopping: no new calls; those that run have their time to end")
        await dataPlane.stop(drainTimeout: drainTimeout)
    }
}
