/// What a JSON value is.
public enum JSONKind: UInt8, Sendable {
    case object, array, string, number, yes, no, null
}

/// A member of an object, as places in the document: nothing is copied.
public struct JSONMember: Sendable, Equatable {
    /// The name without its quotes.
    public var keyStart: Int
    public var keyEnd: Int
    /// The value as written; a string with its quotes.
    public var valueStart: Int
    public var valueEnd: Int
    public var kind: JSONKind
    /// The name is written with escapes, so that its bytes are not its characters.
    public var keyIsEscaped: Bool

    public var valueRange: Range<Int> { valueStart..<valueEnd }
}

/// Why a document is not JSON, and where.
public struct JSONError: Error, Sendable, Equatable {
    public enum Reason: String, Sendable {
        case unexpectedEnd = "the document ends too early"
        case unexpectedByte = "an unexpected character"
        case badEscape = "a broken escape"
        case controlCharacter = "a control character inside a string"
        case invalidUTF8 = "bytes that are not UTF-8"
        case badNumber = "a broken number"
        case tooDeep = "nesting that is too deep"
        case tooManyMembers = "too many members"
        case trailingBytes = "something after the document's end"
    }

    public let reason: Reason
    /// Bytes from the document's start.
    public let offset: Int

    public init(_ reason: Reason, at offset: Int) {
        self.reason = reason
        self.offset = offset
    }
}
