import Core
import NIOCore
import Wire

/// Langfuse's own attributes, which count there before everything that it would work out otherwise.
enum LangfuseProfile: ExportProfile {
    private static let types = ["embeddings": "embedding", "count_tokens": "span"]

    static func attributes(of call: ExportedCall) -> [OTLPAttribute] {
        var list = AttributeList()
        list.set("langfuse.observation.type", types[call.operation] ?? "generation")
        list.set(shared(call))
        list.set("langfuse.observation.model.name", call.responseModel ?? call.requestModel)
        list.set("langfuse.observation.prompt.name", call.prompt?.name)
        if let version = call.prompt?.version.flatMap({ Int($0) }) {
            list.set("langfuse.observation.prompt.version", version)
        }
        list.set("langfuse.observation.completion_start_time", firstChunk(of: call))
        list.set("langfuse.observation.level", call.errorType == nil ? "DEFAULT" : "ERROR")
        list.set("langfuse.observation.status_message", call.errorType.map { call.record.errorMessage ?? $0 })
        list.set("gen_ai.operation.name", call.operation)
        list.set("gen_ai.provider.name", call.provider)
        list.set("gen_ai.request.model", call.requestModel)
        list.set("gen_ai.response.model", call.responseModel)
        list.set("gen_ai.response.finish_reasons", call.finishReasons)
        list.set("error.type", call.errorType)
        addUsage(call, &list)
        if let content = call.content { add(content, &list) }
        list.set(call.own)
        return list.attributes
    }

    static func attemptAttributes(of call: ExportedCall) -> [OTLPAttribute] {
        [OTLPAttribute("langfuse.observation.type", .string("span"))] + shared(call)
    }

    /// Every span has these: filters there know of no trace.
    private static func shared(_ call: ExportedCall) -> [OTLPAttribute] {
        var list = AttributeList()
        list.set("user.id", call.user)
        list.set("session.id", call.session)
        list.set("langfuse.trace.name", call.feature ?? call.name)
        list.set("langfuse.trace.tags", call.tagWords)
        list.set("langfuse.environment", call.environment)
        for tag in call.record.tags.entries { list.set("langfuse.trace.metadata." + tag.name, tag.value) }
        return list.attributes
    }

    private static func firstChunk(of call: ExportedCall) -> String? {
        guard call.record.streamed, let time = call.record.timeToFirstToken else { return nil }
        return Timestamp.text(call.record.startedAtUnixMicroseconds + time / 1000)
    }

    /// Disjoint, because what stands there is added up; names tell by their beginning whether they are input or output.
    private static func addUsage(_ call: ExportedCall, _ list: inout AttributeList) {
        guard !call.record.attempts.isEmpty else { return }
        let usage = call.record.usage
        let details = [
            ("input_cache_read", usage.cacheRead), ("input_cache_write", usage.cacheWrite5m + usage.cacheWrite1h),
            ("input_audio", usage.inputAudio), ("input_image", usage.inputImage),
            ("output_reasoning", usage.reasoning), ("output_audio", usage.outputAudio),
            ("output_image", usage.outputImage),
        ]
        list.setJSON("langfuse.observation.usage_details") { writer in
            writer.beginObject()
            writer.member("input", usage.inputUncached)
            writer.member("output", usage.output)
            for (name, count) in details where count != 0 { writer.member(name, count) }
            writer.member("total", usage.inputTotal + usage.outputTotal)
            writer.endObject()
        }
        guard let cost = call.cost else { return }
        list.setJSON("langfuse.observation.cost_details") { writer in
            writer.beginObject()
            writer.jsonMember("total", cost.usdText)
            writer.endObject()
        }
    }

    private static func add(_ content: CallContent, _ list: inout AttributeList) {
        if !content.input.isEmpty {
            list.setJSON("langfuse.observation.input") { $0.chatMessages(content.input) }
        } else {
            list.set("langfuse.observation.input", content.asked?.text)
        }
        if !content.output.isEmpty {
            list.setJSON("langfuse.observation.output") { $0.chatMessages(content.output) }
        } else {
            list.set("langfuse.observation.output", content.answered?.text)
        }
        guard !content.parameters.isEmpty else { return }
        list.setJSON("langfuse.observation.model.parameters") { writer in
            writer.beginObject()
            for (name, json) in content.parameters { writer.jsonMember(name, json) }
            writer.endObject()
        }
    }
}

extension JSONWriter {
    /// Messages in the form of OpenAI's chat, which Langfuse shows as a conversation.
    fileprivate mutating func chatMessages(_ messages: [CallMessage]) {
        beginArray()
        for message in messages {
            beginObject()
            member("role", message.role)
            memberIfPresent("name", message.name)
            chatContent(message)
            endObject()
        }
        endArray()
    }

    private mutating func chatContent(_ message: CallMessage) {
        if case .toolResponse(let id, let text) = message.parts.first {
            member("tool_call_id", id)
            member("content", text)
            return
        }
        memberIfPresent("content", message.text)
        let calls = message.parts.compactMap { part -> (id: String, name: String, arguments: String)? in
            if case .toolCall(let id, let name, let arguments) = part { (id, name, arguments) } else { nil }
        }
        guard !calls.isEmpty else { return }
        key("tool_calls")
        beginArray()
        for call in calls {
            beginObject()
            member("id", call.id)
            member("type", "function")
            key("function")
            beginObject()
            member("name", call.name)
            member("arguments", call.arguments)
            endObject()
            endObject()
        }
        endArray()
    }
}
