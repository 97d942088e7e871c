import NIOCore

/// Reads the body of `POST /v1/responses`. Source: OpenAI's published API reference, "Create a model response".
struct ResponsesRequestReader {
    let document: RawDocument
    var request = ChatRequest(of: .responses)
    var aliases: [ToolAlias] = []
    /// Of the tools so far.
    var names: Set<ByteBuffer> = []

    static func read(_ body: ByteBuffer) throws(TranslationError) -> ChatRequest {
        let request = try RawDocument.read(body) { document, view throws(TranslationError) in
            var reader = ResponsesRequestReader(document: document)
            try reader.read(view)
            return reader.request
        }
        guard let request else { throw TranslationError("", "the body is no JSON object") }
        return request
    }

    private init(document: RawDocument) { self.document = document }

    private mutating func read(_ view: JSONObjectView) throws(TranslationError) {
        try refuseState(view)
        request.model = document.text(view, "model")
        if let instructions = document.text(view, "instructions"), !instructions.isEmpty {
            request.system = [ChatPart(.text(instructions))]
        }
        try readTools(view, "tools")
        try readInput(view)
        try readToolChoice(view)
        request.parallelToolCalls = view.flag("parallel_tool_calls")
        request.maxTokens = document.json(view, "max_output_tokens")
        request.temperature = document.json(view, "temperature")
        request.topP = document.json(view, "top_p")
        request.streams = view.flag("stream") ?? false
        request.wantsUsage = true
        request.user = document.text(view, "safety_identifier") ?? document.text(view, "user")
        request.serviceTier = document.text(view, "service_tier")
        readReasoning(view)
        if (document.texts(view, "include") ?? []).contains(where: { $0.string == "message.output_text.logprobs" }) {
            request.logprobs = LogprobsWish(alternatives: document.json(view, "top_logprobs"))
        }
        try readText(view)
        leaveOut(view)
        let document = document
        let members = ChatRequestEcho.members { name in document.json(view, name) }
        request.echo = ChatRequestEcho(members: members, aliases: aliases)
    }

    // MARK: What only OpenAI can do

    /// What is kept at OpenAI cannot be looked up from here.
    private func refuseState(_ view: JSONObjectView) throws(TranslationError) {
        for name in ["previous_response_id", "conversation", "prompt"] as [StaticString]
        where document.json(view, name) != nil {
            throw TranslationError(
                name.description, "it names what is stored at OpenAI, which other providers do not have; send the input"
            )
        }
        if view.flag("background") == true {
            throw TranslationError("background", "other providers answer at once only")
        }
    }

    /// Members that are read; the rest is told as left out, but for what needs no word.
    private static let known: Set<String> = [
        "model", "instructions", "input", "tools", "tool_choice", "parallel_tool_calls", "max_output_tokens",
        "temperature", "top_p", "stream", "user", "safety_identifier", "service_tier", "reasoning", "text",
        "previous_response_id", "conversation", "prompt", "background",
    ]

    private mutating func leaveOut(_ view: JSONObjectView) {
        for member in view.members where member.kind != .null {
            let name = view.key(member)
            guard !Self.known.contains(name), !isDefault(name, document.json(view, member)) else { continue }
            request.leaveOut(name, "only OpenAI has '\(name)'")
        }
    }

    private func isDefault(_ name: String, _ value: RawJSON) -> Bool {
        switch name {
        case "top_logprobs" where request.logprobs != nil: true
        default: SilentMembers.isDefault(name, value, of: request.client)
        }
    }

    // MARK: Reasoning and the answer's shape

    private mutating func readReasoning(_ view: JSONObjectView) {
        guard let reasoning = view.object("reasoning") else { return }
        request.leaveOutOthers(of: reasoning, than: ["effort"], "reasoning")
        guard let effort = document.text(reasoning, "effort") else { return }
        request.reasoning = ReasoningWish(effort: effort)
    }

    private mutating func readText(_ view: JSONObjectView) throws(TranslationError) {
        guard let text = view.object("text") else { return }
        request.leaveOutOthers(of: text, than: ["format", "verbosity"], "text")
        if let verbosity = document.json(text, "verbosity"), verbosity.text?.string != "medium" {
            request.extras.append(("verbosity", verbosity))
        }
        guard let format = text.object("format") else { return }
        switch format.string("type") {
        case "text": break
        case "json_object": request.format = .object
        case "json_schema":
            request.leaveOutOthers(
                of: format, than: ["type", "schema", "name", "description", "strict"], "text.format")
            guard let schema = document.json(format, "schema") else {
                throw TranslationError("text.format.schema", "expected a schema")
            }
            request.format = .schema(
                schema, name: document.text(format, "name"), description: document.text(format, "description"),
                isStrict: format.flag("strict"))
        default: throw TranslationError("text.format.type", "expected text, json_object or json_schema")
        }
    }
}
