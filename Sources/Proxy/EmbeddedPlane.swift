package import Core
package import NIOCore
import NIOPosix
package import Plan

/// The data plane on one loop, without a listener and without sockets: whoever owns the loop brings the channels of
/// both sides, the clocks and the randomness. What simulations run. Call all of it on the loop.
package final class EmbeddedPlane {
    private let worker: LoopWorker
    private let gate = Listener.Gate(connectionsMax: .max)
    private let certificates: ServerCertificates
    private let memory: MemoryBudget

    /// - Parameters:
    ///   - seed: of all that the plane leaves to chance.
    ///   - unixMicroseconds: the time of day.
    ///   - limiter: nil: a table of its own.
    ///   - memoryBytesMax: what request bodies may hold.
    package init(
        _ snapshot: Snapshot, loop: any EventLoop, connector: any Connector, log: OperationalLog, seed: UInt64,
        unixMicroseconds: @escaping @Sendable () -> Int64, records: any RecordSink & Sendable,
        limiter: (any Limiter)? = nil, memoryBytesMax: Int = .max
    ) throws {
        certificates = try ServerCertificates(nil)
        let threads = NIOThreadPool(numberOfThreads: 1)
        let shared = SharedState(
            threads: threads, fetchThreads: threads, log: log, loopCount: 1, version: "embedded",
            connector: connector, unixMicroseconds: unixMicroseconds, limiter: limiter,
            memoryBytesMax: memoryBytesMax)
        memory = shared.memory
        worker = LoopWorker(loop, snapshot: snapshot, shared: shared, records: { records })
        worker.assumeIsolated { $0.random = RandomSource(seed: seed) }
    }

    /// A client has connected: sets up its pipeline.
    package func accept(_ channel: any Channel) throws {
        let (gate, certificates) = (gate, certificates)
        try worker.assumeIsolated {
            try $0.accept(channel, settings: $0.snapshot.server, gate: gate, certificates: certificates)
        }
    }

    /// From the next request on, this configuration counts.
    package func install(_ snapshot: Snapshot) { worker.assumeIsolated { $0.install(snapshot) } }

    /// No new requests: connections without one are closed, those with one after its answer.
    package func beginDraining() { worker.assumeIsolated { $0.beginDraining() } }

    /// What still runs ends now, each in its own dialect.
    package func interruptAll() { worker.assumeIsolated { $0.interruptAll() } }

    /// Clients that are connected now.
    package var connectionCount: Int { gate.count }

    package var load: PlaneLoad {
        var load = worker.assumeIsolated {
            var load = $0.load
            load.targets = $0.targetLoads
            return load
        }
        load.memory = (memory.bytes, memory.bytesMax)
        return load
    }
}
