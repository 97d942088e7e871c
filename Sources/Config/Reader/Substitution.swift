/// Replaces `${NAME}` and `${NAME:-default}` by variables of an environment that is passed in.
///
/// It is done on scalars, after YAML was read: a value cannot add keys. An unset variable without a default is an
/// error; an empty one counts as set for `${NAME}` and as unset for `${NAME:-default}`, as in a shell. `$${` is a
/// literal `${`.
enum Substitution {
    enum Problem: Error, Equatable {
        case unset(String)
        case badName
        case unclosed
        case tooLarge

        var message: String {
            switch self {
            case .unset(let name):
                "the environment variable '\(Shown.text(name))' is not set; set it, or write "
                    + "${\(Shown.text(name)):-default}"
            case .badName:
                "expected ${NAME} or ${NAME:-default}, where NAME is letters, digits and '_'; write $${ for the text ${"
            case .unclosed: "'${' without '}'; write $${ for the text ${"
            case .tooLarge:
                "the file with its variables is larger than \(ConfigLimits.expandedBytesMax / 1024 / 1024) MiB"
            }
        }
    }

    static func apply(to text: String, environment: [String: String]) throws(Problem) -> String {
        guard text.utf8.contains(UInt8(ascii: "$")) else { return text }
        var result = ""
        var rest = text[...]
        while let dollar = rest.firstIndex(of: "$") {
            result += rest[..<dollar]
            rest = rest[dollar...]
            if rest.hasPrefix("$${") {
                result += "${"
                rest = rest.dropFirst(3)
            } else if rest.hasPrefix("${") {
                guard let end = rest.firstIndex(of: "}") else { throw .unclosed }
                result += try value(of: rest[..<end].dropFirst(2), environment: environment)
                rest = rest[rest.index(after: end)...]
            } else {
                result += "$"
                rest = rest.dropFirst()
            }
            guard result.utf8.count <= ConfigLimits.expandedBytesMax else { throw .tooLarge }
        }
        return result + rest
    }

    /// - Parameter reference: what stands between the braces.
    private static func value(of reference: Substring, environment: [String: String]) throws(Problem) -> String {
        let name: Substring
        var fallback: Substring?
        if let separator = reference.firstRange(of: ":-") {
            name = reference[..<separator.lowerBound]
            fallback = reference[separator.upperBound...]
        } else {
            name = reference
        }
        guard isVariableName(name) else { throw .badName }
        let value = environment[String(name)]
        if let fallback { return value.flatMap { $0.isEmpty ? nil : $0 } ?? String(fallback) }
        guard let value else { throw .unset(String(name)) }
        return value
    }

    private static func isVariableName(_ text: Substring) -> Bool {
        guard let first = text.utf8.first, !Characters.isDigit(first) else { return false }
        return text.utf8.allSatisfy { Characters.isAlphanumeric($0) || $0 == UInt8(ascii: "_") }
    }
}
