/// A piece of a condition's text.
struct ConditionToken: Equatable {
    enum Kind: Equatable {
        case name(String)
        case literal(ConditionValue)
        case symbol(Symbol)
        case end
    }

    enum Symbol: String, CaseIterable {
        // A longer one before the one that it begins with.
        case equal = "=="
        case notEqual = "!="
        case atMost = "<="
        case atLeast = ">="
        case and = "&&"
        case or = "||"
        case less = "<"
        case more = ">"
        case not = "!"
        case open = "("
        case close = ")"
        case openList = "["
        case closeList = "]"
        case comma = ","
    }

    let kind: Kind
    /// Counted from 1.
    let column: Int

    var description: String {
        switch kind {
        case .name(let name): "'\(name)'"
        case .literal(let value): value.type.rawValue
        case .symbol(let symbol): "'\(symbol.rawValue)'"
        case .end: "the end"
        }
    }
}

/// Cuts a condition's text into tokens, in one pass.
struct ConditionTokenizer {
    private let characters: [Character]
    private var position = 0

    static func tokens(of text: String) throws(ConditionError) -> [ConditionToken] {
        var tokenizer = ConditionTokenizer(characters: Array(text))
        var tokens: [ConditionToken] = []
        while let token = try tokenizer.next() { tokens.append(token) }
        tokens.append(ConditionToken(kind: .end, column: tokenizer.characters.count + 1))
        return tokens
    }

    private init(characters: [Character]) { self.characters = characters }

    private var peek: Character? { position < characters.count ? characters[position] : nil }

    private mutating func next() throws(ConditionError) -> ConditionToken? {
        while let character = peek, character.isWhitespace { position += 1 }
        guard let first = peek else { return nil }
        let column = position + 1
        if first == "\"" || first == "'" { return ConditionToken(kind: .literal(.text(try text())), column: column) }
        if Self.isDigit(first) || first == "-" {
            return ConditionToken(kind: .literal(.number(try number())), column: column)
        }
        if Self.beginsName(first) { return ConditionToken(kind: word(), column: column) }
        for symbol in ConditionToken.Symbol.allCases where stands(symbol.rawValue) {
            position += symbol.rawValue.count
            return ConditionToken(kind: .symbol(symbol), column: column)
        }
        let hint =
            switch first {
            case "=": ": to compare, write '=='"
            case "&": ": write '&&'"
            case "|": ": write '||'"
            default: ""
            }
        throw ConditionError("unexpected '\(first)'\(hint)", at: column)
    }

    private func stands(_ symbol: String) -> Bool {
        characters[position...].starts(with: symbol)
    }

    private mutating func word() -> ConditionToken.Kind {
        let start = position
        while let character = peek, Self.beginsName(character) || Self.isDigit(character) || ".-".contains(character) {
            position += 1
        }
        let word = String(characters[start..<position])
        switch word {
        case "true": return .literal(.boolean(true))
        case "false": return .literal(.boolean(false))
        default: return .name(word)
        }
    }

    private mutating func number() throws(ConditionError) -> Double {
        let start = position
        position += 1
        while let character = peek, Self.isDigit(character) || character == "." { position += 1 }
        guard let number = Double(String(characters[start..<position])), number.magnitude < 1e15 else {
            throw ConditionError("expected a number such as 2000 or 0.5", at: start + 1)
        }
        return number
    }

    /// In quotes of either kind; after a backslash, any character stands for itself.
    private mutating func text() throws(ConditionError) -> String {
        let start = position
        let quote = characters[position]
        var text = ""
        position += 1
        while let character = peek {
            position += 1
            if character == quote { return text }
            if character == "\\", let escaped = peek {
                text.append(escaped)
                position += 1
            } else {
                text.append(character)
            }
        }
        throw ConditionError("a text that does not end: expected \(quote)", at: start + 1)
    }

    private static func isDigit(_ character: Character) -> Bool { ("0"..."9").contains(character) }

    private static func beginsName(_ character: Character) -> Bool {
        ("a"..."z").contains(character) || ("A"..."Z").contains(character) || character == "_"
    }
}
