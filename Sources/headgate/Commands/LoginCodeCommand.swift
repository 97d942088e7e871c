import ArgumentParser
import Config
import Core
import Foundation
import NIOCore
import Stores
import Wire

/// A code for the dashboard's door. The server need not know of it: both look into the same data directory.
struct LoginCodeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "login-code",
        abstract: "Make a code to sign in to the dashboard with: good once, for ten minutes.")

    @OptionGroup var options: ConfigOptions
    @Option(name: .customLong("data-dir"), help: "The data directory, instead of the configuration's.")
    var dataDirectory: String?
    @Option(name: .customLong("admin-listen"), help: "The admin plane's address, instead of the configuration's.")
    var adminListen: AddressArgument?
    @Option(help: "What one may do with it: viewer, operator or admin.") var role = AdminRole.admin.rawValue
    @Option(help: "Whom the audit log shall name.") var name: String?
    @Flag(help: "Print JSON.") var json = false

    func run() throws {
        guard let role = AdminRole(rawValue: role) else {
            throw ValidationError(
                "--role must be one of \(AdminRole.allCases.map(\.rawValue).joined(separator: ", ")).")
        }
        let name = name ?? NSUserName()
        guard (1...64).contains(name.utf8.count), !name.unicodeScalars.contains(where: { $0.value < 0x20 }) else {
            throw ValidationError("--name must have 1 to 64 bytes and no control characters.")
        }
        let code = MadeLoginCode(name: name, role: role, now: WallClock.unixMicroseconds())
        let configuration = try options.loadForReading(
            overrides: ConfigOverrides(adminListen: adminListen?.address, dataDirectory: dataDirectory))
        try keep(code.stored, in: configuration.dataDirectory)
        let scheme = configuration.admin.tls == nil ? "http" : "https"
        show(code, at: "\(scheme)://\(configuration.admin.listen)/login")
    }

    private func keep(_ code: LoginCode, in directory: String) throws {
        do throws(StoreError) {
            try SessionDatabase(directory: directory).add(code)
        } catch {
            throw Failure(error.explanation)
        }
    }

    private func show(_ code: MadeLoginCode, at address: String) {
        guard json else {
            return Output.line("\(code.text)\n\nGood once, for ten minutes, at \(address)")
        }
        var writer = JSONWriter()
        writer.beginObject()
        writer.member("code", code.text)
        writer.member("address", address)
        writer.member("role", code.stored.role.rawValue)
        writer.member("name", code.stored.name)
        writer.endObject()
        Output.line(String(buffer: writer.buffer))
    }
}
