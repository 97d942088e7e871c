import NIOCore

/// A member that goes without a word.
struct SilentMember: Sendable {
    let name: String
    /// The objects in which it does, by the client's format, as paths without indices; that of the request itself is
    /// empty. None: a reader sees to it.
    let places: [ChatFormat: [String]]
    let reason: String

    init(_ name: String, in places: [ChatFormat: [String]], _ reason: String) {
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
            "cache_control",
            in: [
                .anthropicMessages: ["", "system", "messages.content", "messages.content.content", "tools"],
                .openAIChat: ["", "messages", "messages.content", "tools"],
            ],
            "a mark for caches: the answer is the same without them"),
        SilentMember(
            "prompt_cache_breakpoint",
            in: [.openAIChat: ["messages.content"], .responses: ["input.content", "input.output"]],
            "a mark for caches"),
        SilentMember("prompt_cache_key", in: [.openAIChat: [""], .responses: [""]], "a hint to caches"),
        SilentMember("prompt_cache_retention", in: [.openAIChat: [""], .responses: [""]], "a hint to caches"),
        SilentMember("prompt_cache_options", in: [.openAIChat: [""], .responses: [""]], "a hint to caches"),
        SilentMember(
            "eager_input_streaming", in: [.anthropicMessages: ["tools"]],
            "how soon a call's pieces come: the call is the same"),
        SilentMember(
            "stream_options", in: [.openAIChat: [""], .responses: [""]],
            "how the client's own stream is written, which is the gateway's part"),
        SilentMember(
            "stream", in: [.openAIChat: [""], .responses: [""], .anthropicMessages: [""]],
            "where the address of the call says it (Gemini, Bedrock)"),
        SilentMember("metadata", in: [.openAIChat: [""], .responses: [""]], "labels: the record keeps them"),
        SilentMember("client_metadata", in: [.responses: [""]], "labels"),
        SilentMember(
            "max_tool_calls", in: [.responses: [""]],
            "a limit of the provider's own tools, none of which is offered elsewhere"),
        SilentMember(
            "include", in: [.responses: [""]], "results of the provider's own tools; sealed reasoning is told anyway"),
        SilentMember(
            "summary", in: [.responses: ["reasoning"]],
            "in what words thinking is told: it is told as the provider tells it"),
        SilentMember("generate_summary", in: [.responses: ["reasoning"]], "the older name of `summary`"),
        SilentMember(
            "includeThoughts", in: [.gemini: ["generationConfig.thinkingConfig"]],
            "whether thinking is told: it is told where the provider tells it"),
        SilentMember(
            "id", in: [.responses: ["input"], .gemini: ["contents.parts.functionCall"]],
            "how an item of an earlier answer was called, or a call where results follow calls by their order"),
        SilentMember("status", in: [.responses: ["input"]], "how an item of an earlier answer ended"),
        SilentMember("phase", in: [.responses: ["input"]], "which of a model's earlier texts was its last"),
        SilentMember(
            "caller", in: [.responses: ["input"], .anthropicMessages: ["messages.content"]],
            "who made an earlier call"),
        SilentMember(
            "annotations", in: [.openAIChat: ["messages"], .responses: ["input.content"]],
            "what an earlier answer cited"),
        SilentMember(
            "citations", in: [.anthropicMessages: ["messages.content"]],
            "what an earlier answer cited; a wish for citations is told"),
        SilentMember(
            "logprobs", in: [.responses: ["input.content"]], "how sure an earlier answer was; a wish for them is told"),
        SilentMember(
            "signature", in: [.anthropicMessages: ["messages.content"], .openAIChat: ["messages.reasoning_details"]],
            "proves thinking to its own provider, where another one takes the thinking without a proof"),
        SilentMember(
            "thoughtSignature", in: [.gemini: ["contents.parts"]], "proves a call, a text or thinking to Gemini"),
        SilentMember("name of a tool's message", in: [:], "the call that it answers has it"),
        SilentMember("name of a schema", in: [:], "a label of the schema"),
        SilentMember("strict of a schema", in: [:], "answers are bound to their schema wherever there is one"),
        SilentMember("standard service tier", in: [:], "it is what every provider gives that is not asked for another"),
        SilentMember("role of instructions", in: [:], "instructions have one place in every format"),
    ]

    /// Whether a member of an object goes without a word.
    /// - Parameters:
    ///   - path: of the object, as in `messages[0].content[1]`.
    ///   - client: the format in which it stands there.
    static func contains(_ name: String, _ kind: JSONKind, in path: String, of client: ChatFormat) -> Bool {
        // As an object it is a wish, as a list it is an earlier answer's.
        if name == "citations" || name == "logprobs", kind != .array { return false }
        guard let places = all.first(where: { $0.name == name })?.places[client] else { return false }
        return places.contains(place(of: path))
    }

    /// A path without its indices.
    static func place(of path: String) -> String {
        path.split(separator: "[", omittingEmptySubsequences: false).enumerated().map { number, part in
            number == 0 ? part : part.drop { $0 != "]" }.dropFirst()
        }.joined()
    }

    /// Whether a member of the request itself does: also one that asks for nothing but what happens anyway.
    static func isDefault(_ name: String, _ value: RawJSON, of client: ChatFormat) -> Bool {
        switch name {
        case "n": value.integer == 1
        case "presence_penalty", "frequency_penalty", "top_logprobs": value.integer == 0
        case "logprobs", "store": value.kind == .no
        case "truncation": value.text?.string == "disabled"
        default: contains(name, value.kind, in: "", of: client)
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
            guard !SilentMembers.contains(name, member.kind, in: path, of: client) else { continue }
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
