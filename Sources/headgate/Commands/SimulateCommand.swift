import ArgumentParser
import NIOPosix
import Plan
import Simulator

struct SimulateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "simulate",
        abstract: "Serve the demo provider: it behaves like the real ones, well or badly on request or by schedule.",
        discussion: """
            Times of a schedule are relative to the start. LENGTH@START, such as 60s@30s, comes once; \
            LENGTH@START/EVERY, such as 10s@1m/5m, comes again. See docs/runbooks/README.md.
            """)

    @Option(help: "The address to listen on.")
    var listen: AddressArgument

    @Flag(help: "Answer without pauses, for load tests.")
    var instant = false

    @OptionGroup(title: "Failing by schedule") var chaos: ChaosOptions
    @OptionGroup(title: "Limits") var limits: SimulatedLimits

    func run() async throws {
        var settings = instant ? .instant : SimulatorSettings()
        settings.schedule = try chaos.read()
        limits.apply(to: &settings)
        try await SimulatorServer.run(
            host: listen.address.host, port: listen.address.port, group: MultiThreadedEventLoopGroup.singleton,
            settings: settings
        ) { server in
            Output.line("The simulator listens on http://\(server.address.host):\(server.address.port)")
        }
    }
}

/// When and how the simulated provider fails.
struct ChaosOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp("A file with a phase in each line, as JSON.", valueName: "file"), completion: .file())
    var schedule: String?
    @Option(help: ArgumentHelp("Answer everything with 503. May be repeated.", valueName: "length@start"))
    var outage: [ChaosSpanArgument] = []
    @Option(help: ArgumentHelp("Answer everything with 429. May be repeated.", valueName: "length@start"))
    var storm: [ChaosSpanArgument] = []
    @Option(
        help: ArgumentHelp(
            "Let first tokens come later and later, in the end after 10 s. May be repeated.",
            valueName: "length@start"))
    var slow: [ChaosSpanArgument] = []
    @Option(help: "What the choice of the calls that fail is drawn from.")
    var seed: UInt64 = 1

    private static let fileBytesMax = 1024 * 1024

    func read() throws -> ChaosSchedule {
        var phases: [ChaosPhase] = []
        if let schedule {
            let text = try TextFile.read(schedule, bytesMax: Self.fileBytesMax)
            do throws(ChaosError) {
                phases = try ChaosSchedule.phases(parsing: text)
            } catch {
                throw Failure("\(schedule):\(error.line ?? 1): \(error.message)")
            }
        }
        phases += outage.map { .outage($0.span) } + storm.map { .storm($0.span) } + slow.map { .slow($0.span) }
        return ChaosSchedule(phases: phases, seed: seed)
    }
}

struct ChaosSpanArgument: ExpressibleByArgument {
    let span: ChaosSpan

    init?(argument: String) {
        guard let span = try? ChaosSpan(parsing: argument) else { return nil }
        self.span = span
    }
}

/// What the simulated provider takes at a time, and in a minute.
struct SimulatedLimits: ParsableArguments {
    @Option(help: "Calls that it works on at a time; the next ones wait or are refused.")
    var slots: Int?
    @Option(name: .customLong("slot-queue"), help: "Calls that wait for a slot.")
    var slotQueue = 0
    @Option(
        name: .customLong("slot-refusal"),
        help: ArgumentHelp("The status of calls that find no room: 503 or 429.", valueName: "status"),
        transform: SimulatedLimits.refusal)
    var slotRefusal = SlotRefusal.unavailable
    @Option(name: .customLong("requests-per-minute"), help: "Requests a minute; more are answered with 429.")
    var requestsPerMinute: Int?
    @Option(name: .customLong("tokens-per-minute"), help: "Tokens a minute; more are answered with 429.")
    var tokensPerMinute: Int?

    private static func refusal(_ text: String) throws -> SlotRefusal {
        guard let refusal = Int(text).flatMap(SlotRefusal.init) else { throw ValidationError("It is 503 or 429.") }
        return refusal
    }

    func validate() throws {
        guard slots ?? 1 > 0, slotQueue >= 0, requestsPerMinute ?? 1 > 0, tokensPerMinute ?? 1 > 0 else {
            throw ValidationError("Limits are whole numbers above 0.")
        }
    }

    func apply(to settings: inout SimulatorSettings) {
        settings.slots = slots
        settings.slotQueueMax = slotQueue
        settings.slotRefusal = slotRefusal
        settings.requestsPerMinute = requestsPerMinute
        settings.tokensPerMinute = tokensPerMinute
    }
}
