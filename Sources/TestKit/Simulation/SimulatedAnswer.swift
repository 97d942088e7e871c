import NIOCore

/// A model's answer whose text says where it comes from: piece 3 of the seventh answer is `#7.3;`. So a client sees
/// whether what it got is one answer, and all of it.
struct SimulatedAnswer {
    let serial: Int
    let pieces: Int
    let isAnthropic: Bool
    let streams: Bool

    /// The body's parts: a stream's events, or the one whole answer.
    /// - Parameter errorAfter: the number of pieces behind which an error takes the stream's place.
    func parts(errorAfter: Int? = nil, endsEarly: Bool = false) -> [String] {
        guard streams else { return [isAnthropic ? wholeAnthropic : wholeOpenAI] }
        var parts = isAnthropic ? beginningAnthropic : [Self.chunk(#"{"role":"assistant","content":""}"#, serial)]
        for piece in 0..<(errorAfter ?? pieces) { parts.append(text("#\(serial).\(piece);")) }
        if errorAfter != nil { return parts + [error] }
        if endsEarly { return parts }
        return parts + (isAnthropic ? endAnthropic : endOpenAI)
    }

    private var allText: String { (0..<pieces).map { "#\(serial).\($0);" }.joined() }

    private var error: String {
        let body = #"{"type":"error","error":{"type":"overloaded_error","message":"broken in the stream"}}"#
        return isAnthropic ? "event: error\ndata: \(body)\n\n" : "data: \(body)\n\n"
    }

    private func text(_ text: String) -> String {
        isAnthropic
            ? Self.event(
                "content_block_delta",
                #""index":0,"delta":{"type":"text_delta","text":"\#(text)"}"#)
            : Self.chunk(#"{"content":"\#(text)"}"#, serial)
    }

    // MARK: OpenAI's format

    private static func chunk(_ delta: String, _ serial: Int, finish: String = "null") -> String {
        #"data: {\#(members(serial)),"choices":[{"index":0,"delta":\#(delta),"finish_reason":\#(finish)}]}"#
            + "\n\n"
    }

    private var endOpenAI: [String] {
        [
            Self.chunk("{}", serial, finish: #""stop""#),
            #"data: {\#(Self.members(serial)),"choices":[],"usage":\#(usage)}"#
                + "\n\n",
            "data: [DONE]\n\n",
        ]
    }

    private var wholeOpenAI: String {
        #"{"id":"c-\#(serial)","object":"chat.completion","created":1,"model":"served","choices":[{"index":0,"#
            + #""message":{"role":"assistant","content":"\#(allText)"},"finish_reason":"stop"}],"usage":\#(usage)}"#
    }

    private static func members(_ serial: Int) -> String {
        #""id":"c-\#(serial)","object":"chat.completion.chunk","created":1,"model":"served""#
    }

    private var usage: String {
        #"{"prompt_tokens":3,"completion_tokens":\#(pieces),"total_tokens":\#(pieces + 3)}"#
    }

    // MARK: Anthropic's format

    private static func event(_ type: String, _ members: String) -> String {
        "event: \(type)\ndata: {\"type\":\"\(type)\"\(members.isEmpty ? "" : ",")\(members)}\n\n"
    }

    private var beginningAnthropic: [String] {
        [
            Self.event(
                "message_start",
                #""message":{\#(membersOfMessage),"content":[],"stop_reason":null,"stop_sequence":null,"#
                    + #""usage":{"input_tokens":3,"output_tokens":1}}"#),
            Self.event("content_block_start", #""index":0,"content_block":{"type":"text","text":""}"#),
            Self.event("ping", ""),
        ]
    }

    private var endAnthropic: [String] {
        [
            Self.event("content_block_stop", #""index":0"#),
            Self.event(
                "message_delta",
                #""delta":{"stop_reason":"end_turn","stop_sequence":null},"usage":{"output_tokens":\#(pieces)}"#),
            Self.event("message_stop", ""),
        ]
    }

    private var wholeAnthropic: String {
        #"{\#(membersOfMessage),"content":[{"type":"text","text":"\#(allText)"}],"stop_reason":"end_turn","#
            + #""stop_sequence":null,"usage":{"input_tokens":3,"output_tokens":\#(pieces)}}"#
    }

    private var membersOfMessage: String {
        #""id":"msg_\#(serial)","type":"message","role":"assistant","model":"served""#
    }
}
