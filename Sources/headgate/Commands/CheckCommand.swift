import ArgumentParser
import Config
import Plan
import Proxy

struct CheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check", abstract: "Check the configuration file, and say where it is wrong.")

    @OptionGroup var options: ConfigOptions

    func run() throws {
        let configuration = try options.loadForReading()
        if let tls = configuration.snapshot.server.tls {
            do { _ = try ServerCertificates(tls) } catch {
                throw Failure("tls: the certificate or its key is no good: \(error)")
            }
        }
        let snapshot = configuration.snapshot
        Output.line(
            "\(configuration.file ?? "no file") is valid: \(snapshot.providers.count) providers, "
                + "\(snapshot.routes.routes.count) models, \(snapshot.keys.count) keys")
    }
}
