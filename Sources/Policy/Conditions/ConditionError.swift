/// Why a text is no condition, and where.
public struct ConditionError: Error, Sendable, Equatable {
    /// What is wrong and what was expected, without the place.
    public let message: String
    /// The character at which it is, counted from 1.
    public let column: Int
    /// A name that is not known, up to its first point; nil where that is not what is wrong.
    public let unknownName: String?

    init(_ message: String, at column: Int, unknownName: String? = nil) {
        self.message = message
        self.column = column
        self.unknownName = unknownName
    }

    /// The names that stand for something, among which an unknown one may be a slip.
    public static let knownNames = ConditionFact.allCases.map(\.rawValue) + ["tags", "true", "false", "in", "matches"]
}
