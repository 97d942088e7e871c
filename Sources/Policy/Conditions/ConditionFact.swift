/// What a condition may ask of a call. The raw values are the names in the language.
public enum ConditionFact: String, Sendable, CaseIterable {
    case key, project, model, endpoint, user
    case stream
    /// Estimated from the request's bytes.
    case inputTokens = "input_tokens"
    /// What the client allows of output; 0 where it says nothing.
    case maxTokens = "max_tokens"
    case hasTools = "has_tools"
    case hasImages = "has_images"
    case hasAudio = "has_audio"
    case hasDocuments = "has_documents"
    case jsonSchema = "json_schema"
    case reasoning
    /// Of the day in UTC, 0 to 23.
    case hour

    /// Whether it is told only by a look into the request's body, which costs a walk over it.
    public var isOfBody: Bool {
        switch self {
        case .inputTokens, .hasTools, .hasImages, .hasAudio, .hasDocuments, .jsonSchema, .reasoning: true
        case .key, .project, .model, .endpoint, .user, .stream, .maxTokens, .hour: false
        }
    }

    var type: ConditionValue.ValueType {
        switch self {
        case .key, .project, .model, .endpoint, .user: .text
        case .inputTokens, .maxTokens, .hour: .number
        case .stream, .hasTools, .hasImages, .hasAudio, .hasDocuments, .jsonSchema, .reasoning: .boolean
        }
    }
}

/// A value of the language.
public enum ConditionValue: Sendable, Equatable {
    case text(String)
    case number(Double)
    case boolean(Bool)

    enum ValueType: String {
        case text = "a text"
        case number = "a number"
        case boolean = "true or false"
    }

    var type: ValueType {
        switch self {
        case .text: .text
        case .number: .number
        case .boolean: .boolean
        }
    }
}

/// Where a condition finds what it asks. It asks for nothing but what `Condition.needs` names, and for tags.
public protocol ConditionFacts {
    /// A value of the fact's own type; of another type, it equals nothing.
    func value(of fact: ConditionFact) -> ConditionValue
    func tag(_ name: String) -> String?
}
