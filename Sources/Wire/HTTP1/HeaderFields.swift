public import NIOCore

/// The fields of a head, as places in the bytes they came in: nothing is copied until somebody asks.
public struct HeaderFields: Sendable {
    /// One field line. Places count from the head's first byte; the value has no spaces around it.
    public struct Line: Sendable {
        public let name: HeaderName
        public let nameRange: Range<Int>
        public let valueRange: Range<Int>
    }

    /// The whole head, or any text that holds the lines.
    public let bytes: ByteBuffer
    public let lines: [Line]

    init(bytes: ByteBuffer, lines: [Line]) {
        self.bytes = bytes
        self.lines = lines
    }

    public func contains(_ name: HeaderName) -> Bool { lines.contains { $0.name == name } }

    /// The first value of this name.
    public func first(_ name: HeaderName) -> String? {
        lines.first { $0.name == name }.map { text($0.valueRange) }
    }

    public func text(_ range: Range<Int>) -> String {
        bytes.withUnsafeReadableBytes { String(decoding: UnsafeRawBufferPointer(rebasing: $0[range]), as: UTF8.self) }
    }

    public func withBytes<Result>(_ range: Range<Int>, _ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        bytes.withUnsafeReadableBytes { body(UnsafeRawBufferPointer(rebasing: $0[range])) }
    }

    /// A name as it came, in lower case.
    public func lowercasedName(_ line: Line) -> String { text(line.nameRange).lowercased() }
}

extension ByteBuffer {
    /// Writes a field line as it came, with its line end.
    public mutating func writeLine(_ line: HeaderFields.Line, of fields: HeaderFields) {
        fields.bytes.withUnsafeReadableBytes { bytes in
            let text = UnsafeRawBufferPointer(rebasing: bytes[line.nameRange.lowerBound..<line.valueRange.upperBound])
            writeWithUnsafeMutableBytes(minimumWritableBytes: text.count + 2) { target in
                target.copyMemory(from: text)
                target[text.count] = 0x0D
                target[text.count + 1] = 0x0A
                return text.count + 2
            }
        }
    }
}
