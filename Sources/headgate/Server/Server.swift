import Admin
import Config
import Core
import Credentials
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

        // From the first moment on: a signal during the start must not end the program.
        let stops = await UnixSignalsSequence(trapping: .sigterm, .sigint)
        let reloadSignals = await UnixSignalsSequence(trapping: .sighup)
        let threads = NIOThreadPool(numberOfThreads: Limits.resolverThreads)
        threads.start()
        let fetchThreads = NIOThreadPool(numberOfThreads: Limits.fetchResolverThreads)
        fetchThreads.start()
        // The simulator has a loop of its own: what it plays must not take the data plane's time.
        let simulatorGroup = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let simulator = try await SimulatorServer.start(host: "127.0.0.1", port: 0, group: simulatorGroup)
        let origin = Origin(isTLS: false, host: simulator.address.host, port: simulator.address.port)

        let source = try ConfigurationSource(options, overrides: overrides, simulatorOrigin: origin)
        let configuration = source.current
        let group = MultiThreadedEventLoopGroup(
            numberOfThreads: configuration.snapshot.server.threads ?? System.coreCount)
        // Beside the start: no call shall wait for the lists on a loop.
        Task.detached { configuration.snapshot.prices.prepare() }
        // Exports must not take the data plane's time either.
        let exportGroup = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let records = try await Records.open(configuration, group: exportGroup, log: OperationalLog(logger))
        let tokens = AccessTokens(group: exportGroup, log: OperationalLog(logger))
        tokens.install(configuration.snapshot.tokenGrants)
        await tokens.settle(within: .seconds(Limits.tokenConnectSeconds))
        let objects = try ObjectDatabase(
            directory: configuration.dataDirectory, now: WallClock.unixMicroseconds(), log: OperationalLog(logger))
        let limits = try LimitKeeper(
            configuration.snapshot, directory: configuration.dataDirectory, log: OperationalLog(logger))
        let dataPlane: DataPlane
        do {
            dataPlane = try await DataPlane.start(
                configuration.snapshot, group: group, threads: threads, fetchThreads: fetchThreads,
                connectionsMax: connectionsMax,
                log: OperationalLog(logger), version: Version.number, tokens: tokens,
                ingest: records.ingest, objects: objects, limiter: limits.table,
                memoryBytesMax: MachineMemory.bytesForBodies,
                recorderProblem: { records.problem },
                makeRecordSink: {
                    RecordFanOut([AccessLog(writer: writer, format: format), RecordRing(records.recorder)])
                })
        } catch {
            throw Failure("Cannot listen on \(configuration.snapshot.server.listen): \(error)")
        }
        let adminToken = try AdminWiring.ensureToken(source.store)
        let reloads = ReloadRequests()
        let sessions = try SessionDatabase(directory: configuration.dataDirectory)
        let health = HealthReport(dataDirectory: configuration.dataDirectory, file: configuration.file)
        let admin = AdminServer(
            AdminWiring.plane(
                source, records, dataPlane, limits, reloads, sessions, health, droppedLogBuffers: { writer.dropped }),
            configuration.admin, logger: logger)
        StartUp.announce(
            configuration, dataPlane, firstToken: source.firstToken, adminToken: adminToken, logger)

        let drainTimeout = configuration.snapshot.server.drainTimeout
        let services = ServiceGroup(
            configuration: .init(
                services: [
                    .init(
                        service: admin, successTerminationBehavior: .ignore,
                        failureTerminationBehavior: .gracefullyShutdownGroup),
                    .init(
                        service: DataPlaneService(dataPlane: dataPlane, drainTimeout: drainTimeout, logger: logger)),
                ],
                logger: logger))
        let stopping = Task {
            for await _ in stops { await services.triggerGracefulShutdown() }
        }
        // Beside the services and not waited for: nothing about the configuration may hold up the end.
        let reloader = Reloader(
            source: source, dataPlane: dataPlane, records: records, tokens: tokens, limits: limits, health: health,
            requests: reloads, signals: reloadSignals, logger: logger)
        let reloading = Task { try await reloader.run() }
        let upkeep = Task { try await records.keepUp() }
        let keeping = Task { await limits.keepUp() }
        let probe = HealthProbe(exportGroup)
        let checks = HealthKeeper(source: source, dataPlane: dataPlane, probe: probe)
        let checking = Task { await checks.keepUp() }
        do {
            try await services.run()
        } catch {
            limits.flush()
            try await records.finish()
            throw Failure("The program ends: \(error). The admin plane was to listen on \(configuration.admin.listen).")
        }
        stopping.cancel()
        reloading.cancel()
        upkeep.cancel()
        keeping.cancel()
        checking.cancel()
        await checking.value
        limits.flush()
        try await records.finish()
        logger.info("stopped")
        await simulator.stop()
        try await tokens.stop()
        try await probe.stop()
        objects.settle()
        try await group.shutdownGracefully()
        try await exportGroup.shutdownGracefully()
        try await simulatorGroup.shutdownGracefully()
        try await threads.shutdownGracefully()
        try await fetchThreads.shutdownGracefully()
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
