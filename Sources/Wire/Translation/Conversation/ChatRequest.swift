/// What a client asks of a chat model, apart from any dialect: the union of what the dialects can say.
///
/// Numbers and texts stay as the client wrote them. What nobody but the client's own dialect knows is kept in
/// `unknown`, so that a writer can say what it leaves out.
public struct ChatRequest: Sendable {
    public var model: RawText?
    /// Instructions before the conversation, in order.
    public var system: [ChatPart] = []
    public var messages: [ChatMessage] = []
    public var tools: [ChatTool] = []
    public var toolChoice: ToolChoice?
    public var parallelToolCalls: Bool?
    public var format: AnswerShapeWish?
    public var maxTokens: RawJSON?
    public var temperature: RawJSON?
    public var topP: RawJSON?
    public var topK: RawJSON?
    public var stop: [RawText] = []
    public var reasoning: ReasoningWish?
    public var streams = false
    /// The client wants usage at the end of its stream, where its dialect leaves that to it.
    public var wantsUsage = false
    /// Who the client's own user is, for the provider's abuse detection.
    public var user: RawText?
    public var serviceTier: RawText?
    /// Members that only some dialects have, by OpenAI's names: `n`, `seed`, `logprobs`, `logit_bias`, ...
    public var extras: [(name: String, value: RawJSON)] = []

    public init() {}
}

public struct ChatMessage: Sendable {
    public enum Role: Sendable { case user, assistant }

    public var role: Role
    public var parts: [ChatPart]
    /// The participant's name, where the dialect has one.
    public var name: RawText?

    public init(_ role: Role, _ parts: [ChatPart], name: RawText? = nil) {
        self.role = role
        self.parts = parts
        self.name = name
    }
}

/// A piece of a message.
public struct ChatPart: Sendable {
    public enum Content: Sendable {
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

    public var content: Content
    /// Where the client wants a provider's cache to end: the dialect's own value.
    public var cacheControl: RawJSON?

    public init(_ content: Content, cacheControl: RawJSON? = nil) {
        self.content = content
        self.cacheControl = cacheControl
    }
}

/// An image, a document or a sound.
public struct ChatMedia: Sendable {
    public enum Kind: Sendable { case image, document, audio }

    public enum Source: Sendable {
        case url(RawText)
        case base64(mediaType: RawText, data: RawText)
        /// Plain text that stands for a document.
        case text(RawText)
        /// A file at the provider.
        case file(RawText)
    }

    public var kind: Kind
    public var source: Source
    /// A document's name.
    public var name: RawText?
    /// How closely an image is to be looked at: OpenAI's `detail`.
    public var detail: RawText?

    public init(_ kind: Kind, _ source: Source, name: RawText? = nil, detail: RawText? = nil) {
        self.kind = kind
        self.source = source
        self.name = name
        self.detail = detail
    }
}

public struct ToolCall: Sendable {
    public var id: RawText
    public var name: RawText
    public var arguments: Arguments

    /// Some dialects write arguments as an object, others as a text that holds one.
    public enum Arguments: Sendable {
        case object(RawJSON)
        case text(RawText)
    }

    public init(id: RawText, name: RawText, arguments: Arguments) {
        self.id = id
        self.name = name
        self.arguments = arguments
    }
}

public struct ToolResult: Sendable {
    /// Of the call.
    public var id: RawText
    public var parts: [ChatPart]
    public var isError: Bool

    public init(id: RawText, parts: [ChatPart], isError: Bool = false) {
        self.id = id
        self.parts = parts
        self.isError = isError
    }
}

/// A function that the model may call.
public struct ChatTool: Sendable {
    public var name: RawText
    public var description: RawText?
    /// JSON Schema of the arguments.
    public var parameters: RawJSON?
    public var isStrict: Bool?
    public var cacheControl: RawJSON?

    public init(name: RawText, description: RawText?, parameters: RawJSON?, isStrict: Bool?) {
        self.name = name
        self.description = description
        self.parameters = parameters
        self.isStrict = isStrict
    }
}

public enum ToolChoice: Sendable, Equatable {
    case auto, none, required
    case tool(RawText)
}

/// What the text of an answer must be.
public enum AnswerShapeWish: Sendable {
    /// Any JSON object.
    case object
    /// JSON of a schema.
    case schema(RawJSON, name: RawText?, description: RawText?, isStrict: Bool?)
}

/// How much the model is to think first.
public struct ReasoningWish: Sendable {
    /// `none`, `minimal`, `low`, `medium`, `high`, `xhigh`, `max`.
    public var effort: RawText?
    /// The most tokens of thinking.
    public var budget: RawJSON?
    /// Thinking is switched on, off, or left to the effort.
    public var isOn: Bool?

    public init(effort: RawText? = nil, budget: RawJSON? = nil, isOn: Bool? = nil) {
        self.effort = effort
        self.budget = budget
        self.isOn = isOn
    }
}
