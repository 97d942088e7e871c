public import Logging

/// The program's own log, for rooms that must not know how lines are written.
public struct OperationalLog: Sendable {
    private let logger: Logger

    public init(_ logger: Logger) { self.logger = logger }

    public func info(_ message: String, _ details: [String: String] = [:]) {
        logger.info("\(message)", metadata: metadata(details))
    }

    public func warning(_ message: String, _ details: [String: String] = [:]) {
        logger.warning("\(message)", metadata: metadata(details))
    }

    public func error(_ message: String, _ details: [String: String] = [:]) {
        logger.error("\(message)", metadata: metadata(details))
    }

    private func metadata(_ details: [String: String]) -> Logger.Metadata? {
        details.isEmpty ? nil : details.mapValues { .string($0) }
    }
}
