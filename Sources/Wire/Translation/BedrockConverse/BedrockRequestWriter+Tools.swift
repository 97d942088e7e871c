import NIOCore

extension BedrockRequestWriter {
    /// Bedrock refuses calls in a conversation that offers no tools: there the tools that were called are offered, by
    /// their names alone.
    mutating func writeTools(_ request: ChatRequest) throws(TranslationError) {
        let tools = request.tools.isEmpty ? Self.called(request.messages) : request.tools
        guard !tools.isEmpty else { return }
        if request.toolChoice == ToolChoice.none {
            // Without tools none is called; but calls that were made need them.
            guard request.messages.contains(where: { $0.parts.contains(where: \.isOfTools) }) else { return }
            try losses.drop("tool_choice", "Converse cannot keep a model from calling its tools")
        }
        writer.key("toolConfig")
        writer.beginObject()
        writer.key("tools")
        writer.beginArray()
        for tool in tools { try write(tool) }
        writer.endArray()
        writeChoice(request.toolChoice)
        writer.endObject()
        if request.parallelToolCalls == false {
            try losses.drop("parallel_tool_calls", "Converse has no limit of calls at a time")
        }
    }

    private static func called(_ messages: [ChatMessage]) -> [ChatTool] {
        var names: Set<String> = []
        return messages.flatMap(\.parts).compactMap { part in
            guard case .toolCall(let call) = part.content, names.insert(call.name.string).inserted else { return nil }
            return ChatTool(name: call.name, description: nil, parameters: nil, isStrict: nil)
        }
    }

    private mutating func write(_ tool: ChatTool) throws(TranslationError) {
        let name = tool.name.string
        guard (1...64).contains(name.utf8.count), name.utf8.allSatisfy(\.isToolCharacter) else {
            throw TranslationError(
                "tools", "Bedrock takes names of tools of 1 to 64 letters, digits, '_' and '-', not '\(name)'")
        }
        writer.beginObject()
        writer.key("toolSpec")
        writer.beginObject()
        writer.member("name", tool.name)
        if let description = tool.description, !description.isEmpty { writer.member("description", description) }
        writer.key("inputSchema")
        writer.beginObject()
        writer.member(
            "json", tool.parameters ?? RawJSON(kind: .object, ByteBuffer(string: #"{"type":"object","properties":{}}"#))
        )
        writer.endObject()
        if let isStrict = tool.isStrict { writer.member("strict", isStrict) }
        writer.endObject()
        writer.endObject()
        if let control = tool.cacheControl { writeCachePoint(control) }
    }

    private mutating func writeChoice(_ choice: ToolChoice?) {
        guard let choice, choice != .none else { return }
        writer.key("toolChoice")
        writer.beginObject()
        switch choice {
        case .auto, .none: writer.key("auto")
        case .required: writer.key("any")
        case .tool: writer.key("tool")
        }
        writer.beginObject()
        if case .tool(let name) = choice { writer.member("name", name) }
        writer.endObject()
        writer.endObject()
    }
}
