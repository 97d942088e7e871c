import Core
import NIOCore

/// Why bytes are not JSON.
struct SimulatorJSONError: Error, Equatable {
    let message: String
    /// Bytes before the place.
    let offset: Int
}

extension SimulatorJSON {
    /// Reads one value and nothing after it; nesting is bounded by `Limits.jsonDepthMax`.
    init(parsing bytes: some Sequence<UInt8>) throws(SimulatorJSONError) {
        var parser = Parser(bytes: Array(bytes))
        self = try parser.document()
    }

    init(parsing buffer: ByteBuffer) throws(SimulatorJSONError) {
        try self.init(parsing: buffer.readableBytesView)
    }
}

private struct Parser {
    let bytes: [UInt8]
    var position = 0
    var depth = 0

    init(bytes: [UInt8]) { self.bytes = bytes }

    var current: UInt8? { position < bytes.count ? bytes[position] : nil }

    func problem(_ message: String) -> SimulatorJSONError { SimulatorJSONError(message: message, offset: position) }

    mutating func document() throws(SimulatorJSONError) -> SimulatorJSON {
        let result = try value()
        skipSpace()
        guard current == nil else { throw problem("unexpected text after the value") }
        return result
    }

    mutating func skipSpace() {
        while let byte = current, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { position += 1 }
    }

    mutating func take(_ byte: UInt8) -> Bool {
        guard current == byte else { return false }
        position += 1
        return true
    }

    mutating func value() throws(SimulatorJSONError) -> SimulatorJSON {
        skipSpace()
        switch current {
        case UInt8(ascii: "{"): return try nested(Self.object)
        case UInt8(ascii: "["): return try nested(Self.array)
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try word("true", .bool(true))
        case UInt8(ascii: "f"): return try word("false", .bool(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        case nil: throw problem("unexpected end")
        default: return try number()
        }
    }

    mutating func nested(
        _ body: (inout Parser) throws(SimulatorJSONError) -> SimulatorJSON
    ) throws(SimulatorJSONError) -> SimulatorJSON {
        guard depth < Limits.jsonDepthMax else { throw problem("nested too deeply") }
        position += 1
        depth += 1
        let result = try body(&self)
        depth -= 1
        return result
    }

    static func object(_ parser: inout Parser) throws(SimulatorJSONError) -> SimulatorJSON {
        var members: [SimulatorJSON.Member] = []
        parser.skipSpace()
        if parser.take(UInt8(ascii: "}")) { return .object(members) }
        repeat {
            parser.skipSpace()
            guard parser.current == UInt8(ascii: "\"") else { throw parser.problem("expected a member's name") }
            let name = try parser.string()
            parser.skipSpace()
            guard parser.take(UInt8(ascii: ":")) else { throw parser.problem("expected ':'") }
            members.append(SimulatorJSON.Member(name: name, value: try parser.value()))
            parser.skipSpace()
        } while parser.take(UInt8(ascii: ","))
        guard parser.take(UInt8(ascii: "}")) else { throw parser.problem("expected ',' or '}'") }
        return .object(members)
    }

    static func array(_ parser: inout Parser) throws(SimulatorJSONError) -> SimulatorJSON {
        var elements: [SimulatorJSON] = []
        parser.skipSpace()
        if parser.take(UInt8(ascii: "]")) { return .array(elements) }
        repeat {
            elements.append(try parser.value())
            parser.skipSpace()
        } while parser.take(UInt8(ascii: ","))
        guard parser.take(UInt8(ascii: "]")) else { throw parser.problem("expected ',' or ']'") }
        return .array(elements)
    }

    mutating func word(_ word: StaticString, _ value: SimulatorJSON) throws(SimulatorJSONError) -> SimulatorJSON {
        let length = word.utf8CodeUnitCount
        guard bytes.dropFirst(position).prefix(length).elementsEqual(word.description.utf8) else {
            throw problem("unexpected character")
        }
        position += length
        return value
    }

    mutating func number() throws(SimulatorJSONError) -> SimulatorJSON {
        let start = position
        var isInteger = true
        _ = take(UInt8(ascii: "-"))
        let digits = try digits()
        if digits > 1 && bytes[position - digits] == UInt8(ascii: "0") { throw problem("a number with a leading zero") }
        if take(UInt8(ascii: ".")) {
            isInteger = false
            _ = try self.digits()
        }
        if take(UInt8(ascii: "e")) || take(UInt8(ascii: "E")) {
            isInteger = false
            if !take(UInt8(ascii: "+")) { _ = take(UInt8(ascii: "-")) }
            _ = try self.digits()
        }
        let text = String(decoding: bytes[start..<position], as: UTF8.self)
        if isInteger, let value = Int(text) { return .integer(value) }
        guard let value = Double(text), value.isFinite else { throw problem("a number out of range") }
        return .number(value)
    }

    mutating func digits() throws(SimulatorJSONError) -> Int {
        let start = position
        while let byte = current, byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") { position += 1 }
        guard position > start else { throw problem("unexpected character") }
        return position - start
    }
}

extension Parser {
    mutating func string() throws(SimulatorJSONError) -> String {
        position += 1
        var text: [UInt8] = []
        while let byte = current {
            position += 1
            switch byte {
            case UInt8(ascii: "\""):
                guard let string = String(validating: text, as: UTF8.self) else { throw problem("text is not UTF-8") }
                return string
            case UInt8(ascii: "\\"): try escape(into: &text)
            case 0..<0x20: throw problem("a control character in a string")
            default: text.append(byte)
            }
        }
        throw problem("a string without an end")
    }

    private mutating func escape(into text: inout [UInt8]) throws(SimulatorJSONError) {
        guard let byte = current else { throw problem("a string without an end") }
        position += 1
        switch byte {
        case UInt8(ascii: "n"): text.append(0x0A)
        case UInt8(ascii: "t"): text.append(0x09)
        case UInt8(ascii: "r"): text.append(0x0D)
        case UInt8(ascii: "b"): text.append(0x08)
        case UInt8(ascii: "f"): text.append(0x0C)
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(byte)
        case UInt8(ascii: "u"): text.append(contentsOf: String(try unicodeEscape()).utf8)
        default: throw problem("an unknown escape")
        }
    }

    /// A surrogate without its other half becomes U+FFFD, as most readers have it.
    private mutating func unicodeEscape() throws(SimulatorJSONError) -> Character {
        let first = try hexadecimal()
        guard first >= 0xD800, first <= 0xDFFF else { return Self.character(first) }
        let mark = position
        guard first <= 0xDBFF, take(UInt8(ascii: "\\")), take(UInt8(ascii: "u")) else {
            position = mark
            return "\u{FFFD}"
        }
        let second = try hexadecimal()
        guard second >= 0xDC00, second <= 0xDFFF else {
            position = mark
            return "\u{FFFD}"
        }
        return Self.character(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00))
    }

    private static func character(_ value: UInt32) -> Character {
        Character(Unicode.Scalar(value) ?? "\u{FFFD}")
    }

    private mutating func hexadecimal() throws(SimulatorJSONError) -> UInt32 {
        guard position + 4 <= bytes.count else { throw problem("a cut escape") }
        var value: UInt32 = 0
        for byte in bytes[position..<position + 4] {
            guard let digit = Character(Unicode.Scalar(byte)).hexDigitValue else { throw problem("a broken escape") }
            value = value << 4 | UInt32(digit)
        }
        position += 4
        return value
    }
}
