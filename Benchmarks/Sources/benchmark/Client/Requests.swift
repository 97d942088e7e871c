import ArgumentParser
import NIOCore
import NIOPosix

/// Unary requests: so many a second whatever the answers take, or so many in all as fast as they come.
struct RequestsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "requests",
        abstract: "Send requests; print the median and the 99th percentile of latency in microseconds.")

    @OptionGroup var target: Target
    @Option(help: "Connections.") var connections = 16
    @Option(help: "Requests in all.") var count: Int
    @Option(help: "Requests a second, sent when they are due (open loop); without it, as answers come.") var rate: Int?
    @Option(help: "Requests at the beginning that are not in the figures.") var warmUp = 0

    func run() async throws {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let loop = group.next()
        let done = loop.makePromise(of: [Int64].self)
        let run = RequestRun(count: count, interval: rate.map { 1_000_000_000 / Int64($0) }, done: done)
        let request = try target.request()
        for _ in 0..<connections {
            try await target.connect(Client(request) { run.receive($0, $1) }, on: loop)
        }
        loop.execute { run.start(loop) }
        let latencies = try await done.futureResult.get().dropFirst(warmUp).sorted()
        Output.line("\(latencies[latencies.count / 2] / 1000) \(latencies[latencies.count * 99 / 100] / 1000)")
        try await group.shutdownGracefully()
    }
}

/// Which request goes out when, and what each took from the moment it was due.
///
/// Counting from that moment, and not from when a connection was free, keeps a slow answer from hiding the wait of
/// the requests behind it.
///
/// Unchecked: everything happens on the run's one loop.
private final class RequestRun: @unchecked Sendable {
    private let count: Int
    private let interval: Int64?
    private let done: EventLoopPromise<[Int64]>
    private var started = 0
    private var latencies: [Int64] = []
    private var idle: [Client] = []
    private var dueTimes: [ObjectIdentifier: NIODeadline] = [:]
    private var overdue: [NIODeadline] = []

    /// - Parameter interval: nanoseconds between two requests; nil: each answer brings the next request.
    init(count: Int, interval: Int64?, done: EventLoopPromise<[Int64]>) {
        self.count = count
        self.interval = interval
        self.done = done
        latencies.reserveCapacity(count)
    }

    func start(_ loop: any EventLoop) {
        if let interval { return tick(loop, due: .now() + .nanoseconds(interval), interval) }
        let clients = idle
        idle.removeAll()
        for client in clients { sendNext(client) }
    }

    func receive(_ client: Client, _ event: Client.Event) {
        switch event {
        case .connected: idle.append(client)
        case .piece: break
        case .failed(let reason): done.fail(Failure("a request failed: \(reason)"))
        case .finished: finished(client)
        }
    }

    private func tick(_ loop: any EventLoop, due: NIODeadline, _ interval: Int64) {
        loop.scheduleTask(deadline: due) { [self] in
            started += 1
            if let client = idle.popLast() { send(client, due: due) } else { overdue.append(due) }
            if started < count { tick(loop, due: due + .nanoseconds(interval), interval) }
        }
    }

    private func sendNext(_ client: Client) {
        guard started < count else { return }
        started += 1
        send(client, due: .now())
    }

    private func send(_ client: Client, due: NIODeadline) {
        dueTimes[ObjectIdentifier(client)] = due
        client.send()
    }

    private func finished(_ client: Client) {
        guard let due = dueTimes[ObjectIdentifier(client)] else { return }
        latencies.append((NIODeadline.now() - due).nanoseconds)
        if latencies.count == count { return done.succeed(latencies) }
        if interval == nil { return sendNext(client) }
        if overdue.isEmpty { idle.append(client) } else { send(client, due: overdue.removeFirst()) }
    }
}
