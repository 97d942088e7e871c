import Wire

/// A value of a JSON document whose numbers keep the text they were written as: a price must not go through a
/// floating-point number.
enum ListJSON {
    case object([(name: String, value: ListJSON)])
    case array([ListJSON])
    case string(String)
    case number(String)
    /// `true`, `false` and `null`: no price list says anything by them.
    case word

    subscript(name: String) -> ListJSON? {
        guard case .object(let members) = self else { return nil }
        return members.last { $0.name == name }?.value
    }

    var members: [(name: String, value: ListJSON)]? {
        if case .object(let members) = self { members } else { nil }
    }

    var elements: [ListJSON]? {
        if case .array(let elements) = self { elements } else { nil }
    }

    var string: String? {
        if case .string(let text) = self { text } else { nil }
    }

    var number: String? {
        if case .number(let text) = self { text } else { nil }
    }

    static func parse(_ bytes: [UInt8]) throws(PriceListError) -> ListJSON {
        var parser = ListJSONParser(bytes)
        let value = try parser.value(depth: 0)
        try parser.expectEnd()
        return value
    }
}

/// Reads a document into a tree, strictly.
private struct ListJSONParser {
    private static let depthMax = 64

    private let bytes: [UInt8]
    private var position = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    mutating func value(depth: Int) throws(PriceListError) -> ListJSON {
        guard depth < Self.depthMax else { throw problem("nested too deeply") }
        switch next() {
        case UInt8(ascii: "{"): return .object(try object(depth: depth))
        case UInt8(ascii: "["): return .array(try array(depth: depth))
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try word("true")
        case UInt8(ascii: "f"): return try word("false")
        case UInt8(ascii: "n"): return try word("null")
        default: return .number(try number())
        }
    }

    mutating func expectEnd() throws(PriceListError) {
        if next() != nil { throw problem("something follows the document") }
    }

    private mutating func object(depth: Int) throws(PriceListError) -> [(name: String, value: ListJSON)] {
        var members: [(name: String, value: ListJSON)] = []
        position += 1
        if next() == UInt8(ascii: "}") { position += 1; return members }
        while true {
            guard next() == UInt8(ascii: "\"") else { throw problem("expected a member's name") }
            let name = try string()
            guard next() == UInt8(ascii: ":") else { throw problem("expected ':'") }
            position += 1
            members.append((name, try value(depth: depth + 1)))
            if try isLast(closing: UInt8(ascii: "}")) { return members }
        }
    }

    private mutating func array(depth: Int) throws(PriceListError) -> [ListJSON] {
        var elements: [ListJSON] = []
        position += 1
        if next() == UInt8(ascii: "]") { position += 1; return elements }
        while true {
            elements.append(try value(depth: depth + 1))
            if try isLast(closing: UInt8(ascii: "]")) { return elements }
        }
    }

    private mutating func isLast(closing: UInt8) throws(PriceListError) -> Bool {
        let byte = next()
        guard byte == closing || byte == UInt8(ascii: ",") else { throw problem("expected ',' or the end") }
        position += 1
        return byte == closing
    }

    private mutating func string() throws(PriceListError) -> String {
        let start = position
        position += 1
        while position < bytes.count, bytes[position] != UInt8(ascii: "\"") {
            position += bytes[position] == UInt8(ascii: "\\") ? 2 : 1
        }
        guard position < bytes.count else { throw problem("a string does not end") }
        position += 1
        return bytes[start..<position].withUnsafeBytes { JSONText.string($0) }
    }

    private mutating func word(_ word: String) throws(PriceListError) -> ListJSON {
        guard bytes[position...].starts(with: word.utf8) else { throw problem("expected a value") }
        position += word.utf8.count
        return .word
    }

    /// The characters of a number; whether they are one is seen where it is used.
    private mutating func number() throws(PriceListError) -> String {
        let start = position
        while position < bytes.count, Characters.isDigit(bytes[position]) || "+-.eE".utf8.contains(bytes[position]) {
            position += 1
        }
        guard position > start else { throw problem("expected a value") }
        return String(decoding: bytes[start..<position], as: UTF8.self)
    }

    /// The next byte that is no white space.
    private mutating func next() -> UInt8? {
        while position < bytes.count, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[position]) { position += 1 }
        return position < bytes.count ? bytes[position] : nil
    }

    private func problem(_ message: String) -> PriceListError {
        let line = bytes.prefix(position).count { $0 == UInt8(ascii: "\n") } + 1
        return PriceListError("line \(line): not JSON: \(message)")
    }
}
