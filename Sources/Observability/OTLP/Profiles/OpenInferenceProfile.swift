import Core
import Wire

/// OpenInference's conventions, as Phoenix and Arize read them.
enum OpenInferenceProfile: ExportProfile {
    /// Messages of a call that are told; of longer conversations the newest.
    private static let messagesMax = 256

    private static let kinds = ["embeddings": "EMBEDDING", "count_tokens": "CHAIN"]

    static func attributes(of call: ExportedCall) -> [OTLPAttribute] {
        var list = AttributeList()
        list.set("openinference.span.kind", kinds[call.operation] ?? "LLM")
        list.set("llm.provider", call.provider)
        list.set("llm.system", call.provider)
        list.set("llm.model_name", call.responseModel ?? call.requestModel)
        list.set("llm.request.model_name", call.requestModel)
        list.set("llm.response.model_name", call.responseModel)
        if call.operation == "embeddings" { list.set("embedding.model_name", call.responseModel ?? call.requestModel) }
        list.set("llm.finish_reason", call.finishReasons.first)
        list.set("session.id", call.session)
        list.set("user.id", call.user)
        list.set("llm.prompt_template.version", call.prompt?.version)
        list.set("tag.tags", call.tagWords)
        list.set("error.type", call.errorType)
        if !call.record.tags.isEmpty {
            list.setJSON("metadata") { writer in
                writer.beginObject()
                for tag in call.record.tags.entries { writer.member(tag.name, tag.value) }
                writer.memberIfPresent("prompt_name", call.prompt?.name)
                writer.memberIfPresent("prompt_version", call.prompt?.version)
                writer.endObject()
            }
        }
        addUsage(call, &list)
        if let content = call.content { add(content, &list) }
        list.set(call.own)
        return list.attributes
    }

    static func attemptAttributes(of call: ExportedCall) -> [OTLPAttribute] {
        [OTLPAttribute("openinference.span.kind", .string("CHAIN"))]
    }

    static func resourceAttributes(of call: ExportedCall) -> [OTLPAttribute] {
        [OTLPAttribute("openinference.project.name", .string(call.record.project))]
    }

    private static func addUsage(_ call: ExportedCall, _ list: inout AttributeList) {
        guard !call.record.attempts.isEmpty else { return }
        let usage = call.record.usage
        list.set("llm.token_count.prompt", usage.inputTotal)
        list.set("llm.token_count.completion", usage.outputTotal)
        list.set("llm.token_count.total", usage.inputTotal + usage.outputTotal)
        list.setUnlessZero("llm.token_count.prompt_details.cache_read", usage.cacheRead)
        list.setUnlessZero("llm.token_count.prompt_details.cache_write", usage.cacheWrite5m + usage.cacheWrite1h)
        list.setUnlessZero("llm.token_count.prompt_details.audio", usage.inputAudio)
        list.setUnlessZero("llm.token_count.completion_details.reasoning", usage.reasoning)
        list.setUnlessZero("llm.token_count.completion_details.audio", usage.outputAudio)
        list.set("llm.cost.total", call.cost?.usd)
    }

    // MARK: Content

    private static func add(_ content: CallContent, _ list: inout AttributeList) {
        list.set("input.value", content.asked?.text)
        list.set("input.mime_type", content.asked?.mimeType)
        list.set("output.value", content.answered?.text)
        list.set("output.mime_type", content.answered?.mimeType)
        if !content.parameters.isEmpty {
            list.setJSON("llm.invocation_parameters") { writer in
                writer.beginObject()
                for (name, json) in content.parameters { writer.jsonMember(name, json) }
                writer.endObject()
            }
        }
        add(content.input.suffix(messagesMax), "llm.input_messages", &list)
        add(content.output.prefix(messagesMax), "llm.output_messages", &list)
        for (number, tool) in content.tools.enumerated() { list.set("llm.tools.\(number).tool.json_schema", tool) }
    }

    private static func add(_ messages: ArraySlice<CallMessage>, _ name: String, _ list: inout AttributeList) {
        for (number, message) in messages.enumerated() {
            let prefix = "\(name).\(number).message."
            list.set(prefix + "role", message.role)
            list.set(prefix + "name", message.name)
            let plain = message.parts.allSatisfy { if case .uri = $0 { false } else { true } }
            if plain { list.set(prefix + "content", message.text) }
            var calls = 0
            var contents = 0
            for part in message.parts {
                switch part {
                case .toolCall(let id, let tool, let arguments):
                    let prefix = prefix + "tool_calls.\(calls).tool_call."
                    list.set(prefix + "id", id)
                    list.set(prefix + "function.name", tool)
                    list.set(prefix + "function.arguments", arguments)
                    calls += 1
                case .toolResponse(let id, let text):
                    list.set(prefix + "tool_call_id", id)
                    list.set(prefix + "content", text)
                case .text(let text) where !plain:
                    list.set(prefix + "contents.\(contents).message_content.type", "text")
                    list.set(prefix + "contents.\(contents).message_content.text", text)
                    contents += 1
                case .uri(_, let uri):
                    list.set(prefix + "contents.\(contents).message_content.type", "image")
                    list.set(prefix + "contents.\(contents).message_content.image.image.url", uri)
                    contents += 1
                case .text, .reasoning, .blob: break
                }
            }
        }
    }
}
