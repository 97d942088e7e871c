/// A JSON document that is built to be written; members keep their order.
indirect enum JSONTree {
    case object([(String, JSONTree)])
    case list([JSONTree])
    case text(String)
    case number(Int)
    case flag(Bool)

    /// The document, indented by two spaces.
    func text(indentation: String = "") -> String {
        let inner = indentation + "  "
        switch self {
        case .object(let members):
            let lines = members.map { "\(inner)\(JSONTree.quoted($0.0)): \($0.1.text(indentation: inner))" }
            return lines.isEmpty ? "{}" : "{\n\(lines.joined(separator: ",\n"))\n\(indentation)}"
        case .list(let items):
            let lines = items.map { inner + $0.text(indentation: inner) }
            return lines.isEmpty ? "[]" : "[\n\(lines.joined(separator: ",\n"))\n\(indentation)]"
        case .text(let text): return JSONTree.quoted(text)
        case .number(let number): return "\(number)"
        case .flag(let flag): return "\(flag)"
        }
    }

    private static func quoted(_ text: String) -> String { String(decoding: JSONGrammar.quoted(text), as: UTF8.self) }
}
