import Yams

/// A value and where it stands.
struct At<Value: Sendable>: Sendable {
    let place: Place
    let value: Value
}

/// A member of a map from names. `value` is nil when it is wrong, which was reported; the name still counts.
struct Named<Value: Sendable>: Sendable {
    let name: String
    /// Of the name.
    let place: Place
    let value: Value?
}

extension ValueType {
    /// A list. Wrong items are reported and left out.
    static func list<Item>(_ item: ValueType<Item>, minimum: Int = 0) -> ValueType where Value == [At<Item>] {
        ValueType(
            shape: .list(item.shape, minimum: minimum),
            read: { node, place, context in
                guard let nodes = context.list(node, place) else { return nil }
                if nodes.count < minimum { context.errors.add(place, "expected at least \(minimum) in the list") }
                return nodes.enumerated().compactMap { index, node in
                    let place = context.place(place.path.item(index), of: node, near: place)
                    return item.read(node, place, context).map { At(place: place, value: $0) }
                }
            },
            format: { "[\($0.map { item.format($0.value) }.joined(separator: ", "))]" })
    }

    /// A map from names of the user's choice, in the order of the file.
    ///
    /// - Parameter nameProblem: what is wrong with a name, if anything is.
    static func map<Item>(
        names: String, minimum: Int = 0, _ item: ValueType<Item>,
        nameProblem: @escaping @Sendable (String) -> String?
    ) -> ValueType where Value == [Named<Item>] {
        ValueType(
            shape: .map(names: names, item.shape, minimum: minimum),
            read: { node, place, context in
                guard let members = context.members(node, place) else { return nil }
                if members.count < minimum { context.errors.add(place, "expected at least \(minimum) \(names)") }
                return members.map { member in
                    if let problem = nameProblem(member.name) { context.errors.add(member.place, problem) }
                    let place = context.place(member.place.path, of: member.node, near: member.place)
                    return Named(
                        name: member.name, place: member.place, value: item.read(member.node, place, context))
                }
            },
            format: { _ in "{}" })
    }

    /// A mapping with fixed keys.
    static func block<Owner>(_ owner: Owner.Type) -> ValueType where Value == Written<Owner> {
        ValueType(
            shape: .block(owner), read: { node, place, context in Written(node, place, context) },
            format: { _ in "{}" })
    }

    /// Either a scalar or a mapping, told apart by how it is written.
    static func either<Owner>(
        scalar: ValueType, block: ValueType<Written<Owner>>,
        _ value: @escaping @Sendable (Written<Owner>) -> Value?
    ) -> ValueType {
        ValueType(
            shape: .either([scalar.shape, block.shape]),
            read: { node, place, context in
                if case .mapping = node { return block.read(node, place, context).flatMap(value) }
                return scalar.read(node, place, context)
            },
            format: scalar.format)
    }
}
