import ArgumentParser
import Config
import Plan

struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "serve", abstract: "Run the gateway.")

    @OptionGroup var options: ConfigOptions
    @Option(help: "The data plane's address, instead of the configuration's.")
    var listen: AddressArgument?
    @Option(name: .customLong("admin-listen"), help: "The admin plane's address, instead of the configuration's.")
    var adminListen: AddressArgument?
    @Option(name: .customLong("data-dir"), help: "The data directory, instead of the configuration's.")
    var dataDirectory: String?

    func run() async throws {
        let overrides = ConfigOverrides(
            listen: listen?.address, adminListen: adminListen?.address, dataDirectory: dataDirectory)
        try await Server.run(options, overrides: overrides)
    }
}
