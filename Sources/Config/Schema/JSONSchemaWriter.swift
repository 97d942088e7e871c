/// Writes the JSON Schema of the file.
///
/// It is for editors, and a little looser than the reader: what names refer to, what excludes what and what stands in
/// the environment is checked by `headgate check` alone.
enum JSONSchemaWriter {
    /// The name of the definition of a text with variables, which may stand for any scalar.
    private static let variable = "variable"

    static func document() -> String {
        let head: [(String, JSONTree)] = [
            ("$schema", .text("https://json-schema.org/draft/2020-12/schema")), ("title", .text(FileBlock.title)),
        ]
        let definitions = ConfigSchema.blocks.dropFirst().map { ($0.title, JSONTree.object(members(of: $0))) }
        let root = head + members(of: FileBlock.self) + [("$defs", .object(definitions + [(variable, variables)]))]
        return JSONTree.object(root).text() + "\n"
    }

    private static let variables = JSONTree.object([
        ("description", .text("A text with variables of the environment.")), ("type", .text("string")),
        ("pattern", .text(#"\$\{[A-Za-z_][A-Za-z0-9_]*(:-[^}]*)?\}"#)),
    ])

    private static func members(of block: any Block.Type) -> [(String, JSONTree)] {
        let required = block.fields.filter(\.isRequired).map { JSONTree.text($0.name) }
        return [
            ("description", .text(block.summary)), ("type", .text("object")),
            ("properties", .object(block.fields.map { ($0.name, schema(of: $0)) })),
        ] + (required.isEmpty ? [] : [("required", .list(required))]) + [("additionalProperties", .flag(false))]
    }

    private static func schema(of field: any BlockField) -> JSONTree {
        var members: [(String, JSONTree)] = [("description", .text(field.documentation))]
        if let text = field.defaultText { members.append(("default", defaultValue(text, field.shape))) }
        return .object(members + constraints(of: field.shape))
    }

    /// - Parameter text: the default as the file would have it; of lists, only the empty one is a default.
    private static func defaultValue(_ text: String, _ shape: Shape) -> JSONTree {
        switch shape {
        case .list: return .list([])
        case .scalar(let scalar):
            if case .integer = scalar.form, let number = Int(text) { return .number(number) }
            if case .boolean = scalar.form { return .flag(text == "true") }
            return .text(text)
        case .choice, .map, .block, .either, .json: return .text(text)
        }
    }

    private static func constraints(of shape: Shape) -> [(String, JSONTree)] {
        switch shape {
        case .scalar, .choice, .either:
            let choices = alternatives(of: shape)
            return [("anyOf", .list((choices + [[("$ref", .text("#/$defs/\(variable)"))]]).map(JSONTree.object)))]
        case .list(let item, let minimum):
            return [("type", .text("array"))] + least("minItems", minimum)
                + [("items", .object(constraints(of: item)))]
        case .map(_, let item, let minimum):
            return [("type", .text("object"))] + least("minProperties", minimum)
                + [("additionalProperties", .object(constraints(of: item)))]
        case .block(let block): return [("$ref", .text("#/$defs/\(block.title)"))]
        case .json: return []
        }
    }

    /// What a value may be, one next to the other.
    private static func alternatives(of shape: Shape) -> [[(String, JSONTree)]] {
        switch shape {
        case .scalar(let scalar): [constraints(of: scalar.form)]
        case .choice(let words): [[("enum", .list(words.map(JSONTree.text)))]]
        case .either(let shapes): shapes.flatMap(alternatives)
        case .list, .map, .block, .json: [constraints(of: shape)]
        }
    }

    private static func least(_ word: String, _ minimum: Int) -> [(String, JSONTree)] {
        minimum == 0 ? [] : [(word, .number(minimum))]
    }

    private static func constraints(of form: ScalarShape.Form) -> [(String, JSONTree)] {
        switch form {
        case .text: [("type", types("string", "number", "boolean"))]
        case .name(let pattern): [("type", types("string", "integer", "boolean")), ("pattern", .text(pattern))]
        case .pattern(let pattern): [("type", .text("string")), ("pattern", .text(pattern))]
        case .integer(let range):
            [
                ("type", .text("integer")), ("minimum", .number(range.lowerBound)),
                ("maximum", .number(range.upperBound)),
            ]
        case .boolean: [("type", .text("boolean"))]
        }
    }

    private static func types(_ names: String...) -> JSONTree { .list(names.map(JSONTree.text)) }
}
