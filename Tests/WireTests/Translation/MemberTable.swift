import Foundation

/// A request of one format, and the members that it may have beside: `Tests/Fixtures/translation/members`.
struct MemberTable: Decodable {
    struct Member: Decodable {
        /// Where it goes, as in `messages[0].content[+]`, which is behind the last element.
        let at: String
        let value: Value
        /// What the word about it has in it; nil: the member's own name.
        let named: String?
        /// Before some provider nobody is told of it; nil: there is none.
        let silent: Bool?

        enum CodingKeys: String, CodingKey {
            case at, named, silent
            case value = "is"
        }

        /// Without the indices that follow it.
        var name: String { String(at.split(separator: ".").last?.prefix { $0 != "[" } ?? "") }
    }

    let body: Value
    let members: [Member]

    init(_ format: String) throws {
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appendingPathComponent("Fixtures/translation/members")
        let data = try Data(contentsOf: folder.appendingPathComponent(format + ".json"))
        self = try JSONDecoder().decode(MemberTable.self, from: data)
    }

    func body(with member: Member) -> Value {
        body.setting(member.at.split(whereSeparator: { ".[]".contains($0) }).map { String($0) }[...], member.value)
    }
}

/// Any JSON value.
enum Value: Codable, Equatable {
    case object([String: Value])
    case array([Value])
    case text(String)
    case flag(Bool)
    case number(Double)
    case null

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            self = .null
        } else if let flag = try? container.decode(Bool.self) {
            self = .flag(flag)
        } else if let number = try? container.decode(Double.self) {
            self = .number(number)
        } else if let text = try? container.decode(String.self) {
            self = .text(text)
        } else if let array = try? container.decode([Value].self) {
            self = .array(array)
        } else {
            self = .object(try container.decode([String: Value].self))
        }
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .object(let members): try container.encode(members)
        case .array(let elements): try container.encode(elements)
        case .text(let text): try container.encode(text)
        case .flag(let flag): try container.encode(flag)
        case .number(let number): try container.encode(number)
        case .null: try container.encodeNil()
        }
    }

    var json: String { get throws { String(decoding: try JSONEncoder().encode(self), as: UTF8.self) } }

    /// - Parameter path: names and indices; `+` stands for a new last element.
    func setting(_ path: ArraySlice<String>, _ value: Value) -> Value {
        guard let step = path.first else { return value }
        switch self {
        case .array(var elements):
            let place = step == "+" ? elements.count : Int(step) ?? 0
            if place == elements.count { elements.append(.object([:])) }
            elements[place] = elements[place].setting(path.dropFirst(), value)
            return .array(elements)
        case .object(var members):
            members[step] = (members[step] ?? .object([:])).setting(path.dropFirst(), value)
            return .object(members)
        default: return value
        }
    }
}
