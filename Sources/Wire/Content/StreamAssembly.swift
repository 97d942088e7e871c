public import NIOCore

/// Puts a streamed answer together into the answer that the same call would have had without `stream`: for the record
/// and for exporters, never for a client.
///
/// What is in no known event is left out; an answer that broke off is put together as far as it came.
public enum StreamAssembly {
    /// - Parameter stream: server-sent events, as a client got them.
    /// - Returns: nil when nothing of an answer was found.
    public static func whole(_ stream: ByteBuffer, dialect: Dialect) -> ByteBuffer? {
        switch dialect {
        case .openAI:
            var answer = OpenAIAssembly()
            var response = ResponsesAssembly()
            eachObject(of: stream) { event in
                answer.take(event)
                response.take(event)
            }
            return response.json ?? answer.json
        case .anthropic:
            var answer = AnthropicAssembly()
            eachObject(of: stream) { answer.take($0) }
            return answer.json
        case .gemini:
            // Known by its first object: the others would have to be read to their end for nothing.
            guard GeminiAssembly.begins(stream) else { return nil }
            var answer = GeminiAssembly()
            eachObject(of: stream) { answer.take($0) }
            return answer.json
        }
    }

    private static func eachObject(of stream: ByteBuffer, _ body: (JSONObjectView) -> Void) {
        func read(_ event: borrowing SSEEvent) {
            if let data = event.data, let object = JSONObjectView(data) { body(object) }
        }
        var splitter = SSESplitter()
        // An event that is too large ends what can be read; what came before counts.
        _ = try? splitter.push(stream, read)
        splitter.finish(read)
    }
}

/// Texts that arrive in pieces, and calls of tools.
struct AssembledTool {
    var id = ""
    var name = ""
    var arguments = ""
}

/// Chat completions and completions.
struct OpenAIAssembly {
    private struct Choice {
        var role: String?
        var texts: [(name: String, text: String)] = []
        var tools: [Int: AssembledTool] = [:]
        var finishReason: String?
        var isCompletion = false

        mutating func append(_ name: String, _ text: String) {
            if let place = texts.firstIndex(where: { $0.name == name }) {
                texts[place].text += text
            } else {
                texts.append((name, text))
            }
        }
    }

    private var heads: [(name: String, json: ByteBuffer)] = []
    private var choices: [Int: Choice] = [:]
    private var usage: ByteBuffer?
    private var error: ByteBuffer?

    mutating func take(_ chunk: JSONObjectView) {
        for member in chunk.members {
            switch member.kind {
            case .array where chunk.isNamed(member, "choices"):
                let list = chunk.value(member)
                for range in JSONScanner.elements(of: list) {
                    if let choice = JSONObjectView(UnsafeRawBufferPointer(rebasing: list[range])) { takeChoice(choice) }
                }
            case .object where chunk.isNamed(member, "usage"): usage = ByteBuffer(bytes: chunk.value(member))
            case .object where chunk.isNamed(member, "error"): error = ByteBuffer(bytes: chunk.value(member))
            case .string, .number: takeHead(chunk.key(member), ByteBuffer(bytes: chunk.value(member)))
            default: break
            }
        }
    }

    /// `id`, `model`, `created` and their like: the first of each.
    private mutating func takeHead(_ name: String, _ json: ByteBuffer) {
        guard heads.count < 16, name != "object", !heads.contains(where: { $0.name == name }) else { return }
        heads.append((name, json))
    }

    private mutating func takeChoice(_ view: JSONObjectView) {
        let index = view.integer("index") ?? 0
        guard (0..<128).contains(index) else { return }
        var choice = choices[index] ?? Choice()
        defer { choices[index] = choice }
        if let reason = view.string("finish_reason") { choice.finishReason = reason }
        if let text = view.string("text") {
            choice.isCompletion = true
            choice.append("text", text)
        }
        guard let delta = view.object("delta") ?? view.object("message") else { return }
        for member in delta.members {
            switch member.kind {
            case .string where delta.isNamed(member, "role"): choice.role = JSONText.string(delta.value(member))
            case .string: choice.append(delta.key(member), JSONText.string(delta.value(member)))
            case .array where delta.isNamed(member, "tool_calls"): takeTools(delta.value(member), &choice)
            default: break
            }
        }
    }

    private func takeTools(_ list: UnsafeRawBufferPointer, _ choice: inout Choice) {
        for (place, range) in JSONScanner.elements(of: list).enumerated() {
            guard let view = JSONObjectView(UnsafeRawBufferPointer(rebasing: list[range])) else { continue }
            let index = view.integer("index") ?? place
            guard (0..<256).contains(index) else { continue }
            var tool = choice.tools[index] ?? AssembledTool()
            if let id = view.string("id") { tool.id = id }
            if let function = view.object("function") {
                if let name = function.string("name") { tool.name += name }
                if let piece = function.string("arguments") { tool.arguments += piece }
            }
            choice.tools[index] = tool
        }
    }

    var json: ByteBuffer? {
        guard !choices.isEmpty || error != nil else { return nil }
        var writer = JSONWriter()
        writer.beginObject()
        let isCompletion = choices.values.contains(where: \.isCompletion)
        writer.member("object", isCompletion ? "text_completion" : "chat.completion")
        for (name, json) in heads { writer.rawMember(name, json) }
        writer.key("choices")
        writer.beginArray()
        for (index, choice) in choices.sorted(by: { $0.key < $1.key }) { write(choice, index, &writer) }
        writer.endArray()
        if let usage { writer.rawMember("usage", usage) }
        if let error { writer.rawMember("error", error) }
        writer.endObject()
        return writer.buffer
    }

    private func write(_ choice: Choice, _ index: Int, _ writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("index", index)
        if choice.isCompletion {
            for (name, text) in choice.texts { writer.member(name, text) }
        } else {
            writer.key("message")
            writer.beginObject()
            writer.member("role", choice.role ?? "assistant")
            for (name, text) in choice.texts { writer.member(name, text) }
            if !choice.tools.isEmpty { write(choice.tools, &writer) }
            writer.endObject()
        }
        writer.key("finish_reason")
        if let reason = choice.finishReason { writer.value(reason) } else { writer.null() }
        writer.endObject()
    }

    private func write(_ tools: [Int: AssembledTool], _ writer: inout JSONWriter) {
        writer.key("tool_calls")
        writer.beginArray()
        for (_, tool) in tools.sorted(by: { $0.key < $1.key }) {
            writer.beginObject()
            writer.member("id", tool.id)
            writer.member("type", "function")
            writer.key("function")
            writer.beginObject()
            writer.member("name", tool.name)
            writer.member("arguments", tool.arguments)
            writer.endObject()
            writer.endObject()
        }
        writer.endArray()
    }
}
