public import Core
import Logging
import NIOCore
import NIOPosix
public import Plan
public import Proxy
import Synchronization

/// A data plane on a free port of this machine, and the records of what passed it.
public final class TestGateway: Sendable {
    public let dataPlane: DataPlane
    public let records: RecordCollector
    private let group: MultiThreadedEventLoopGroup
    private let threads: NIOThreadPool

    public var port: Int { dataPlane.address.port }

    public static func start(
        _ snapshot: Snapshot, loops: Int = 1, connectionsMax: Int = 2048, limiter: (any Limiter)? = nil,
        memoryBytesMax: Int = .max
    ) async throws -> TestGateway {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: loops)
        let threads = NIOThreadPool(numberOfThreads: 2)
        threads.start()
        let records = RecordCollector()
        let dataPlane = try await DataPlane.start(
            snapshot, group: group, threads: threads, fetchThreads: .singleton, connectionsMax: connectionsMax,
            log: OperationalLog(Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }), version: "test",
            limiter: limiter, memoryBytesMax: memoryBytesMax,
            makeRecordSink: { RecordSinkToCollector(records) })
        return TestGateway(dataPlane, records, group, threads)
    }

    private init(
        _ dataPlane: DataPlane, _ records: RecordCollector, _ group: MultiThreadedEventLoopGroup,
        _ threads: NIOThreadPool
    ) {
        self.dataPlane = dataPlane
        self.records = records
        self.group = group
        self.threads = threads
    }

    public func stop(drainSeconds: Int64 = 0) async throws {
        await dataPlane.stop(drainTimeout: drainSeconds * 1_000_000_000)
        try await group.shutdownGracefully()
        try await threads.shutdownGracefully()
    }
}

/// Gathers records and lets tests wait for them.
public final class RecordCollector: Sendable {
    private struct State {
        var records: [ExchangeRecord] = []
        var waiting: [(count: Int, continuation: CheckedContinuation<[ExchangeRecord], Never>)] = []
    }

    private let state = Mutex(State())

    /// Returns when there are this many.
    public func wait(for count: Int) async -> [ExchangeRecord] {
        await withCheckedContinuation { continuation in
            let ready: [ExchangeRecord]? = state.withLock { state in
                if state.records.count >= count { return state.records }
                state.waiting.append((count, continuation))
                return nil
            }
            if let ready { continuation.resume(returning: ready) }
        }
    }

    fileprivate func append(_ record: ExchangeRecord) {
        let (ready, records) = state.withLock { state in
            state.records.append(record)
            let ready = state.waiting.filter { $0.count <= state.records.count }
            state.waiting.removeAll { $0.count <= state.records.count }
            return (ready, state.records)
        }
        for waiter in ready { waiter.continuation.resume(returning: records) }
    }
}

private final class RecordSinkToCollector: RecordSink {
    private let collector: RecordCollector

    init(_ collector: RecordCollector) { self.collector = collector }

    func append(_ record: borrowing ExchangeRecord) -> Bool {
        collector.append(copy record)
        return true
    }

    func flush() {}
}
