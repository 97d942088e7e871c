import NIOCore

extension ResponsesRequestReader {
    /// - Parameter path: of the list in the body.
    mutating func readTools(_ view: JSONObjectView, _ path: String) throws(TranslationError) {
        for (place, tool) in (document.objects(view, "tools") ?? []).enumerated() {
            let path = "\(path)[\(place)]"
            guard let tool else { throw TranslationError(path, "expected an object") }
            try readTool(tool, namespace: nil, path)
        }
    }

    private mutating func readTool(
        _ tool: JSONObjectView, namespace: RawText?, _ path: String
    ) throws(TranslationError) {
        switch tool.string("type") {
        case "function": try readFunction(tool, namespace, path)
        case "custom": try readCustom(tool, namespace, path)
        case "namespace" where namespace == nil:
            let name = try text(tool, "name", path)
            request.leaveOutOthers(of: tool, than: ["type", "name", "tools"], path)
            for (place, inner) in (document.objects(tool, "tools") ?? []).enumerated() {
                let path = "\(path).tools[\(place)]"
                guard let inner else { throw TranslationError(path, "expected an object") }
                try readTool(inner, namespace: name, path)
            }
        case let type:
            guard let type else { throw TranslationError(path + ".type", "expected the type of the tool") }
            // Coding agents offer these with every call, whether or not the model has them.
            guard type.hasPrefix("web_search") || type == "image_generation" || type == "tool_search" else {
                throw TranslationError(
                    path, "the tool '\(type)' runs at OpenAI; other providers have no such tool")
            }
            request.leaveOut(path + "." + type, "the tool '\(type)' runs at OpenAI")
        }
    }

    private mutating func readFunction(
        _ tool: JSONObjectView, _ namespace: RawText?, _ path: String
    ) throws(TranslationError) {
        let name = try text(tool, "name", path)
        request.leaveOutOthers(of: tool, than: ["type", "name", "description", "parameters", "strict"], path)
        let alias = ToolAlias(name: name, namespace: namespace, isCustom: false)
        if namespace != nil { aliases.append(alias) }
        try add(
            ChatTool(
                name: alias.flat, description: document.text(tool, "description"),
                parameters: document.json(tool, "parameters"), isStrict: tool.flag("strict")), path)
    }

    /// A tool that takes free text becomes a function with that text as its one argument. A grammar for the text is
    /// described to the model; nobody but OpenAI can hold it to one.
    private mutating func readCustom(
        _ tool: JSONObjectView, _ namespace: RawText?, _ path: String
    ) throws(TranslationError) {
        let alias = ToolAlias(name: try text(tool, "name", path), namespace: namespace, isCustom: true)
        aliases.append(alias)
        request.leaveOutOthers(of: tool, than: ["type", "name", "description", "format"], path)
        var description = document.text(tool, "description") ?? RawText("")
        if let format = tool.object("format"), let definition = document.text(format, "definition") {
            if !description.isEmpty { description.append("\\n\\n") }
            description.append("The input is text of this grammar (")
            description.append(document.text(format, "syntax") ?? RawText("lark"))
            description.append("):\\n")
            description.append(definition)
        }
        try add(
            ChatTool(
                name: alias.flat, description: description.isEmpty ? nil : description,
                parameters: Self.customParameters, isStrict: nil), path)
    }

    private static let customParameters = RawJSON(
        kind: .object,
        ByteBuffer(
            string: #"{"type":"object","properties":{"input":{"type":"string","description":"#
                + #""The whole input of the tool."}},"required":["input"],"additionalProperties":false}"#))

    /// Two namespaces may flatten into one name; two tools of one name no provider takes.
    private mutating func add(_ tool: ChatTool, _ path: String) throws(TranslationError) {
        guard names.insert(tool.name.escaped).inserted else {
            throw TranslationError(path + ".name", "there is another tool of the name '\(tool.name.string)'")
        }
        request.tools.append(tool)
    }

    // MARK: Choice

    mutating func readToolChoice(_ view: JSONObjectView) throws(TranslationError) {
        guard document.json(view, "tool_choice") != nil else { return }
        switch view.string("tool_choice") {
        case "auto": request.toolChoice = .auto
        case "none": request.toolChoice = ToolChoice.none
        case "required": request.toolChoice = .required
        default:
            guard let choice = view.object("tool_choice") else {
                throw TranslationError("tool_choice", "expected auto, none, required or a tool")
            }
            try readToolChoice(choice: choice)
        }
        if request.tools.isEmpty, request.toolChoice != .required { request.toolChoice = nil }
    }

    private mutating func readToolChoice(choice: JSONObjectView) throws(TranslationError) {
        switch choice.string("type") {
        case "function", "custom":
            let name = try text(choice, "name", "tool_choice")
            request.toolChoice = .tool(ToolAlias.flat(name, in: document.text(choice, "namespace")))
        case "allowed_tools": try allow(choice)
        case let type:
            throw TranslationError(
                "tool_choice", "a choice of '\(type ?? "")' means a tool that runs at OpenAI; name a function")
        }
    }

    /// Of all tools some: the others are not offered at all.
    private mutating func allow(_ choice: JSONObjectView) throws(TranslationError) {
        var names: Set<ByteBuffer> = []
        for tool in document.objects(choice, "tools") ?? [] {
            guard let tool, let name = document.text(tool, "name") else { continue }
            names.insert(ToolAlias.flat(name, in: document.text(tool, "namespace")).escaped)
        }
        request.tools.removeAll { !names.contains($0.name.escaped) }
        guard !request.tools.isEmpty else {
            throw TranslationError("tool_choice.tools", "none of these is a function among the tools")
        }
        request.toolChoice = choice.string("mode") == "required" ? .required : .auto
    }
}
