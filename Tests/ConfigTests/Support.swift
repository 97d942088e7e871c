import Core
import Plan
import Testing

@testable import Config

/// Loads texts as files, with an environment and files of the test's own.
enum Load {
    static let file = "headgate.yaml"
    static let simulator = Origin(isTLS: false, host: "127.0.0.1", port: 9)
    static let pem = Array("-----BEGIN CERTIFICATE-----\n".utf8)

    struct NoSuchFile: Error {}

    static func configuration(
        _ text: String, environment: [String: String] = [:], files: [String: [UInt8]] = [:],
        overrides: ConfigOverrides = ConfigOverrides()
    ) throws(ConfigErrors) -> Configuration {
        try ConfigLoader.load(
            path: file, text: text, environment: environment,
            readFile: { path in
                guard let bytes = files[path] else { throw NoSuchFile() }
                return bytes
            },
            simulatorOrigin: simulator, overrides: overrides)
    }

    /// One line for each error; empty when the text is valid.
    static func errors(
        _ text: String, environment: [String: String] = [:], files: [String: [UInt8]] = [:],
        overrides: ConfigOverrides = ConfigOverrides()
    ) -> [String] {
        do throws(ConfigErrors) {
            _ = try configuration(text, environment: environment, files: files, overrides: overrides)
            return []
        } catch {
            return error.description.split(separator: "\n").map(String.init)
        }
    }

    /// The snapshot of a file that has what is needed, and these lines below it.
    static func snapshot(_ lines: String, environment: [String: String] = [:]) throws(ConfigErrors) -> Snapshot {
        try configuration(Small.file + lines + "\n", environment: environment).snapshot
    }

    /// The one provider of a file, from its settings in braces.
    static func provider(
        _ settings: String, environment: [String: String] = [:], files: [String: [UInt8]] = [:]
    ) throws(ConfigErrors) -> Provider {
        try configuration(Small.withProvider(settings), environment: environment, files: files).snapshot.providers[0]
    }

    static func providerErrors(
        _ settings: String, environment: [String: String] = [:], files: [String: [UInt8]] = [:]
    ) -> [String] {
        errors(Small.withProvider(settings), environment: environment, files: files)
    }

    /// The one key of a file, from its settings in braces.
    static func key(_ settings: String) throws(ConfigErrors) -> Key {
        try snapshot("keys: [ \(settings) ]").keys[0]
    }

    static func keyErrors(_ settings: String) -> [String] { errors(Small.file + "keys: [ \(settings) ]\n") }
}

/// Files that are as small as they can be.
enum Small {
    /// Two lines; what follows stands in line 3.
    static let file = """
        providers: { demo: { kind: simulator } }
        models: { fast: { targets: [ { provider: demo, model: echo } ] } }

        """

    /// The provider's settings begin in column 18 of line 1.
    static func withProvider(_ settings: String) -> String {
        """
        providers: { up: \(settings) }
        models: { fast: { targets: [ { provider: up } ] } }

        """
    }
}

extension Int64 {
    /// Seconds, as the nanoseconds that times are kept in.
    static func seconds(_ seconds: Int64) -> Int64 { seconds * 1_000_000_000 }
    static func milliseconds(_ milliseconds: Int64) -> Int64 { milliseconds * 1_000_000 }
}
