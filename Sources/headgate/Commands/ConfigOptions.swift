import ArgumentParser
import Config
import Core
import Foundation
import Plan

/// Where a command finds the configuration.
struct ConfigOptions: ParsableArguments {
    @Option(name: .long, help: "The configuration file. Without it, headgate.yaml is read where it exists.")
    var config: String?

    static let defaultFile = "headgate.yaml"

    /// nil: there is no file, and the environment says what is served.
    var file: String? {
        if let config { return config }
        return FileManager.default.fileExists(atPath: Self.defaultFile) ? Self.defaultFile : nil
    }

    /// With the price lists that were imported into its data directory.
    func load(
        simulatorOrigin: Origin, overrides: ConfigOverrides = ConfigOverrides()
    ) throws -> Configuration {
        let configuration = try loadFile(simulatorOrigin: simulatorOrigin, overrides: overrides)
        return configuration.adding(
            prices: try ImportedPrices.read(ImportedPrices.path(in: configuration.dataDirectory)))
    }

    private func loadFile(
        simulatorOrigin: Origin, overrides: ConfigOverrides
    ) throws -> Configuration {
        let environment = ProcessInfo.processInfo.environment
        let readFile: ConfigLoader.FileReader = { [UInt8](try Data(contentsOf: URL(fileURLWithPath: $0))) }
        guard let file else {
            return try ConfigLoader.loadWithoutFile(
                environment: environment, readFile: readFile, simulatorOrigin: simulatorOrigin,
                overrides: overrides)
        }
        return try ConfigLoader.load(
            path: file, text: try TextFile.read(file, bytesMax: ConfigLimits.fileBytesMax), environment: environment,
            readFile: readFile, simulatorOrigin: simulatorOrigin, overrides: overrides)
    }

    /// For commands that do not serve: where the simulator would be does not matter to them.
    func loadForReading(overrides: ConfigOverrides = ConfigOverrides()) throws -> Configuration {
        do {
            return try load(simulatorOrigin: Origin(isTLS: false, host: "127.0.0.1", port: 1), overrides: overrides)
        } catch let errors as ConfigErrors {
            throw Failure(errors.description)
        }
    }
}

/// `HOST:PORT` on a command line.
struct AddressArgument: ExpressibleByArgument {
    let address: ListenAddress

    init?(argument: String) {
        guard let address = AddressText.parse(argument) else { return nil }
        self.address = address
    }
}
