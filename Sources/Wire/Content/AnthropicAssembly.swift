import NIOCore

/// Anthropic's messages.
struct AnthropicAssembly {
    private struct Block {
        /// What `content_block_start` said, as far as it is no text that goes on.
        var members: [(name: String, json: ByteBuffer)] = []
        var texts: [(name: String, text: String)] = []
        /// The input of a tool, as its JSON came.
        var input: String?

        mutating func append(_ name: String, _ text: String) {
            if let place = texts.firstIndex(where: { $0.name == name }) {
                texts[place].text += text
            } else {
                texts.append((name, text))
            }
        }
    }

    private var heads: [(name: String, json: ByteBuffer)] = []
    private var blocks: [Int: Block] = [:]
    private var usage: [(name: String, json: ByteBuffer)] = []
    private var error: ByteBuffer?

    mutating func take(_ event: JSONObjectView) {
        switch event.string("type") {
        case "message_start":
            guard let message = event.object("message") else { return }
            for member in message.members where member.kind != .array && !message.isNamed(member, "usage") {
                set(message.key(member), ByteBuffer(bytes: message.value(member)), in: &heads)
            }
            takeUsage(message)
        case "content_block_start":
            if let block = event.object("content_block") { begin(event.integer("index") ?? 0, block) }
        case "content_block_delta":
            if let delta = event.object("delta") { takeDelta(event.integer("index") ?? 0, delta) }
        case "message_delta":
            if let delta = event.object("delta") {
                for member in delta.members where member.kind != .null {
                    set(delta.key(member), ByteBuffer(bytes: delta.value(member)), in: &heads)
                }
            }
            takeUsage(event)
        case "error":
            error = event.member("error").map { ByteBuffer(bytes: event.value($0)) }
        default: break
        }
    }

    private mutating func takeUsage(_ view: JSONObjectView) {
        guard let object = view.object("usage") else { return }
        for member in object.members { set(object.key(member), ByteBuffer(bytes: object.value(member)), in: &usage) }
    }

    private func set(_ name: String, _ json: ByteBuffer, in list: inout [(name: String, json: ByteBuffer)]) {
        if let place = list.firstIndex(where: { $0.name == name }) {
            list[place].json = json
        } else if list.count < 64 {
            list.append((name, json))
        }
    }

    private mutating func begin(_ index: Int, _ view: JSONObjectView) {
        guard (0..<1024).contains(index) else { return }
        var block = Block()
        for member in view.members {
            if ["text", "thinking", "signature"].contains(view.key(member)), member.kind == .string {
                block.append(view.key(member), JSONText.string(view.value(member)))
            } else if view.isNamed(member, "input") {
                block.input = ""
            } else {
                block.members.append((view.key(member), ByteBuffer(bytes: view.value(member))))
            }
        }
        blocks[index] = block
    }

    private mutating func takeDelta(_ index: Int, _ delta: JSONObjectView) {
        guard var block = blocks[index] else { return }
        switch delta.string("type") {
        case "text_delta": block.append("text", delta.string("text") ?? "")
        case "thinking_delta": block.append("thinking", delta.string("thinking") ?? "")
        case "signature_delta": block.append("signature", delta.string("signature") ?? "")
        case "input_json_delta": block.input = (block.input ?? "") + (delta.string("partial_json") ?? "")
        default: break
        }
        blocks[index] = block
    }

    var json: ByteBuffer? {
        guard !heads.isEmpty || error != nil else { return nil }
        var writer = JSONWriter()
        writer.beginObject()
        for (name, json) in heads { writer.rawMember(name, json) }
        writer.key("content")
        writer.beginArray()
        for (_, block) in blocks.sorted(by: { $0.key < $1.key }) {
            writer.beginObject()
            for (name, json) in block.members { writer.rawMember(name, json) }
            for (name, text) in block.texts { writer.member(name, text) }
            if let input = block.input { write(input, &writer) }
            writer.endObject()
        }
        writer.endArray()
        if !usage.isEmpty {
            writer.key("usage")
            writer.beginObject()
            for (name, json) in usage { writer.rawMember(name, json) }
            writer.endObject()
        }
        if let error { writer.rawMember("error", error) }
        writer.endObject()
        return writer.buffer
    }

    /// The input as JSON; one that broke off, as the text it is.
    private func write(_ input: String, _ writer: inout JSONWriter) {
        let text = input.isEmpty ? "{}" : input
        let isWhole = Array(text.utf8).withUnsafeBytes { (try? JSONScanner.validate($0)) != nil }
        if isWhole { writer.rawMember("input", ByteBuffer(string: text)) } else { writer.member("input", text) }
    }
}

extension JSONWriter {
    /// - Parameter json: one whole value.
    mutating func rawMember(_ name: String, _ json: ByteBuffer) {
        key(name)
        raw(json)
    }
}
