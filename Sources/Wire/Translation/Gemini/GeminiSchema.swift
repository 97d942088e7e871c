import NIOCore

/// Gemini's `Schema`, a part of OpenAPI's, as JSON Schema. Source: Google's published API reference, "Schema".
///
/// Types are in capitals, a type that may be null says `nullable`, and numbers may stand in strings. An object has no
/// properties but those that are named.
enum GeminiSchema {
    private static let depthMax = 24

    /// - Parameter path: of the schema, for errors.
    static func jsonSchema(_ schema: ProtoObject, _ path: String) throws(TranslationError) -> RawJSON {
        var writer = JSONWriter()
        try write(schema, path, depth: 0, &writer)
        return RawJSON(kind: .object, writer.buffer)
    }

    private static func write(
        _ schema: ProtoObject, _ path: String, depth: Int, _ writer: inout JSONWriter
    ) throws(TranslationError) {
        guard depth < depthMax else { throw TranslationError(path, "the schema is nested too deeply") }
        writer.beginObject()
        for member in schema.view.members where member.kind != .null {
            let name = schema.view.key(member)
            let json = schema.document.json(schema.view, member)
            switch camelCase(name) {
            case "nullable", "propertyOrdering": break
            case "type": writeType(json, isNullable: schema.flag("nullable") ?? false, &writer)
            case "format": if json.text?.string != "enum" { writer.member("format", json) }
            case "properties": try writeMap("properties", json, path + ".properties", depth, &writer)
            case "defs", "$defs": try writeMap("$defs", json, path + ".defs", depth, &writer)
            case "items", "additionalProperties":
                writer.key(camelCase(name))
                try writeValue(json, "\(path).\(name)", depth, &writer)
            case "anyOf", "prefixItems":
                try writeList(camelCase(name), schema.view.value(member), schema, path, depth, &writer)
            case "minItems", "maxItems", "minLength", "maxLength", "minProperties", "maxProperties":
                writer.member(camelCase(name), json.asProtoNumber)
            case "example":
                writer.key("examples")
                writer.beginArray()
                writer.value(json)
                writer.endArray()
            case "ref": writer.member("$ref", RawText((json.text?.string ?? "").replacingDefs))
            default: writer.member(name, json)
            }
        }
        let isClosed = schema.object("properties") != nil && schema.member("additionalProperties") == nil
        if isClosed { writer.member("additionalProperties", false) }
        writer.endObject()
    }

    private static func writeType(_ json: RawJSON, isNullable: Bool, _ writer: inout JSONWriter) {
        guard let type = json.text?.string.lowercased() else { return writer.member("type", json) }
        if type == "type_unspecified" { return }
        guard isNullable else { return writer.member("type", type) }
        writer.key("type")
        writer.beginArray()
        writer.value(type)
        writer.value("null")
        writer.endArray()
    }

    private static func writeMap(
        _ name: String, _ json: RawJSON, _ path: String, _ depth: Int, _ writer: inout JSONWriter
    ) throws(TranslationError) {
        writer.key(name)
        writer.beginObject()
        _ = try json.readingObject { map throws(TranslationError) in
            for member in map.view.members {
                let name = map.view.key(member)
                writer.key(name)
                try writeValue(map.document.json(map.view, member), "\(path).\(name)", depth, &writer)
            }
        }
        writer.endObject()
    }

    /// A schema, or what stands where one may be: true, false.
    private static func writeValue(
        _ json: RawJSON, _ path: String, _ depth: Int, _ writer: inout JSONWriter
    ) throws(TranslationError) {
        guard json.kind == .object else { return writer.value(json) }
        _ = try json.readingObject { schema throws(TranslationError) in
            try write(schema, path, depth: depth + 1, &writer)
        }
    }

    private static func writeList(
        _ name: String, _ list: UnsafeRawBufferPointer, _ schema: ProtoObject, _ path: String, _ depth: Int,
        _ writer: inout JSONWriter
    ) throws(TranslationError) {
        writer.key(name)
        writer.beginArray()
        for (place, range) in JSONScanner.elements(of: list).enumerated() {
            let bytes = UnsafeRawBufferPointer(rebasing: list[range])
            let path = "\(path).\(name)[\(place)]"
            guard let view = JSONObjectView(bytes) else { throw TranslationError(path, "expected a schema") }
            try write(ProtoObject(document: schema.document, view: view), path, depth: depth + 1, &writer)
        }
        writer.endArray()
    }

    private static func camelCase(_ name: String) -> String {
        guard name.contains("_") else { return name }
        let words = name.split(separator: "_")
        return words.dropFirst().reduce(String(words.first ?? "")) { $0 + $1.prefix(1).uppercased() + $1.dropFirst() }
    }
}

extension String {
    /// A reference to a schema's own definitions, which JSON Schema keeps under another name.
    fileprivate var replacingDefs: String {
        hasPrefix("#/defs/") ? "#/$defs/" + dropFirst("#/defs/".count) : self
    }
}
