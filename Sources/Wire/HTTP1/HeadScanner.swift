import NIOCore

/// Bounds of a head.
public struct HeadLimits: Sendable {
    public let bytesMax: Int
    public let fieldsMax: Int

    public init(bytesMax: Int, fieldsMax: Int) {
        self.bytesMax = bytesMax
        self.fieldsMax = fieldsMax
    }
}

/// Finds where a head ends, however its bytes are split, and refuses lines that do not end in CR and LF (RFC 9112,
/// section 2.2, allows a bare LF; a reader in front or behind may not).
struct HeadEnd {
    private var searched = 0
    private var lineStart = 0
    private let toleratesBareLineFeed: Bool

    /// Nothing of the head has been looked at yet.
    var isUntouched: Bool { searched == 0 }

    init(toleratesBareLineFeed: Bool = false) { self.toleratesBareLineFeed = toleratesBareLineFeed }

    /// - Parameter buffer: begins with the head; grows from call to call.
    /// - Returns: how many bytes the head has, with its blank line; nil when its end has not come.
    mutating func find(in buffer: ByteBuffer) throws(MalformedMessage) -> Int? {
        let found: Result<Int?, MalformedMessage> = buffer.withUnsafeReadableBytes { bytes in
            do throws(MalformedMessage) {
                return .success(try find(in: bytes))
            } catch {
                return .failure(error)
            }
        }
        return try found.get()
    }

    private mutating func find(in bytes: UnsafeRawBufferPointer) throws(MalformedMessage) -> Int? {
        guard let base = bytes.baseAddress?.assumingMemoryBound(to: UInt8.self) else { return nil }
        while let end = lineFeed(base, count: bytes.count) {
            searched = end + 1
            var length = end - lineStart
            if length > 0, base[end - 1] == 0x0D {
                length -= 1
            } else if !toleratesBareLineFeed {
                throw .lineEnd
            }
            lineStart = end + 1
            if length == 0 { return end + 1 }
        }
        return nil
    }

    private mutating func lineFeed(_ base: UnsafePointer<UInt8>, count: Int) -> Int? {
        while searched + ByteWord.byteCount <= count {
            let marks = ByteWord.marksOfLineFeeds(ByteWord.load(base + searched))
            if marks != 0 { return searched + ByteWord.first(marks) }
            searched += ByteWord.byteCount
        }
        while searched < count {
            if base[searched] == 0x0A { return searched }
            searched += 1
        }
        return nil
    }
}

/// Reads the lines of a head whose end is known.
struct HeadScanner {
    /// Fields of most heads.
    private static let fieldsExpected = 16

    private let bytes: UnsafeRawBufferPointer
    private var position = 0
    private var facts = MessageFacts()
    private var lines: [HeaderFields.Line] = []

    private init(_ bytes: UnsafeRawBufferPointer) {
        self.bytes = bytes
        lines.reserveCapacity(Self.fieldsExpected)
    }

    /// Reads a whole head.
    /// - Parameter startLine: reads the first line, which is where requests and answers differ.
    static func scan<Start>(
        _ head: ByteBuffer, fieldsMax: Int,
        _ startLine: (UnsafeRawBufferPointer, Range<Int>) throws(MalformedMessage) -> Start
    ) throws(MalformedMessage) -> (start: Start, facts: MessageFacts, lines: [HeaderFields.Line]) {
        let scanned: Result<(Start, MessageFacts, [HeaderFields.Line]), MalformedMessage> =
            head.withUnsafeReadableBytes { bytes in
                var scanner = HeadScanner(bytes)
                do throws(MalformedMessage) {
                    let start = try startLine(bytes, scanner.line())
                    try scanner.fields(max: fieldsMax)
                    return .success((start, scanner.facts, scanner.lines))
                } catch {
                    return .failure(error)
                }
            }
        return try scanned.get()
    }

    /// The next line without its end, which is known to come.
    private mutating func line() -> Range<Int> {
        let start = position
        while bytes[position] != 0x0A { position += 1 }
        let end = position > start && bytes[position - 1] == 0x0D ? position - 1 : position
        position += 1
        return start..<end
    }

    /// The field lines, to the blank line.
    private mutating func fields(max: Int) throws(MalformedMessage) {
        while true {
            let line = line()
            if line.isEmpty { return }
            guard lines.count < max else { throw .tooManyFields }
            let field = try field(line)
            try facts.take(field.name, UnsafeRawBufferPointer(rebasing: bytes[field.valuePlace.range]))
            lines.append(field)
        }
    }

    private func field(_ line: Range<Int>) throws(MalformedMessage) -> HeaderFields.Line {
        var colon = line.lowerBound
        if bytes[colon] == 0x20 || bytes[colon] == 0x09 { throw .foldedField }
        while colon < line.upperBound, Token.contains(bytes[colon]) { colon += 1 }
        guard colon < line.upperBound, colon > line.lowerBound, bytes[colon] == UInt8(ascii: ":") else {
            throw .fieldName
        }
        var start = colon + 1
        var end = line.upperBound
        while start < end, bytes[start] == 0x20 || bytes[start] == 0x09 { start += 1 }
        while end > start, bytes[end - 1] == 0x20 || bytes[end - 1] == 0x09 { end -= 1 }
        for index in start..<end where bytes[index] < 0x20 && bytes[index] != 0x09 || bytes[index] == 0x7F {
            throw bytes[index] == 0x0D ? .lineEnd : .fieldValue
        }
        let name = line.lowerBound..<colon
        return HeaderFields.Line(
            name: HeaderName(UnsafeRawBufferPointer(rebasing: bytes[name])), namePlace: Place(name),
            valuePlace: Place(start..<end))
    }
}

/// Characters of methods and field names (RFC 9110, section 5.6.2).
enum Token {
    @inline(__always)
    static func contains(_ byte: UInt8) -> Bool {
        // One bit per character: first those below 64, then those below 128.
        let set: UInt64 = byte < 64 ? 0x03FF_6CFA_0000_0000 : 0x57FF_FFFF_C7FF_FFFE
        return byte < 128 && set >> UInt64(byte & 63) & 1 == 1
    }
}
