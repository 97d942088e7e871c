/// Arguments that fit a tool's JSON schema.
struct ToolArguments {
    private let root: SimulatorJSON
    private static let depthMax = 8

    static func sample(for schema: SimulatorJSON) -> SimulatorJSON {
        let sample = ToolArguments(root: schema).value(schema, depth: 0)
        return sample.members == nil ? [:] : sample
    }

    private init(root: SimulatorJSON) { self.root = root }

    private func value(_ schema: SimulatorJSON, depth: Int) -> SimulatorJSON {
        guard depth < Self.depthMax else { return nil }
        if let fixed = schema["const"] ?? schema["enum"]?.array?.first ?? schema["default"] { return fixed }
        if let target = reference(schema) { return value(target, depth: depth + 1) }
        for name in ["anyOf", "oneOf", "allOf"] {
            if let first = schema[name]?.array?.first { return value(first, depth: depth + 1) }
        }
        // Gemini's own schemas write types in capitals.
        switch (schema["type"]?.string ?? schema["type"]?.array?.first?.string)?.lowercased() {
        case "string": return .string(Self.text(schema))
        case "integer": return .integer(max(1, schema["minimum"]?.integer ?? 1))
        case "number": return schema["minimum"] ?? .number(1.5)
        case "boolean": return true
        case "null": return nil
        case "array": return .array([value(schema["items"] ?? ["type": "string"], depth: depth + 1)])
        default: return object(schema, depth: depth)
        }
    }

    private func object(_ schema: SimulatorJSON, depth: Int) -> SimulatorJSON {
        let properties = schema["properties"]?.members ?? []
        return .object(properties.map { SimulatorJSON.Member(name: $0.name, value: value($0.value, depth: depth + 1)) })
    }

    private static func text(_ schema: SimulatorJSON) -> String {
        switch schema["format"]?.string {
        case "date": "2026-01-31"
        case "date-time": "2026-01-31T12:00:00Z"
        case "uri": "https://example.com/"
        case "email": "lorem@example.com"
        default: "lorem ipsum"
        }
    }

    /// What a `$ref` within the same schema points to.
    private func reference(_ schema: SimulatorJSON) -> SimulatorJSON? {
        guard let path = schema["$ref"]?.string, path.hasPrefix("#/") else { return nil }
        return path.dropFirst(2).split(separator: "/").reduce(root as SimulatorJSON?) { $0?[String($1)] }
    }
}
