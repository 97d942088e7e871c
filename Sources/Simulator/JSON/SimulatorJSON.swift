/// A JSON value as a tree, members in the order written. Of the tier "demo and tests": it never meets a request
/// on the gateway's own path.
enum SimulatorJSON: Sendable, Equatable {
    case null
    case bool(Bool)
    case integer(Int)
    /// A number that is no `Int`.
    case number(Double)
    case string(String)
    case array([SimulatorJSON])
    case object([Member])

    struct Member: Sendable, Equatable {
        let name: String
        let value: SimulatorJSON
    }

    /// The member of that name; the last one, if it is written twice. nil for what is not an object.
    subscript(name: String) -> SimulatorJSON? {
        guard case .object(let members) = self else { return nil }
        return members.last { $0.name == name }?.value
    }

    var string: String? {
        guard case .string(let value) = self else { return nil }
        return value
    }

    var integer: Int? {
        switch self {
        case .integer(let value): value
        case .number(let value): Int(exactly: value)
        default: nil
        }
    }

    var double: Double? {
        switch self {
        case .integer(let value): Double(value)
        case .number(let value): value
        default: nil
        }
    }

    var bool: Bool? {
        guard case .bool(let value) = self else { return nil }
        return value
    }

    var array: [SimulatorJSON]? {
        guard case .array(let elements) = self else { return nil }
        return elements
    }

    var members: [Member]? {
        guard case .object(let members) = self else { return nil }
        return members
    }

    /// The same object with more members at its end.
    func adding(_ more: KeyValuePairs<String, SimulatorJSON>) -> SimulatorJSON {
        .object((members ?? []) + more.map { Member(name: $0.key, value: $0.value) })
    }

    /// Bytes of all strings in it, names left out: what the simulator counts as a prompt's size.
    var textBytes: Int {
        switch self {
        case .string(let value): value.utf8.count
        case .array(let elements): elements.reduce(0) { $0 + $1.textBytes }
        case .object(let members): members.reduce(0) { $0 + $1.value.textBytes }
        default: 0
        }
    }
}

extension SimulatorJSON: ExpressibleByNilLiteral, ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral,
    ExpressibleByStringLiteral, ExpressibleByStringInterpolation, ExpressibleByArrayLiteral,
    ExpressibleByDictionaryLiteral
{
    init(nilLiteral: ()) { self = .null }
    init(booleanLiteral value: Bool) { self = .bool(value) }
    init(integerLiteral value: Int) { self = .integer(value) }
    init(stringLiteral value: String) { self = .string(value) }
    init(arrayLiteral elements: SimulatorJSON...) { self = .array(elements) }
    init(dictionaryLiteral elements: (String, SimulatorJSON)...) {
        self = .object(elements.map { Member(name: $0.0, value: $0.1) })
    }

    /// A string, or null.
    init(_ value: String?) { self = value.map { .string($0) } ?? .null }
}
