public import NIOCore

/// Where something stands in a head's bytes, counted from its first one.
public struct Place: Sendable {
    private let start: UInt32
    private let end: UInt32

    init(_ range: Range<Int>) {
        start = UInt32(range.lowerBound)
        end = UInt32(range.upperBound)
    }

    /// Of nothing.
    static let none = Place(0..<0)

    public var range: Range<Int> { Int(start)..<Int(end) }
    public var isEmpty: Bool { start == end }
    public var count: Int { Int(end - start) }

    /// Without its first bytes.
    public func dropFirst(_ count: Int) -> Place { Place((Int(start) + count)..<Int(end)) }
}

/// The fields of a head, as places in the bytes they came in: nothing is copied until somebody asks.
public struct HeaderFields: Sendable {
    /// One field line.
    public struct Line: Sendable {
        public let name: HeaderName
        public let namePlace: Place
        /// Without spaces around it.
        public let valuePlace: Place
    }

    /// The whole head, or any text that holds the lines.
    public let bytes: ByteBuffer
    public let lines: [Line]

    /// No fields.
    public init() { self.init(bytes: ByteBuffer(), lines: []) }

    init(bytes: ByteBuffer, lines: [Line]) {
        self.bytes = bytes
        self.lines = lines
    }

    public func contains(_ name: HeaderName) -> Bool { lines.contains { $0.name == name } }

    /// The first value of this name.
    public func first(_ name: HeaderName) -> String? {
        lines.first { $0.name == name }.map { text($0.valuePlace) }
    }

    public func text(_ place: Place) -> String { withBytes(place) { String(decoding: $0, as: UTF8.self) } }

    public func withBytes<Result>(_ place: Place, _ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        bytes.withUnsafeReadableBytes { body(UnsafeRawBufferPointer(rebasing: $0[place.range])) }
    }

    /// Whether `connection` names this field, which then concerns that connection only.
    public func isNamedByConnection(_ line: Line) -> Bool {
        guard contains(.connection) else { return false }
        let name = lowercasedName(line)
        return lines.contains { other in
            other.name == .connection
                && text(other.valuePlace).split(separator: ",").contains { token in
                    token.lowercased().filter { $0 != " " && $0 != "\t" } == name
                }
        }
    }

    /// A name as it came, in lower case.
    public func lowercasedName(_ line: Line) -> String { text(line.namePlace).lowercased() }
}

extension ByteBuffer {
    /// Writes a field line as it came, with its line end.
    public mutating func writeLine(_ line: HeaderFields.Line, of fields: HeaderFields) {
        fields.bytes.withUnsafeReadableBytes { bytes in
            let text = UnsafeRawBufferPointer(
                rebasing: bytes[line.namePlace.range.lowerBound..<line.valuePlace.range.upperBound])
            writeWithUnsafeMutableBytes(minimumWritableBytes: text.count + 2) { target in
                target.copyMemory(from: text)
                target[text.count] = 0x0D
                target[text.count + 1] = 0x0A
                return text.count + 2
            }
        }
    }
}
