/// Why bytes are not an HTTP/1.1 message that can be trusted: what two readers could understand in two ways is refused.
public enum MalformedMessage: Error, Sendable, Equatable {
    case startLine
    case version
    /// A line that ends in a line feed alone, or a carriage return inside a line.
    case lineEnd
    case fieldName
    case fieldValue
    /// A field line that begins with a space: an old way to go on with the line before.
    case foldedField
    case headTooLarge
    case tooManyFields
    /// A `content-length` that is no number, or is given twice.
    case contentLength
    /// `transfer-encoding` is anything but one `chunked`.
    case transferEncoding
    /// Both ways to say where the body ends.
    case bothFramings
    case repeatedHost
    case chunk
    /// An answer that switches protocols, which nobody asked for.
    case upgrade

    /// For a person.
    public var explanation: String {
        switch self {
        case .startLine: "its first line is not 'METHOD TARGET HTTP/1.1'"
        case .version: "its version is not HTTP/1.0 or HTTP/1.1"
        case .lineEnd: "a line does not end in carriage return and line feed"
        case .fieldName: "a header field's name is empty or has a character that names cannot have"
        case .fieldValue: "a header field's value has a control character"
        case .foldedField: "a header field is folded over two lines"
        case .headTooLarge: "its header fields are too large"
        case .tooManyFields: "it has too many header fields"
        case .contentLength: "'content-length' is not one number"
        case .transferEncoding: "'transfer-encoding' is not 'chunked'"
        case .bothFramings: "it has both 'content-length' and 'transfer-encoding'"
        case .repeatedHost: "'host' is given twice"
        case .chunk: "the body's chunked framing is broken"
        case .upgrade: "it switches to another protocol"
        }
    }
}
