/// A condition as a tree. The parser has checked its types and its depth.
indirect enum ConditionNode: Sendable {
    enum Operand: Sendable {
        case literal(ConditionValue)
        case fact(ConditionFact)
        case tag(String)
    }

    enum Order: Sendable { case less, atMost, more, atLeast }

    case all([ConditionNode])
    case any([ConditionNode])
    case not(ConditionNode)
    case isTrue(Operand)
    case isEqual(Operand, Operand)
    case isOrdered(Operand, Order, Operand)
    case isOne(Operand, of: [ConditionValue])
    case matches(Operand, TextPattern)

    func holds(for facts: some ConditionFacts) -> Bool {
        switch self {
        case .all(let parts): parts.allSatisfy { $0.holds(for: facts) }
        case .any(let parts): parts.contains { $0.holds(for: facts) }
        case .not(let part): !part.holds(for: facts)
        case .isTrue(let operand): operand.value(facts) == .boolean(true)
        case .isEqual(let left, let right): left.value(facts) == right.value(facts)
        case .isOrdered(let left, let order, let right): order.holds(left.value(facts), right.value(facts))
        case .isOne(let operand, let values): values.contains(operand.value(facts))
        case .matches(let operand, let pattern):
            if case .text(let text) = operand.value(facts) { pattern.matches(text) } else { false }
        }
    }

    /// Calls `body` with each fact in it.
    func forEachFact(_ body: (ConditionFact) -> Void) {
        func visit(_ operands: Operand...) {
            for case .fact(let fact) in operands { body(fact) }
        }
        switch self {
        case .all(let parts), .any(let parts): for part in parts { part.forEachFact(body) }
        case .not(let part): part.forEachFact(body)
        case .isTrue(let operand), .isOne(let operand, _), .matches(let operand, _): visit(operand)
        case .isEqual(let left, let right), .isOrdered(let left, _, let right): visit(left, right)
        }
    }
}

extension ConditionNode.Operand {
    var type: ConditionValue.ValueType {
        switch self {
        case .literal(let value): value.type
        case .fact(let fact): fact.type
        case .tag: .text
        }
    }

    /// A tag that is missing is an empty text.
    fileprivate func value(_ facts: some ConditionFacts) -> ConditionValue {
        switch self {
        case .literal(let value): value
        case .fact(let fact): facts.value(of: fact)
        case .tag(let name): .text(facts.tag(name) ?? "")
        }
    }
}

extension ConditionNode.Order {
    fileprivate func holds(_ left: ConditionValue, _ right: ConditionValue) -> Bool {
        guard case .number(let left) = left, case .number(let right) = right else { return false }
        return switch self {
        case .less: left < right
        case .atMost: left <= right
        case .more: left > right
        case .atLeast: left >= right
        }
    }
}
