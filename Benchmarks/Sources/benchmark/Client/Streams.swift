import ArgumentParser
import NIOCore
import NIOPosix

/// Streams that are read to their end, one after the other on each connection.
struct StreamsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "streams", abstract: "Read streams; print the events that came and the reads they came in.")

    @OptionGroup var target: Target
    @Option(help: "Streams at a time.") var streams = 32
    @Option(help: "Streams in all on each connection.") var each = 10

    func run() async throws {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let loop = group.next()
        let done = loop.makePromise(of: StreamRun.Counts.self)
        let run = StreamRun(streams: streams * each, done: done)
        let request = try target.request()
        for _ in 0..<streams {
            try await target.connect(Client(request) { run.receive($0, $1) }, on: loop)
        }
        loop.execute { run.start() }
        let counts = try await done.futureResult.get()
        Output.line("\(counts.events) \(counts.reads)")
        try await group.shutdownGracefully()
    }
}

/// Unchecked: everything happens on the run's one loop.
private final class StreamRun: @unchecked Sendable {
    struct Counts: Sendable {
        var events = 0
        var reads = 0
    }

    private var started = 0
    private var finished = 0
    private let streams: Int
    private var counts = Counts()
    private var clients: [Client] = []
    private let done: EventLoopPromise<Counts>

    init(streams: Int, done: EventLoopPromise<Counts>) {
        self.streams = streams
        self.done = done
    }

    func start() {
        for client in clients { next(client) }
    }

    func receive(_ client: Client, _ event: Client.Event) {
        switch event {
        case .connected: clients.append(client)
        case .failed(let reason): done.fail(Failure("a stream failed: \(reason)"))
        case .piece(let piece):
            counts.reads += 1
            counts.events += Self.events(in: piece)
        case .finished:
            finished += 1
            if finished == streams { done.succeed(counts) } else { next(client) }
        }
    }

    private func next(_ client: Client) {
        guard started < streams else { return }
        started += 1
        client.send()
    }

    /// Events end with an empty line; the upstream's never contain one, and no piece ends within it.
    private static func events(in piece: ByteBuffer) -> Int {
        var events = 0
        var isAfterBreak = false
        for byte in piece.readableBytesView {
            let isBreak = byte == UInt8(ascii: "\n")
            if isBreak, isAfterBreak { events += 1 }
            isAfterBreak = isBreak
        }
        return events
    }
}
