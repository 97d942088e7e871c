import ArgumentParser
import NIOCore
import NIOHTTP1
import NIOPosix

/// A provider whose streams keep time.
struct UpstreamCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "upstream", abstract: "Answer every request with a stream of paced events, until stopped.")

    @Option(help: "The port for streams of events, each written by itself.") var pacedPort: Int
    @Option(help: "The port for streams of one event that stay open in silence.") var silentPort: Int
    @Option(help: "Events of a paced stream.") var events = 200
    @Option(help: "Microseconds between two of a stream's events.") var interval = 2000

    func run() async throws {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let pace = Pace(events: events, interval: .microseconds(Int64(interval)))
        let paced = try await listen(on: pacedPort, pace, group)
        _ = try await listen(on: silentPort, Pace(events: nil, interval: .zero), group)
        Output.line("ready")
        try await paced.closeFuture.get()
    }

    private func listen(on port: Int, _ pace: Pace, _ group: any EventLoopGroup) async throws -> any Channel {
        try await ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: 4096)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let pipeline = channel.pipeline.syncOperations
                    try pipeline.configureHTTPServerPipeline(withPipeliningAssistance: false)
                    try pipeline.addHandler(PacedAnswer(pace))
                }
            }
            .bind(host: "127.0.0.1", port: port).get()
    }
}
