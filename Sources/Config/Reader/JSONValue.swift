import Yams

/// Writes a YAML value as JSON text, with YAML's own meaning (core schema 1.2): plain words are null, booleans and
/// numbers, quoted ones are text. Numbers stay as they are written.
enum JSONValue {
    static func write(_ node: Node, _ place: Place, _ context: ReadContext, depth: Int = 1) -> [UInt8]? {
        guard depth <= ConfigLimits.depthMax else {
            context.errors.add(place, "nested deeper than \(ConfigLimits.depthMax) levels")
            return nil
        }
        switch node {
        case .scalar, .alias:
            return context.scalar(node, place, expected: "a value").flatMap { write($0, place, context) }
        case .sequence:
            guard let nodes = context.list(node, place) else { return nil }
            let items = nodes.enumerated().compactMap { index, node in
                write(node, context.place(place.path.item(index), of: node, near: place), context, depth: depth + 1)
            }
            return items.count == nodes.count ? bracketed("[", items, "]") : nil
        case .mapping:
            guard let members = context.members(node, place) else { return nil }
            let items = members.compactMap { member -> [UInt8]? in
                let place = context.place(member.place.path, of: member.node, near: member.place)
                return write(member.node, place, context, depth: depth + 1).map { value in
                    JSONGrammar.quoted(member.name) + [UInt8(ascii: ":")] + value
                }
            }
            return items.count == members.count ? bracketed("{", items, "}") : nil
        }
    }

    private static func write(_ scalar: ReadContext.Scalar, _ place: Place, _ context: ReadContext) -> [UInt8]? {
        guard scalar.isPlain else { return JSONGrammar.quoted(scalar.text) }
        switch scalar.text {
        case "", "~", "null", "Null", "NULL": return Array("null".utf8)
        case "true", "True", "TRUE": return Array("true".utf8)
        case "false", "False", "FALSE": return Array("false".utf8)
        default: break
        }
        if JSONGrammar.isNumber(scalar.text) { return Array(scalar.text.utf8) }
        if isOtherNumber(scalar.text) {
            context.errors.add(
                place, "a number that JSON does not know in this form; write it as JSON does, or quote it for text")
            return nil
        }
        return JSONGrammar.quoted(scalar.text)
    }

    /// Numbers of YAML that are none in JSON: `+1`, `01`, `.5`, `1.`, `0x1F`, `0o17`, `.inf`, `.nan`.
    private static func isOtherNumber(_ text: String) -> Bool {
        let unsigned = text.hasPrefix("+") || text.hasPrefix("-") ? text.dropFirst() : text[...]
        let lower = unsigned.lowercased()
        if lower == ".inf" || lower == ".nan" { return true }
        if lower.hasPrefix("0x") { return lower.utf8.count > 2 && UInt64(lower.dropFirst(2), radix: 16) != nil }
        if lower.hasPrefix("0o") { return lower.utf8.count > 2 && UInt64(lower.dropFirst(2), radix: 8) != nil }
        guard lower.utf8.contains(where: Characters.isDigit) else { return false }
        return lower.utf8.allSatisfy { Characters.isDigit($0) || "+-.e".utf8.contains($0) } && Double(lower) != nil
    }

    private static func bracketed(_ open: String, _ items: [[UInt8]], _ close: String) -> [UInt8] {
        Array(open.utf8) + items.joined(separator: [UInt8(ascii: ",")]) + Array(close.utf8)
    }
}

/// JSON's grammar of text and numbers (RFC 8259).
enum JSONGrammar {
    static func quoted(_ text: String) -> [UInt8] {
        var result = [UInt8(ascii: "\"")]
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"): result += [UInt8(ascii: "\\"), byte]
            case UInt8(ascii: "\n"): result += Array("\\n".utf8)
            case 0..<0x20:
                let digits = String(byte, radix: 16)
                result += Array("\\u00\(byte < 16 ? "0" : "")\(digits)".utf8)
            default: result.append(byte)
            }
        }
        return result + [UInt8(ascii: "\"")]
    }

    /// `-? (0 | [1-9][0-9]*) (. [0-9]+)? ([eE] [+-]? [0-9]+)?`
    static func isNumber(_ text: String) -> Bool {
        var rest = text[...].utf8
        if rest.first == UInt8(ascii: "-") { rest = rest.dropFirst() }
        let whole = takeDigits(&rest)
        guard whole > 0, whole == 1 || !leadingZero(text) else { return false }
        if rest.first == UInt8(ascii: ".") {
            rest = rest.dropFirst()
            guard takeDigits(&rest) > 0 else { return false }
        }
        if let exponent = rest.first, exponent | 0x20 == UInt8(ascii: "e") {
            rest = rest.dropFirst()
            if let sign = rest.first, sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") { rest = rest.dropFirst() }
            guard takeDigits(&rest) > 0 else { return false }
        }
        return rest.isEmpty
    }

    private static func leadingZero(_ text: String) -> Bool { text.hasPrefix("0") || text.hasPrefix("-0") }

    private static func takeDigits(_ rest: inout Substring.UTF8View) -> Int {
        let count = rest.prefix(while: Characters.isDigit).count
        rest = rest.dropFirst(count)
        return count
    }
}
