import NIOCore

/// What an answer says again of its request, where the client's format wants that, and what it must turn back.
public struct ChatRequestEcho: Sendable {
    /// Members of the answer's object, each with a comma before it.
    let members: ByteBuffer
    /// Tools that the provider knows by another name or in another shape than the client.
    let aliases: [ToolAlias]

    /// Of a request that left everything to its defaults.
    static let empty = ChatRequestEcho(members: Self.members { _ in nil }, aliases: [])

    /// The members of a response that repeat the request's, and what stands there when it had none (OpenAI's API
    /// reference, "The response object").
    private static let echoed: [(name: StaticString, fallback: StaticString)] = [
        ("background", "false"), ("instructions", "null"), ("max_output_tokens", "null"), ("max_tool_calls", "null"),
        ("metadata", "{}"), ("parallel_tool_calls", "true"), ("previous_response_id", "null"),
        ("prompt_cache_key", "null"), ("reasoning", #"{"effort":null,"summary":null}"#), ("safety_identifier", "null"),
        ("temperature", "1.0"), ("text", #"{"format":{"type":"text"}}"#), ("tool_choice", #""auto""#), ("tools", "[]"),
        ("top_logprobs", "0"), ("top_p", "1.0"), ("truncation", #""disabled""#), ("user", "null"),
    ]

    /// - Parameter value: of a member of the request; nil where it has none.
    static func members(_ value: (StaticString) -> RawJSON?) -> ByteBuffer {
        var buffer = ByteBuffer()
        for (name, fallback) in echoed {
            buffer.writeStaticString(",\"")
            buffer.writeStaticString(name)
            buffer.writeStaticString("\":")
            if let json = value(name) {
                buffer.writeImmutableBuffer(json.buffer)
            } else {
                buffer.writeStaticString(fallback)
            }
        }
        return buffer
    }

    func alias(of name: ByteBuffer) -> ToolAlias? { aliases.first { $0.flat.escaped == name } }
}

/// A tool of a Responses client that other formats have no words for.
struct ToolAlias: Sendable {
    /// The name by which the provider knows it.
    let flat: RawText
    let name: RawText
    let namespace: RawText?
    /// Called with free text, not with arguments.
    let isCustom: Bool

    /// What most providers allow for a function's name.
    private static let nameBytesMax = 64

    init(name: RawText, namespace: RawText?, isCustom: Bool) {
        self.name = name
        self.namespace = namespace
        self.isCustom = isCustom
        flat = Self.flat(name, in: namespace)
    }

    /// `NAMESPACE__NAME`. One that is too long ends in a hash of the whole, so that it stays one of a kind.
    static func flat(_ name: RawText, in namespace: RawText?) -> RawText {
        guard let namespace else { return name }
        let space = namespace.string
        let joined = space + (space.hasSuffix("__") ? "" : "__") + name.string
        guard joined.utf8.count > nameBytesMax else { return RawText(joined) }
        var hash: UInt32 = 2_166_136_261
        for byte in joined.utf8 { hash = (hash ^ UInt32(byte)) &* 16_777_619 }
        let digits = String(hash, radix: 16)
        return RawText(String(decoding: joined.utf8.prefix(nameBytesMax - 9), as: UTF8.self) + "_" + digits)
    }
}
