import ArgumentParser
import NIOCore
import NIOPosix

/// Streams that are opened, bring their first event, and then stay as they are.
struct HoldCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "hold", abstract: "Open streams, print their number, and hold them until the input ends.")

    /// Ports run short when thousands of connections to one server come from one address.
    private static let sources = ["127.0.0.2", "127.0.0.3", "127.0.0.4", "127.0.0.5"]
    /// Streams that are being opened at a time.
    private static let openingMax = 64

    @OptionGroup var target: Target
    @Option(help: "Streams.") var streams = 8000

    func run() async throws {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let loop = group.next()
        let request = try target.request()
        for start in stride(from: 0, to: streams, by: Self.openingMax) {
            try await withThrowingTaskGroup { tasks in
                for number in start..<min(start + Self.openingMax, streams) {
                    tasks.addTask { try await open(request, number: number, on: loop) }
                }
                try await tasks.waitForAll()
            }
        }
        Output.line("open \(streams)")
        while readLine() != nil {}
        try await group.shutdownGracefully()
    }

    private func open(_ request: PreparedRequest, number: Int, on loop: any EventLoop) async throws {
        let firstEvent = loop.makePromise(of: Void.self)
        let client = Client(request) { client, event in
            switch event {
            case .connected: client.send()
            case .piece: firstEvent.succeed()
            case .finished: firstEvent.fail(Failure("stream \(number) ended"))
            case .failed(let reason): firstEvent.fail(Failure("stream \(number) failed: \(reason)"))
            }
        }
        try await target.connect(client, on: loop, from: Self.sources[number % Self.sources.count])
        try await firstEvent.futureResult.get()
    }
}
