public import Plan

/// Reads, checks and compiles a configuration. Pure: the environment and the files it names are passed in.
///
/// It fails closed: a configuration is whole and valid, or it is not given at all.
public enum ConfigLoader {
    /// Reads a file that the configuration names, such as a certificate.
    public typealias FileReader = (_ path: String) throws -> [UInt8]

    /// - Parameters:
    ///   - path: the file's name, for errors.
    ///   - text: what stands in it.
    ///   - environment: where `${NAME}` is looked up.
    ///   - simulatorOrigin: where providers of the kind `simulator` are reached.
    public static func load(
        path: String, text: String, environment: [String: String], readFile: @escaping FileReader,
        simulatorOrigin: Origin, overrides: ConfigOverrides = ConfigOverrides()
    ) throws(ConfigErrors) -> Configuration {
        let compiler = Compiler(
            environment: environment, readFile: readFile, simulatorOrigin: simulatorOrigin, overrides: overrides,
            errors: ErrorCollector(file: path))
        return try compiler.configuration(text: text, file: path)
    }

    /// The configuration when there is no file: each provider whose key stands in the environment as `openai/*`,
    /// `anthropic/*`, ..., and the simulator as `demo/*`.
    public static func loadWithoutFile(
        environment: [String: String], readFile: @escaping FileReader, simulatorOrigin: Origin,
        overrides: ConfigOverrides = ConfigOverrides()
    ) throws(ConfigErrors) -> Configuration {
        let compiler = Compiler(
            environment: environment, readFile: readFile, simulatorOrigin: simulatorOrigin, overrides: overrides,
            errors: ErrorCollector(file: BuiltInFile.name))
        return try compiler.configuration(text: BuiltInFile.text(environment: environment), file: nil)
    }
}
