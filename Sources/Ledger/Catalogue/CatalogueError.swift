/// Why a text is no price catalogue. Nothing of it counts then.
public struct CatalogueError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The line, counted from 1.
    public let line: Int
    public let message: String

    public var description: String { "line \(line): \(message)" }
}
