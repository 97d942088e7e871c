import ArgumentParser
import NIOPosix
import Plan
import Simulator

struct SimulateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "simulate",
        abstract: "Serve the demo provider: it behaves like the real ones, well or badly on request.")

    @Option(help: "The address to listen on.")
    var listen: AddressArgument

    @Flag(help: "Answer without pauses, for load tests.")
    var instant = false

    func run() async throws {
        try await SimulatorServer.run(
            host: listen.address.host, port: listen.address.port, group: MultiThreadedEventLoopGroup.singleton,
            settings: instant ? .instant : SimulatorSettings()
        ) { server in
            Output.line("The simulator listens on http://\(server.address.host):\(server.address.port)")
        }
    }
}
