import Yams

/// What reading a file needs besides its nodes: the environment, and where errors go.
final class ReadContext {
    /// A member of a mapping.
    struct Member {
        let name: String
        /// Of the key.
        let place: Place
        let node: Node
    }

    /// A scalar's text, its variables replaced.
    struct Scalar {
        let text: String
        /// As the file has it, so that an error repeats no variable's value.
        let written: String
        /// Without quotes: YAML would look for a number or a word in it.
        let isPlain: Bool
    }

    let errors: ErrorCollector
    private let environment: [String: String]
    /// Keys that were reported as duplicates already and are to be passed over.
    private let skippedKeys: Set<String>
    private var expandedBytes = 0
    private var values = 0

    init(environment: [String: String], errors: ErrorCollector, skippedKeys: Set<String> = []) {
        self.environment = environment
        self.errors = errors
        self.skippedKeys = skippedKeys
    }

    /// The place of a node at a path; that of its surroundings where YAML tells none.
    func place(_ path: Path, of node: Node, near surroundings: Place) -> Place {
        Place(path: path, line: node.mark?.line ?? surroundings.line, column: node.mark?.column ?? surroundings.column)
    }

    /// A scalar with its variables replaced; reported and nil when it is none.
    func scalar(_ node: Node, _ place: Place, expected: String) -> Scalar? {
        guard isReadable(node, place) else { return nil }
        guard case .scalar(let scalar) = node else {
            errors.add(place, "expected \(expected), found \(ReadContext.word(for: node))")
            return nil
        }
        let isPlain = scalar.style == .plain && scalar.tag.description != YAMLTag.text
        do throws(Substitution.Problem) {
            let text = try Substitution.apply(to: scalar.string, environment: environment)
            expandedBytes += text.utf8.count
            guard expandedBytes <= ConfigLimits.expandedBytesMax else { throw Substitution.Problem.tooLarge }
            return Scalar(text: text, written: scalar.string, isPlain: isPlain)
        } catch {
            errors.add(place, error.message)
            return nil
        }
    }

    /// The items of a list; an absent value is an empty list.
    func list(_ node: Node, _ place: Place) -> [Node]? {
        guard isReadable(node, place) else { return nil }
        switch node {
        case .sequence(let sequence): return Array(sequence)
        case _ where ReadContext.isAbsent(node): return []
        default:
            errors.add(place, "expected a list, found \(ReadContext.word(for: node))")
            return nil
        }
    }

    /// The members of a mapping; an absent value is an empty mapping.
    func members(_ node: Node, _ place: Place) -> [Member]? {
        guard isReadable(node, place) else { return nil }
        switch node {
        case .mapping(let mapping):
            var names: Set<String> = []
            return mapping.compactMap { key, value in member(key, value, place, &names) }
        case _ where ReadContext.isAbsent(node): return []
        default:
            errors.add(place, "expected a mapping, found \(ReadContext.word(for: node))")
            return nil
        }
    }

    /// - Parameter names: those of the members before it; YAML tells keys with different tags apart, the file does not.
    private func member(_ key: Node, _ value: Node, _ place: Place, _ names: inout Set<String>) -> Member? {
        guard case .scalar(let scalar) = key else {
            errors.add(self.place(place.path, of: key, near: place), "expected text as the name of a key")
            return nil
        }
        guard !skippedKeys.contains(scalar.string) else { return nil }
        let keyPlace = self.place(place.path.member(scalar.string), of: key, near: place)
        guard scalar.style != .plain || scalar.string != "<<" else {
            errors.add(
                keyPlace, "YAML's merge key '<<' is not supported; write the keys out, or use an alias for a value")
            return nil
        }
        guard names.insert(scalar.string).inserted else {
            errors.add(keyPlace, DuplicateKeys.message(scalar.string))
            return nil
        }
        return Member(name: scalar.string, place: keyPlace, node: value)
    }

    /// Whether a node may be read at all. The count ends what aliases could make endless; it is reported once.
    private func isReadable(_ node: Node, _ place: Place) -> Bool {
        values += 1
        guard values <= ConfigLimits.expandedValuesMax else {
            if values == ConfigLimits.expandedValuesMax + 1 {
                errors.add(place, "the file's aliases expand to more than \(ConfigLimits.expandedValuesMax) values")
            }
            return false
        }
        return hasKnownTag(node, place)
    }

    /// Tags choose types, which the schema does; one that is passed over in silence (`!include`) would mislead. It is
    /// not repeated: it may be a secret that begins with `!` and lacks its quotes.
    private func hasKnownTag(_ node: Node, _ place: Place) -> Bool {
        let tag =
            switch node {
            case .scalar(let scalar): scalar.tag
            case .mapping(let mapping): mapping.tag
            case .sequence(let sequence): sequence.tag
            case .alias(let alias): alias.tag
            }
        if YAMLTag.known.contains(tag.description) { return true }
        errors.add(place, "YAML tags such as '!include' are not supported; quote a text that begins with '!'")
        return false
    }

    /// A key with nothing after it.
    static func isAbsent(_ node: Node) -> Bool {
        guard case .scalar(let scalar) = node else { return false }
        return scalar.style == .plain && (scalar.string.isEmpty || scalar.string == "~" || scalar.string == "null")
    }

    static func word(for node: Node) -> String {
        switch node {
        case .mapping: "a mapping"
        case .sequence: "a list"
        case .scalar, .alias: isAbsent(node) ? "nothing" : "text"
        }
    }
}

/// Tags of YAML's own types, and those that stand for none.
enum YAMLTag {
    static let text = "tag:yaml.org,2002:str"
    static let known: Set<String> = [
        "", "!", text, "tag:yaml.org,2002:map", "tag:yaml.org,2002:seq", "tag:yaml.org,2002:int",
        "tag:yaml.org,2002:float", "tag:yaml.org,2002:bool", "tag:yaml.org,2002:null",
    ]
}
