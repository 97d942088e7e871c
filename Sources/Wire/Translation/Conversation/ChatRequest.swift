/// What a client asks of a chat model, apart from any dialect: the union of what the dialects can say.
///
/// Numbers and texts stay as the client wrote them. What nobody but the client's own dialect knows is named in
/// `leftOut`, so that it can be told.
struct ChatRequest: Sendable {
    /// The client's.
    let client: ChatFormat
    var model: RawText?
    /// Instructions before the conversation, in order.
    var system: [ChatPart] = []
    var messages: [ChatMessage] = []
    var tools: [ChatTool] = []
    var toolChoice: ToolChoice?
    var parallelToolCalls: Bool?
    var format: AnswerShapeWish?
    var maxTokens: RawJSON?
    var temperature: RawJSON?
    var topP: RawJSON?
    var topK: RawJSON?
    var stop: [RawText] = []
    var reasoning: ReasoningWish?
    /// nil: probabilities of tokens are not wanted.
    var logprobs: LogprobsWish?
    var streams = false
    /// The client wants usage at the end of its stream, where its dialect leaves that to it.
    var wantsUsage = false
    /// Who the client's own user is, for the provider's abuse detection.
    var user: RawText?
    var serviceTier: RawText?
    /// Members that only some dialects have, by OpenAI's names: `n`, `seed`, `logit_bias`, ...
    var extras: [(name: String, value: RawJSON)] = []
    /// What no other dialect has any word for: the member, and why.
    private(set) var leftOut: [(member: String, reason: String)] = []
    /// What the answer is to repeat, where the dialect wants that.
    var echo: ChatRequestEcho?

    init(of client: ChatFormat) { self.client = client }

    mutating func leaveOut(_ member: @autoclosure () -> String, _ reason: @autoclosure () -> String) {
        // More are not named anyway.
        if leftOut.count <= TranslationLosses.namesMax { leftOut.append((member(), reason())) }
    }
}

struct ChatMessage: Sendable {
    enum Role: Sendable { case user, assistant }

    var role: Role
    var parts: [ChatPart]
    /// The participant's name, where the dialect has one.
    var name: RawText?
    /// Where it stands in the client's body, for a person.
    let path: String
    private let partsMember: StaticString

    /// - Parameter partsMember: where its parts are, behind the path.
    init(
        _ role: Role, _ parts: [ChatPart], name: RawText? = nil, path: String, partsMember: StaticString = ".content"
    ) {
        self.role = role
        self.parts = parts
        self.name = name
        self.path = path
        self.partsMember = partsMember
    }

    var partsPath: String { path + partsMember.description }
}

/// A piece of a message.
struct ChatPart: Sendable {
    enum Content: Sendable {
        case text(RawText)
        case media(ChatMedia)
        case toolCall(ToolCall)
        case toolResult(ToolResult)
        case thinking(RawText, signature: RawText?)
        /// Thinking that only its provider can read.
        case sealedThinking(RawText)
        case refusal(RawText)
        /// A part that only its own dialect has: its type.
        case other(RawText, RawJSON)
    }

    var content: Content
    /// Where the client wants a provider's cache to end: the dialect's own value.
    var cacheControl: RawJSON?

    init(_ content: Content, cacheControl: RawJSON? = nil) {
        self.content = content
        self.cacheControl = cacheControl
    }
}

/// An image, a document or a sound.
struct ChatMedia: Sendable {
    typealias Kind = MediaType.Kind

    enum Source: Sendable {
        case url(RawText)
        case base64(mediaType: RawText, data: RawText)
        /// Plain text that stands for a document.
        case text(RawText)
        /// A file at the provider.
        case file(RawText)
    }

    var kind: Kind
    var source: Source
    /// A document's name.
    var name: RawText?
    /// How closely an image is to be looked at: OpenAI's `detail`.
    var detail: RawText?

    init(_ kind: Kind, _ source: Source, name: RawText? = nil, detail: RawText? = nil) {
        self.kind = kind
        self.source = source
        self.name = name
        self.detail = detail
    }
}

struct ToolCall: Sendable {
    var id: RawText
    var name: RawText
    var arguments: Arguments
    /// Proves to its provider that the call is its own: Gemini's `thoughtSignature`.
    var signature: RawText?

    /// Some dialects write arguments as an object, others as a text that holds one.
    enum Arguments: Sendable {
        case object(RawJSON)
        case text(RawText)
    }

    init(id: RawText, name: RawText, arguments: Arguments, signature: RawText? = nil) {
        self.id = id
        self.name = name
        self.arguments = arguments
        self.signature = signature
    }
}

struct ToolResult: Sendable {
    /// Of the call.
    var id: RawText
    var parts: [ChatPart]
    var isError: Bool

    init(id: RawText, parts: [ChatPart], isError: Bool = false) {
        self.id = id
        self.parts = parts
        self.isError = isError
    }
}

extension ToolResult {
    /// A text that says of a failure that it is one, for dialects that have no mark of it.
    func marked(_ text: RawText) -> RawText {
        guard isError else { return text }
        var marked = RawText("Error: ")
        marked.append(text)
        return marked
    }

    /// Its texts as one.
    /// - Parameter refusal: what is said of anything else.
    func plainText(_ path: String, _ refusal: String) throws(TranslationError) -> RawText {
        var text = RawText("")
        for part in parts {
            guard case .text(let more) = part.content else { throw TranslationError(path, refusal) }
            text.appendParagraph(more)
        }
        return marked(text)
    }
}

/// A function that the model may call.
struct ChatTool: Sendable {
    var name: RawText
    var description: RawText?
    /// JSON Schema of the arguments.
    var parameters: RawJSON?
    var isStrict: Bool?
    var cacheControl: RawJSON?

    init(name: RawText, description: RawText?, parameters: RawJSON?, isStrict: Bool?) {
        self.name = name
        self.description = description
        self.parameters = parameters
        self.isStrict = isStrict
    }
}

enum ToolChoice: Sendable, Equatable {
    case auto, none, required
    case tool(RawText)
}

/// What the text of an answer must be.
enum AnswerShapeWish: Sendable {
    /// Any JSON object.
    case object
    /// JSON of a schema.
    case schema(RawJSON, name: RawText?, description: RawText?, isStrict: Bool?)
}

/// How much the model is to think first.
struct ReasoningWish: Sendable {
    /// `none`, `minimal`, `low`, `medium`, `high`, `xhigh`, `max`.
    var effort: RawText?
    /// The most tokens of thinking.
    var budget: RawJSON?
    /// Thinking is switched on, off, or left to the effort.
    var isOn: Bool?
    /// What is thought is not wanted, though the model cannot do without.
    var isHidden = false
    /// It is what the model takes.
    var isFitted = false

    init(
        effort: RawText? = nil, budget: RawJSON? = nil, isOn: Bool? = nil, isHidden: Bool = false,
        isFitted: Bool = false
    ) {
        self.effort = effort
        self.budget = budget
        self.isOn = isOn
        self.isHidden = isHidden
        self.isFitted = isFitted
    }
}
