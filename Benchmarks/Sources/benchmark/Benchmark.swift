import ArgumentParser

/// The tools of `make bench` that no package of Debian has: clients, an upstream that paces its events, request
/// bodies, and the comparison of JSON readers. `Benchmarks/run` starts them; each prints plain words for it to read.
@main
struct Benchmark: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "benchmark", abstract: "Clients and upstreams for Headgate's benchmarks.",
        subcommands: [
            BodyCommand.self, RequestsCommand.self, StreamsCommand.self, HoldCommand.self, UpstreamCommand.self,
            JSONCommand.self, TranslateCommand.self,
        ])
}

/// Why a measurement cannot be trusted, and so is none.
struct Failure: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}
