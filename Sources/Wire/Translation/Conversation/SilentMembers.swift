import NIOCore

/// A member that goes without a word.
struct SilentMember: Sendable {
    let name: String
    /// The objects in which it does, as paths without indices; that of the request itself is empty. None: a reader
    /// sees to it.
    let places: [String]
    let reason: String

    init(_ name: String, in places: [String], _ reason: String) {
        self.name = name
        self.places = places
        self.reason = reason
    }
}

/// What is left out without a word where a target has no place for it, and why nobody misses it. All else that a target
/// cannot say is told, or refused.
enum SilentMembers {
    /// By the names of the clients' formats. `docs/translation.md` has the same list.
    static let all: [SilentMember] = [
        SilentMember(
            "cache_control", in: ["", "system", "messages", "messages.content", "messages.content.content", "tools"],
            "a mark for caches: the answer is the same without them"),
        SilentMember(
            "prompt_cache_breakpoint", in: ["messages.content", "input.content", "input.output"], "a mark for caches"),
        SilentMember("prompt_cache_key", in: [""], "a hint to caches"),
        SilentMember("prompt_cache_retention", in: [""], "a hint to caches"),
        SilentMember("prompt_cache_options", in: [""], "a hint to caches"),
        SilentMember("eager_input_streaming", in: ["tools"], "how soon a call's pieces come: the call is the same"),
        SilentMember("stream_options", in: [""], "how the client's own stream is written, which is the gateway's part"),
        SilentMember("stream", in: [""], "where the address of the call says it (Gemini, Bedrock)"),
        SilentMember("metadata", in: [""], "labels: the record keeps them"),
        SilentMember("client_metadata", in: [""], "labels"),
        SilentMember(
            "max_tool_calls", in: [""], "a limit of the provider's own tools, none of which is offered elsewhere"),
        SilentMember("include", in: [""], "results of the provider's own tools; sealed reasoning is told anyway"),
        SilentMember(
            "summary", in: ["reasoning"], "in what words thinking is told: it is told as the provider tells it"),
        SilentMember("generate_summary", in: ["reasoning"], "the older name of `summary`"),
        SilentMember(
            "includeThoughts", in: ["generationConfig.thinkingConfig"],
            "whether thinking is told: it is told where the provider tells it"),
        SilentMember(
            "id", in: ["input", "contents.parts.functionCall"],
            "how an item of an earlier answer was called, or a call where results follow calls by their order"),
        SilentMember("status", in: ["input"], "how an item of an earlier answer ended"),
        SilentMember("phase", in: ["input"], "which of a model's earlier texts was its last"),
        SilentMember("caller", in: ["input", "messages.content"], "who made an earlier call"),
        SilentMember("annotations", in: ["messages", "input.content"], "what an earlier answer cited"),
        SilentMember(
            "citations", in: ["messages.content"], "what an earlier answer cited; a wish for citations is told"),
        SilentMember("logprobs", in: ["input.content"], "how sure an earlier answer was; a wish for them is told"),
        SilentMember(
            "signature", in: ["messages.content", "messages.reasoning_details"],
            "proves thinking to its own provider, where another one takes the thinking without a proof"),
        SilentMember("thoughtSignature", in: ["contents.parts"], "proves a call, a text or thinking to Gemini"),
        SilentMember("name of a tool's message", in: [], "the call that it answers has it"),
        SilentMember("name of a schema", in: [], "a label of the schema"),
        SilentMember("strict of a schema", in: [], "answers are bound to their schema wherever there is one"),
        SilentMember("standard service tier", in: [], "it is what every provider gives that is not asked for another"),
        SilentMember("role of instructions", in: [], "instructions have one place in every format"),
    ]

    /// Whether a member of an object goes without a word.
    /// - Parameter path: of the object, as in `messages[0].content[1]`.
    static func contains(_ name: String, _ kind: JSONKind, in path: String) -> Bool {
        // As an object it is a wish, as a list it is an earlier answer's.
        if name == "citations" || name == "logprobs", kind != .array { return false }
        let place = place(of: path)
        return all.contains { $0.name == name && $0.places.contains(place) }
    }

    /// A path without its indices.
    static func place(of path: String) -> String {
        path.split(separator: "[", omittingEmptySubsequences: false).enumerated().map { number, part in
            number == 0 ? part : part.drop { $0 != "]" }.dropFirst()
        }.joined()
    }

    /// Whether a member of the request itself does: also one that asks for nothing but what happens anyway.
    static func isDefault(_ name: String, _ value: RawJSON) -> Bool {
        switch name {
        case "n": value.integer == 1
        case "presence_penalty", "frequency_penalty", "top_logprobs": value.integer == 0
        case "logprobs", "store": value.kind == .no
        case "truncation": value.text?.string == "disabled"
        default: contains(name, value.kind, in: "")
        }
    }
}

extension ChatRequest {
    /// Names what a reader has no place for in an object inside the request.
    /// - Parameters:
    ///   - known: what it has a place for.
    ///   - path: of the object.
    mutating func leaveOutOthers(of view: JSONObjectView, than known: [StaticString], _ path: String) {
        for member in view.members where member.kind != .null {
            guard !known.contains(where: { view.isNamed(member, $0) }) else { continue }
            let name = view.key(member)
            guard !SilentMembers.contains(name, member.kind, in: path) else { continue }
            leaveOut("\(path).\(name)", "other formats have no '\(name)' there")
        }
    }
}

extension TranslationLosses {
    /// For formats whose documents have no name, and for texts that stand for one.
    mutating func dropName(of media: ChatMedia, _ path: String, _ target: String) throws(TranslationError) {
        if media.name != nil { try drop(path + ".filename", "\(target) has no place for the document's name") }
    }

    /// For formats whose schemas have no description beside them.
    mutating func dropDescription(of format: AnswerShapeWish?, _ target: String) throws(TranslationError) {
        guard case .schema(_, _, _?, _) = format else { return }
        try drop("response_format.json_schema.description", "\(target) takes a schema without a description beside it")
    }
}
