import Core
import Wire

/// What OpenTelemetry's GenAI conventions have in common, with the places where their versions differ.
struct GenAIAttributes {
    /// The name of the tokens that were written into a cache.
    let cacheWrite: String
    let topKIsInteger: Bool
    /// Whether a message of the answer says itself why it ended.
    let saysFinishInMessages: Bool
    let systemTakesTextOnly: Bool
    /// Whether tokens of sound and pictures are told apart.
    let tellsModalities: Bool

    func attributes(of call: ExportedCall) -> [OTLPAttribute] {
        var list = AttributeList()
        list.set("gen_ai.operation.name", call.operation)
        list.set("gen_ai.provider.name", call.provider)
        list.set("gen_ai.request.model", call.requestModel)
        list.set("gen_ai.response.model", call.responseModel)
        if call.record.streamed { list.set("gen_ai.request.stream", true) }
        list.set("gen_ai.response.finish_reasons", call.finishReasons)
        list.set("gen_ai.response.time_to_first_chunk", call.timeToFirstChunk)
        list.set("gen_ai.conversation.id", call.session)
        list.set("session.id", call.session)
        list.set("user.id", call.user)
        list.set("gen_ai.prompt.name", call.prompt?.name)
        list.set("gen_ai.prompt.version", call.prompt?.version)
        list.set("app.feature", call.feature)
        list.set("error.type", call.errorType)
        addUsage(call, &list)
        if let content = call.content { add(content, call, &list) }
        for tag in call.record.tags.entries { list.set("headgate.tag." + tag.name, tag.value) }
        list.set(call.own)
        return list.attributes
    }

    private func addUsage(_ call: ExportedCall, _ list: inout AttributeList) {
        guard !call.record.attempts.isEmpty else { return }
        let usage = call.record.usage
        list.set("gen_ai.usage.input_tokens", usage.inputTotal)
        list.set("gen_ai.usage.output_tokens", usage.outputTotal)
        list.setUnlessZero("gen_ai.usage.cache_read.input_tokens", usage.cacheRead)
        list.setUnlessZero(cacheWrite, usage.cacheWrite5m + usage.cacheWrite1h)
        list.setUnlessZero("gen_ai.usage.reasoning.output_tokens", usage.reasoning)
        if tellsModalities {
            list.setUnlessZero("gen_ai.usage.audio.input_tokens", usage.inputAudio)
            list.setUnlessZero("gen_ai.usage.audio.output_tokens", usage.outputAudio)
            list.setUnlessZero("gen_ai.usage.image.input_tokens", usage.inputImage)
            list.setUnlessZero("gen_ai.usage.image.output_tokens", usage.outputImage)
        }
        list.set("gen_ai.usage.cost", call.cost?.usd)
    }

    // MARK: Content

    private static let integers = [
        "max_tokens": "max_tokens", "max_completion_tokens": "max_tokens", "seed": "seed", "n": "choice.count",
    ]
    private static let doubles: Set<String> = ["temperature", "top_p", "frequency_penalty", "presence_penalty"]

    private func add(_ content: CallContent, _ call: ExportedCall, _ list: inout AttributeList) {
        for (name, json) in content.parameters {
            if let known = Self.integers[name], let number = Int(json) {
                list.set("gen_ai.request." + known, number)
            } else if Self.doubles.contains(name) {
                list.set("gen_ai.request." + name, Double(json))
            } else if name == "top_k" {
                if topKIsInteger, let number = Int(json) {
                    list.set("gen_ai.request.top_k", number)
                } else {
                    list.set("gen_ai.request.top_k", Double(json))
                }
            }
        }
        let system = content.input.filter { $0.role == "system" }.flatMap(\.parts).filter { part in
            if case .text = part { true } else { !systemTakesTextOnly }
        }
        let asked = content.input.filter { $0.role != "system" }
        if !system.isEmpty { list.setJSON("gen_ai.system_instructions") { $0.parts(system) } }
        if !asked.isEmpty {
            list.setJSON("gen_ai.input.messages") { $0.genAIMessages(asked, saysFinish: false) }
        }
        if !content.output.isEmpty {
            list.setJSON("gen_ai.output.messages") {
                $0.genAIMessages(content.output, saysFinish: saysFinishInMessages)
            }
        }
        if !content.tools.isEmpty {
            list.setJSON("gen_ai.tool.definitions") { writer in
                writer.beginArray()
                for tool in content.tools { writer.json(tool) }
                writer.endArray()
            }
        }
    }
}
