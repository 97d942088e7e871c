/// One thing that is wrong with a configuration, and where.
///
/// `message` says what is wrong and what would be right. It never holds a secret nor a variable's value.
public struct ConfigError: Error, Sendable, Equatable, CustomStringConvertible {
    public let file: String
    /// From 1.
    public let line: Int
    /// From 1, in Unicode scalars.
    public let column: Int
    /// Such as `models.fast.targets[0].provider`; empty for the file as a whole.
    public let path: String
    public let message: String

    public init(file: String, line: Int, column: Int, path: String, message: String) {
        self.file = file
        self.line = line
        self.column = column
        self.path = path
        self.message = message
    }

    /// `file:line:column: path: what is wrong`
    public var description: String {
        "\(file):\(line):\(column): \(path.isEmpty ? "" : "\(path): ")\(message)"
    }
}

/// All that is wrong with a configuration, in the order of the file. Never empty.
public struct ConfigErrors: Error, Sendable, Equatable, CustomStringConvertible {
    public let errors: [ConfigError]
    /// Errors past `ConfigLimits.errorsMax`, which are not in the list.
    public let omitted: Int

    public init(_ errors: [ConfigError], omitted: Int = 0) {
        self.errors = errors
        self.omitted = omitted
    }

    /// One line for each.
    public var description: String {
        let lines = errors.map(\.description)
        return (omitted == 0 ? lines : lines + ["... and \(omitted) more"]).joined(separator: "\n")
    }
}
