import Core

/// Makes a tree of a condition's tokens, by recursive descent that is bounded in depth, and checks the types.
///
///     condition  = all { "||" all }
///     all        = single { "&&" single }
///     single     = "!" single | "(" condition ")" | operand [ comparison ]
///     comparison = ( "==" | "!=" | "<" | "<=" | ">" | ">=" ) operand | "in" "[" literal { "," literal } "]"
///                | "matches" text
struct ConditionParser {
    private let tokens: [ConditionToken]
    private var position = 0
    private var depth = 0

    static func parse(_ text: String) throws(ConditionError) -> ConditionNode {
        guard text.utf8.count <= Limits.conditionBytesMax else {
            throw ConditionError("longer than \(Limits.conditionBytesMax) bytes", at: 1)
        }
        var parser = ConditionParser(tokens: try ConditionTokenizer.tokens(of: text))
        let node = try parser.condition()
        guard parser.current.kind == .end else { throw parser.expected("'&&', '||' or the end") }
        return node
    }

    private init(tokens: [ConditionToken]) { self.tokens = tokens }

    private var current: ConditionToken { tokens[position] }

    private func expected(_ what: String) -> ConditionError {
        ConditionError("expected \(what), found \(current.description)", at: current.column)
    }

    /// Takes the symbol if it stands here.
    private mutating func skip(_ symbol: ConditionToken.Symbol) -> Bool {
        guard current.kind == .symbol(symbol) else { return false }
        position += 1
        return true
    }

    private mutating func condition() throws(ConditionError) -> ConditionNode {
        var parts = [try all()]
        while skip(.or) { parts.append(try all()) }
        return parts.count == 1 ? parts[0] : .any(parts)
    }

    private mutating func all() throws(ConditionError) -> ConditionNode {
        var parts = [try single()]
        while skip(.and) { parts.append(try single()) }
        return parts.count == 1 ? parts[0] : .all(parts)
    }

    private mutating func single() throws(ConditionError) -> ConditionNode {
        guard depth < Limits.conditionDepthMax else {
            throw ConditionError("nested deeper than \(Limits.conditionDepthMax) levels", at: current.column)
        }
        depth += 1
        defer { depth -= 1 }
        if skip(.not) { return .not(try single()) }
        if skip(.open) {
            let inside = try condition()
            guard skip(.close) else { throw expected("')'") }
            return inside
        }
        return try comparison()
    }

    private mutating func comparison() throws(ConditionError) -> ConditionNode {
        let column = current.column
        let left = try operand()
        let comparison = current
        switch comparison.kind {
        case .symbol(.equal):
            return .isEqual(left, try right(of: left))
        case .symbol(.notEqual):
            return .not(.isEqual(left, try right(of: left)))
        case .symbol(let symbol):
            if let order = Self.order(symbol) {
                try check(left, is: .number, at: column, for: comparison)
                return .isOrdered(left, order, try right(of: left))
            }
        case .name("in"):
            position += 1
            return .isOne(left, of: try list(of: left.type))
        case .name("matches"):
            try check(left, is: .text, at: column, for: comparison)
            position += 1
            guard case .literal(.text(let pattern)) = current.kind else { throw expected("a text such as \"prefix*\"") }
            position += 1
            return .matches(left, TextPattern(pattern))
        default: break
        }
        guard left.type == .boolean else { throw expected("a comparison such as '==' after \(left.type.rawValue)") }
        return .isTrue(left)
    }

    private func check(
        _ operand: ConditionNode.Operand, is type: ConditionValue.ValueType, at column: Int,
        for comparison: ConditionToken
    ) throws(ConditionError) {
        guard operand.type == type else {
            throw ConditionError(
                "expected \(type.rawValue) before \(comparison.description), found \(operand.type.rawValue)",
                at: column)
        }
    }

    /// The operand after the comparison that stands here: of the same type as the one before it.
    private mutating func right(of left: ConditionNode.Operand) throws(ConditionError) -> ConditionNode.Operand {
        position += 1
        let column = current.column
        let right = try operand()
        guard right.type == left.type else {
            throw ConditionError(
                "expected \(left.type.rawValue) to compare with, found \(right.type.rawValue)", at: column)
        }
        return right
    }

    private mutating func list(of type: ConditionValue.ValueType) throws(ConditionError) -> [ConditionValue] {
        guard skip(.openList) else { throw expected("'['") }
        var values: [ConditionValue] = []
        repeat {
            guard case .literal(let value) = current.kind, value.type == type else { throw expected(type.rawValue) }
            values.append(value)
            position += 1
        } while skip(.comma)
        guard skip(.closeList) else { throw expected("',' or ']'") }
        return values
    }

    private mutating func operand() throws(ConditionError) -> ConditionNode.Operand {
        let token = current
        switch token.kind {
        case .literal(let value):
            position += 1
            return .literal(value)
        case .name(let name):
            if name.hasPrefix("tags.") {
                let tag = String(name.dropFirst(5)).lowercased()
                guard (1...Limits.tagNameBytesMax).contains(tag.utf8.count) else {
                    throw ConditionError("expected a tag such as 'tags.team'", at: token.column)
                }
                position += 1
                return .tag(tag)
            }
            guard name != "tags" else { throw ConditionError("expected a tag such as 'tags.team'", at: token.column) }
            guard let fact = ConditionFact(rawValue: name) else {
                throw ConditionError(
                    "unknown name '\(name)'", at: token.column, unknownName: String(name.prefix { $0 != "." }))
            }
            position += 1
            return .fact(fact)
        case .symbol, .end:
            throw expected("a name, a text, a number, true or false")
        }
    }

    private static func order(_ symbol: ConditionToken.Symbol) -> ConditionNode.Order? {
        switch symbol {
        case .less: .less
        case .atMost: .atMost
        case .more: .more
        case .atLeast: .atLeast
        default: nil
        }
    }
}
