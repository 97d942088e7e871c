import NIOCore

/// An item of a response's `output`, as far as it has come. Texts are the insides of JSON strings.
struct ResponseItem {
    enum Kind { case text, refusal, reasoning, functionCall, customCall }

    let kind: Kind
    let id: ByteBuffer
    var callID = ByteBuffer()
    var name = ByteBuffer()
    var namespace: ByteBuffer?
    /// The text, the summary of thoughts, or a call's arguments as text.
    var body = ByteBuffer()
    /// Of a text's tokens.
    var logprobs: [TokenLogprob] = []
    /// What its provider must get back.
    var sealed: ByteBuffer?

    /// - Parameters:
    ///   - suffix: what tells this response's items from others'.
    ///   - index: its place in `output`.
    init(_ kind: Kind, suffix: ByteBuffer, index: Int) {
        self.kind = kind
        var id = ByteBuffer(string: kind.prefix)
        id.writeImmutableBuffer(suffix)
        id.writeString("_\(index)")
        self.id = id
    }

    /// - Parameter name: by which the provider knows the tool.
    init(callOf name: ByteBuffer, id: ByteBuffer, _ echo: ChatRequestEcho, suffix: ByteBuffer, index: Int) {
        let alias = echo.alias(of: name)
        self.init(alias?.isCustom == true ? .customCall : .functionCall, suffix: suffix, index: index)
        callID = id
        self.name = alias?.name.escaped ?? name
        namespace = alias?.namespace?.escaped
    }

    /// A custom tool's free text, out of the function's arguments; arguments without it are the text themselves.
    var customInput: ByteBuffer {
        guard let arguments = RawText(escaped: body).object else { return body }
        return arguments.buffer.withUnsafeReadableBytes { bytes in
            JSONObjectView(bytes)?.inside("input").map { ByteBuffer(bytes: $0) } ?? body
        }
    }

    // MARK: Writing

    /// - Parameters:
    ///   - status: `in_progress`, `completed` or `incomplete`.
    ///   - isWhole: with its content; an item that begins has none.
    func write(status: StaticString, isWhole: Bool, into output: inout ByteBuffer) {
        output.writeStaticString("{\"id\":")
        output.writeQuoted(id)
        output.writeStaticString(",\"type\":\"")
        output.writeStaticString(kind.type)
        // OpenAI's reasoning has no status.
        if kind != .reasoning {
            output.writeStaticString("\",\"status\":\"")
            output.writeStaticString(status)
        }
        output.writeStaticString("\",")
        switch kind {
        case .text, .refusal:
            output.writeStaticString("\"role\":\"assistant\",\"content\":[")
            if isWhole { writePart(isWhole: true, into: &output) }
            output.writeStaticString("]}")
        case .reasoning: writeReasoning(isWhole: isWhole, into: &output)
        case .functionCall, .customCall: writeCall(isWhole: isWhole, into: &output)
        }
    }

    /// The one part of a message, or of a summary.
    func writePart(isWhole: Bool, into output: inout ByteBuffer) {
        switch kind {
        case .refusal: output.writeStaticString("{\"type\":\"refusal\",\"refusal\":")
        case .reasoning: output.writeStaticString("{\"type\":\"summary_text\",\"text\":")
        default:
            output.writeStaticString("{\"type\":\"output_text\",\"annotations\":[],\"logprobs\":")
            output.writeLogprobs(isWhole ? logprobs : [])
            output.writeStaticString(",\"text\":")
        }
        output.writeQuoted(isWhole ? body : ByteBuffer())
        output.writeStaticString("}")
    }

    private func writeReasoning(isWhole: Bool, into output: inout ByteBuffer) {
        output.writeStaticString("\"summary\":[")
        if isWhole && body.readableBytes > 0 { writePart(isWhole: true, into: &output) }
        output.writeStaticString("],\"encrypted_content\":")
        if isWhole, let sealed { output.writeQuoted(sealed) } else { output.writeStaticString("null") }
        output.writeStaticString("}")
    }

    private func writeCall(isWhole: Bool, into output: inout ByteBuffer) {
        output.writeStaticString("\"call_id\":")
        output.writeQuoted(callID)
        output.writeStaticString(",\"name\":")
        output.writeQuoted(name)
        if let namespace {
            output.writeStaticString(",\"namespace\":")
            output.writeQuoted(namespace)
        }
        output.writeStaticString(kind == .customCall ? ",\"input\":" : ",\"arguments\":")
        output.writeQuoted(!isWhole ? ByteBuffer() : kind == .customCall ? customInput : body)
        output.writeStaticString("}")
    }
}

extension ResponseItem.Kind {
    fileprivate var prefix: String {
        switch self {
        case .text, .refusal: "msg_"
        case .reasoning: "rs_"
        case .functionCall: "fc_"
        case .customCall: "ctc_"
        }
    }

    fileprivate var type: StaticString {
        switch self {
        case .text, .refusal: "message"
        case .reasoning: "reasoning"
        case .functionCall: "function_call"
        case .customCall: "custom_tool_call"
        }
    }
}

extension ByteBuffer {
    mutating func writeLogprobs(_ tokens: [TokenLogprob]) {
        guard !tokens.isEmpty else {
            writeStaticString("[]")
            return
        }
        var writer = JSONWriter()
        writer.logprobs(tokens)
        writeImmutableBuffer(writer.buffer)
    }

    /// - Parameter escaped: the inside of a JSON string.
    mutating func writeQuoted(_ escaped: ByteBuffer) {
        writeInteger(UInt8(ascii: "\""))
        writeImmutableBuffer(escaped)
        writeInteger(UInt8(ascii: "\""))
    }
}
