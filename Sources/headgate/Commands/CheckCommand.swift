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
        let snapshot = configuration.snapshot
        let name = configuration.file ?? BuiltInFile.name
        try check(snapshot.server.tls, of: "\(name): tls")
        try check(configuration.admin.tls, of: "\(name): admin.tls")
        Output.line(
            "\(name) is valid: \(snapshot.providers.count) providers, "
                + "\(snapshot.routes.routes.count) models, \(snapshot.keys.count) keys")
    }

    private func check(_ tls: ServerSettings.TLS?, of place: String) throws {
        guard let tls else { return }
        do {
            _ = try ServerCertificates(tls)
        } catch {
            throw Failure("\(place): the certificate or its key is no good: \(error)")
        }
    }
}
