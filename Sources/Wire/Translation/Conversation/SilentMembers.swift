import NIOCore

/// What is left out without a word where a target has no place for it, and why nobody misses it. All else that a target
/// cannot say is told, or refused.
enum SilentMembers {
    /// By the names of the client's formats. `docs/translation.md` has the same list.
    static let reasons: KeyValuePairs<String, String> = [
        "cache_control": "a mark for caches: the answer is the same without them",
        "prompt_cache_breakpoint": "a mark for caches",
        "prompt_cache_key": "a hint to caches",
        "prompt_cache_retention": "a hint to caches",
        "prompt_cache_options": "a hint to caches",
        "eager_input_streaming": "how soon a call's pieces come: the call is the same",
        "stream_options": "how the client's own stream is written, which is the gateway's part",
        "stream": "where the address of the call says it (Gemini, Bedrock)",
        "metadata": "labels: the record keeps them",
        "client_metadata": "labels",
        "max_tool_calls": "a limit of the provider's own tools, none of which is offered elsewhere",
        "include": "results of the provider's own tools; sealed reasoning is told anyway",
        "summary": "in what words thinking is told: it is told as the provider tells it",
        "generate_summary": "the older name of `summary`",
        "includeThoughts": "whether thinking is told: it is told where the provider tells it",
        "id": "how an item of an earlier answer was called, or a call where results follow calls by their order",
        "status": "how an item of an earlier answer ended",
        "phase": "which of a model's earlier texts was its last",
        "caller": "who made an earlier call",
        "annotations": "what an earlier answer cited",
        "citations": "what an earlier answer cited; a wish for citations is told",
        "logprobs": "how sure an earlier answer was; a wish for them is told",
        "signature": "proves thinking to its own provider, where another one takes the thinking without a proof",
        "thoughtSignature": "proves a call, a text or thinking to Gemini",
        "name of a tool's message": "the call that it answers has it",
        "name of a schema": "a label of the schema",
        "strict of a schema": "answers are bound to their schema wherever there is one",
        "standard service tier": "it is what every provider gives that is not asked for another",
        "role of instructions": "instructions have one place in every format",
    ]

    /// Whether a member of an object inside the request goes without a word.
    static func contains(_ name: String, _ kind: JSONKind) -> Bool {
        switch name {
        // As an object it is a wish, as a list it is an earlier answer's.
        case "citations", "logprobs": kind == .array
        default: reasons.contains { $0.key == name }
        }
    }

    /// Whether a member of the request itself does: also one that asks for nothing but what happens anyway.
    static func isDefault(_ name: String, _ value: RawJSON) -> Bool {
        switch name {
        case "n": value.integer == 1
        case "presence_penalty", "frequency_penalty", "top_logprobs": value.integer == 0
        case "logprobs", "store": value.kind == .no
        case "truncation": value.text?.string == "disabled"
        default: contains(name, value.kind)
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
            guard !SilentMembers.contains(name, member.kind) else { continue }
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
