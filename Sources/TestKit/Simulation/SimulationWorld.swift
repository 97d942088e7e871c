import Core
import Logging
import NIOCore
import Plan
import Proxy

/// The whole data plane on one virtual loop, between clients and upstreams that do as one seed says: no socket, no
/// clock, no thread. The same seed gives the same run.
package final class SimulationWorld {
    package let seed: UInt64
    package let loop = VirtualLoop()
    let random: SimulationRandom
    package let trace: SimulationTrace
    /// What went against a rule, for a person.
    package internal(set) var violations: [String] = []
    let settings: SimulationSettings
    let records = SimulatedRecords()
    let limitTable = LimitTable(log: SimulationWorld.log)
    private(set) var clients: [SimulatedClient] = []
    private(set) var upstreamChannels: [MemoryChannel] = []
    /// All answers that upstreams have begun, by their serials.
    var answers: [(answer: SimulatedAnswer, fault: SimulatedFault)] = []
    private var moods: [String: SimulatedMood] = [:]
    private(set) var plane: EmbeddedPlane?
    private(set) var end = VirtualLoop.End.nothingLeft

    /// Far beyond the last timer of any run.
    private static let timeMax = NIODeadline.uptimeNanoseconds(3600 * 1_000_000_000)
    private static let stepsMax = 2_000_000
    private static let log = OperationalLog(Logger(label: "simulation") { _ in SwiftLogNoOpLogHandler() })

    /// Runs one seed to its end and checks what must hold.
    /// - Parameter tell: gets each event as a line, as it happens.
    package static func run(seed: UInt64, tell: ((String) -> Void)? = nil) throws -> SimulationWorld {
        let world = SimulationWorld(seed: seed, tell: tell)
        try world.run()
        world.check()
        if let tell {
            for call in world.clients.flatMap(\.calls)
            where world.violations.contains(where: { $0.contains(call.name) }) {
                tell("\(call.name) (\(call.model)) got:\n\(String(buffer: call.answer.body))")
            }
        }
        return world
    }

    private init(seed: UInt64, tell: ((String) -> Void)?) {
        self.seed = seed
        random = SimulationRandom(seed: seed)
        trace = SimulationTrace(loop, tell: tell)
        settings = SimulationSettings(random)
    }

    package var callCount: Int { records.all.count }

    /// What calls ran into: limits by their names, `overload`, and the fallbacks that were taken.
    package var met: Set<String> {
        Set(records.all.flatMap { $0.limitsHit + ($0.fallback.map { ["fallback \($0)"] } ?? []) })
    }

    /// The simulated time of day.
    var unixMicroseconds: Int64 { loop.unixMicroseconds }

    // MARK: The run

    private func run() throws {
        let loop = loop
        let plane = try EmbeddedPlane(
            makeSnapshot(), loop: loop, connector: SimulatedConnector(self),
            log: Self.log, seed: random.word(), unixMicroseconds: { loop.unixMicroseconds }, records: records,
            limiter: limitTable, memoryBytesMax: settings.limits.memoryBytesMax)
        self.plane = plane
        records.trace = trace
        // Only many at once have to wait for their turn.
        let isCrowd = random.chance(8)
        for number in 0..<(isCrowd ? random.int(30...60) : random.int(1...12)) {
            loop.after(random.microseconds(0...(isCrowd ? 1_000_000 : 8_000_000))) { [self] in connectClient(number) }
        }
        if random.chance(25) {
            let snapshot = try makeSnapshot()
            loop.after(random.microseconds(0...8_000_000)) { [self] in
                trace.note("plane", "gets another configuration")
                plane.install(snapshot)
            }
        }
        if random.chance(10) { planStop(of: plane) }
        end = loop.run(until: Self.timeMax, stepsMax: Self.stepsMax)
        for channel in upstreamChannels + clients.map(\.channel) { channel.peer = nil }
    }

    private func planStop(of plane: EmbeddedPlane) {
        loop.after(random.microseconds(1_000_000...9_000_000)) { [self] in
            trace.note("plane", "is being stopped")
            plane.beginDraining()
            loop.after(random.microseconds(0...2_000_000)) { [self] in
                trace.note("plane", "interrupts what runs")
                plane.interruptAll()
            }
        }
    }

    private func makeSnapshot() throws -> Snapshot {
        try settings.snapshot(connectionsMax: (0..<3).map { _ in random.one(of: [1, 2, 5, 100]) })
    }

    private func connectClient(_ number: Int) {
        var channelSettings = MemoryChannel.Settings()
        channelSettings.systemBytesMax = random.one(of: [300, 4096, 65_536])
        channelSettings.writableHigh = random.one(of: [200, 2000, 65_536])
        channelSettings.writableLow = channelSettings.writableHigh / 2
        channelSettings.readBytesMax = random.one(of: [7, 1024, 65_536])
        let channel = MemoryChannel(loop, name: "c\(number)", settings: channelSettings)
        let client = SimulatedClient(self, channel, models: SimulationSettings.models)
        channel.peer = client
        clients.append(client)
        do {
            try plane?.accept(channel)
        } catch {
            violations.append("\(channel.name) could not connect: \(error)")
        }
        channel.activate()
        client.begin()
    }

    // MARK: Upstreams

    /// How an upstream is now. It changes now and then.
    func mood(of host: String) -> SimulatedMood {
        if let mood = moods[host], !random.chance(3) { return mood }
        let mood = SimulatedMood(random)
        moods[host] = mood
        trace.note(
            host, "fails \(mood.failsPercent) of 100 calls: \(mood.faults.prefix(4).map(\.rawValue))", mood.failsPercent
        )
        return mood
    }

    func openUpstream(_ host: String) -> MemoryChannel {
        var channelSettings = MemoryChannel.Settings()
        channelSettings.systemBytesMax = random.one(of: [500, 65_536])
        channelSettings.readBytesMax = random.one(of: [11, 1024, 65_536])
        let channel = MemoryChannel(loop, name: "\(host)#\(upstreamChannels.count)", settings: channelSettings)
        upstreamChannels.append(channel)
        channel.peer = SimulatedUpstream(self, channel, provider: host)
        channel.activate()
        trace.note(channel.name, "is connected")
        return channel
    }
}

/// The records of a simulation.
///
/// Unchecked: it lives on the simulation's loop.
final class SimulatedRecords: RecordSink, @unchecked Sendable {
    private(set) var all: [ExchangeRecord] = []
    var trace: SimulationTrace?

    func append(_ record: borrowing ExchangeRecord) -> Bool {
        let record = copy record
        all.append(record)
        trace?.note(
            record.tags["call"] ?? "?",
            "is recorded: \(record.outcome.rawValue) \(record.status) \(record.errorCode?.rawValue ?? "")"
                + " \(record.fallback ?? "") after \(record.duration / 1000) us; "
                + record.attempts.map { "\($0.target) \($0.status) \($0.errorCode?.rawValue ?? "ok")" }.joined(
                    separator: ", "), Int(record.duration))
        return true
    }

    func flush() {}
}
