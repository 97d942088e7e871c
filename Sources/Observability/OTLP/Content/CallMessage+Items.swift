import Wire

extension CallMessage {
    /// The messages of a Responses' items. Calls and thoughts are the model's; items of other kinds say nothing here.
    static func messages(ofItems items: [JSONObjectView]) -> [CallMessage] {
        items.flatMap { item -> [CallMessage] in
            switch item.string("type") ?? "message" {
            case "message": return messages(of: item, role: item.string("role") ?? "assistant")
            case "function_call", "custom_tool_call":
                let arguments = item.string("arguments") ?? item.string("input") ?? "{}"
                return [
                    CallMessage(
                        role: "assistant",
                        parts: [
                            .toolCall(
                                id: item.string("call_id") ?? "", name: item.string("name") ?? "", arguments: arguments)
                        ])
                ]
            case "function_call_output", "custom_tool_call_output":
                let parts = item.member("output").map { CallPart.parts(of: $0, in: item) } ?? []
                let text = CallMessage(role: "tool", parts: parts).text ?? ""
                return [CallMessage(role: "tool", parts: [.toolResponse(id: item.string("call_id") ?? "", text)])]
            case "reasoning":
                let parts = item.member("summary").map { CallPart.parts(of: $0, in: item) } ?? []
                return parts.isEmpty ? [] : [CallMessage(role: "assistant", parts: parts)]
            default: return []
            }
        }
    }
}
