import ArgumentParser
import Foundation

/// The program: its commands, and what their failures mean to a shell.
@main
struct Headgate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "headgate",
        abstract: "The layer between an application and the models it calls.",
        version: Version.number,
        subcommands: [
            ServeCommand.self, CheckCommand.self, KeysCommand.self, TracesCommand.self, CostsCommand.self,
            PricesCommand.self, CohortsCommand.self, LoginCodeCommand.self, SimulateCommand.self, SchemaCommand.self,
            VersionCommand.self,
        ]
    )

    /// Exit codes: 0; 1 an error, explained; 2 wrong usage.
    static func main() async {
        do {
            var command = try parseAsRoot()
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                try command.run()
            }
        } catch let failure as Failure {
            Output.error(failure.message)
            Foundation.exit(1)
        } catch {
            let code = exitCode(for: error)
            let text = fullMessage(for: error)
            if code == .success { Output.line(text) } else { Output.error(text) }
            Foundation.exit(code == .success ? 0 : code == .validationFailure ? 2 : 1)
        }
    }
}

/// An error that is told to the person at the shell as it stands.
struct Failure: Error {
    let message: String

    init(_ message: String) { self.message = message }
}

/// What commands print: results to the standard output, everything else to the standard error.
enum Output {
    static func line(_ text: String) { FileHandle.standardOutput.write(Data((text + "\n").utf8)) }
    static func error(_ text: String) { FileHandle.standardError.write(Data((text + "\n").utf8)) }
}

struct VersionCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "version", abstract: "Print the version.")

    func run() { Output.line("headgate \(Version.number)") }
}
