import NIOCore

/// Reads `tools` and `toolConfig`.
///
/// Where several functions are allowed and others are not, only those are offered: other dialects have no such list.
struct GeminiToolsReader {
    private(set) var tools: [ChatTool] = []
    private(set) var choice: ToolChoice?
    private(set) var ownMembers: [String] = []

    static func read(_ body: ProtoObject) throws(TranslationError) -> GeminiToolsReader {
        var reader = GeminiToolsReader()
        for (place, tool) in (body.objects("tools") ?? []).enumerated() {
            guard let tool else { throw TranslationError("tools[\(place)]", "expected an object") }
            try reader.readTool(tool, "tools[\(place)]")
        }
        if let config = body.object("toolConfig") { try reader.readConfig(config) }
        return reader
    }

    private mutating func readTool(_ tool: ProtoObject, _ path: String) throws(TranslationError) {
        if let other = tool.others(than: ["functionDeclarations"]).first {
            throw TranslationError(
                "\(path).\(other.name)",
                "the tool '\(other.name)' runs at Google; other providers have no such tool")
        }
        for (place, function) in (tool.objects("functionDeclarations") ?? []).enumerated() {
            let path = "\(path).functionDeclarations[\(place)]"
            guard let function else { throw TranslationError(path, "expected an object") }
            let name = try GeminiPart.text(function, "name", path)
            let parameters = try Self.parameters(function, path)
            tools.append(
                ChatTool(
                    name: name, description: function.text("description"), parameters: parameters, isStrict: nil))
            let known: [StaticString] = ["name", "description", "parameters", "parametersJsonSchema"]
            ownMembers += function.others(than: known).map { "\(path).\($0.name)" }
        }
    }

    private static func parameters(_ function: ProtoObject, _ path: String) throws(TranslationError) -> RawJSON? {
        if let schema = function.json("parametersJsonSchema") { return schema }
        return try function.object("parameters").map { schema throws(TranslationError) in
            try GeminiSchema.jsonSchema(schema, path + ".parameters")
        }
    }

    private mutating func readConfig(_ config: ProtoObject) throws(TranslationError) {
        ownMembers += config.others(than: ["functionCallingConfig"]).map { "toolConfig.\($0.name)" }
        guard let calling = config.object("functionCallingConfig") else { return }
        let allowed = calling.texts("allowedFunctionNames") ?? []
        if !allowed.isEmpty { tools.removeAll { !allowed.contains($0.name) } }
        switch calling.word("mode")?.uppercased() {
        case "AUTO", "VALIDATED": choice = .auto
        case "ANY": choice = allowed.count == 1 ? allowed.first.map { .tool($0) } : .required
        case "NONE": choice = ToolChoice.none
        case nil, "MODE_UNSPECIFIED": break
        default:
            throw TranslationError("toolConfig.functionCallingConfig.mode", "expected AUTO, ANY, NONE or VALIDATED")
        }
        let others = calling.others(than: ["mode", "allowedFunctionNames"])
        ownMembers += others.map { "toolConfig.functionCallingConfig.\($0.name)" }
    }
}
