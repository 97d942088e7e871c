public import Core
public import Policy
public import Wire

/// What the conditions of targets learn of one call.
///
/// What stands in the body is given only where the route's conditions ask for it (`Route.conditionsReadBody`); where it
/// is not given, it is nothing.
public struct CallFacts: ConditionFacts {
    private let model: String
    private let endpoint: String
    private let streams: Bool
    private let maxTokens: Int?
    private let key: Key?
    private let tags: Tags
    private let unixMicroseconds: Int64
    private let traits: RequestTraits?
    private let inputTokens: Int

    /// - Parameters:
    ///   - endpoint: as the record has it.
    ///   - key: nil: nobody has to say who calls.
    ///   - tags: those that count, the key's included.
    ///   - unixMicroseconds: the time of day.
    public init(
        facts: RequestFacts, endpoint: String, key: Key?, tags: Tags, unixMicroseconds: Int64,
        traits: RequestTraits? = nil, inputTokens: Int = 0
    ) {
        model = facts.model
        self.endpoint = endpoint
        streams = facts.streams
        maxTokens = facts.maxTokens
        self.key = key
        self.tags = tags
        self.unixMicroseconds = unixMicroseconds
        self.traits = traits
        self.inputTokens = inputTokens
    }

    public func tag(_ name: String) -> String? { tags[name] }

    public func value(of fact: ConditionFact) -> ConditionValue {
        switch fact {
        case .key: .text(key?.name ?? "")
        case .project: .text(key?.project ?? "default")
        case .model: .text(model)
        case .endpoint: .text(endpoint)
        case .user: .text(tags["user"] ?? "")
        case .stream: .boolean(streams)
        case .inputTokens: .number(Double(inputTokens))
        case .maxTokens: .number(Double(maxTokens ?? 0))
        case .hasTools: .boolean(traits?.hasTools ?? false)
        case .hasImages: .boolean(traits?.hasImages ?? false)
        case .hasAudio: .boolean(traits?.hasAudio ?? false)
        case .hasDocuments: .boolean(traits?.hasDocuments ?? false)
        case .jsonSchema: .boolean(traits?.asksForSchema ?? false)
        case .reasoning: .boolean(traits?.asksForReasoning ?? false)
        case .hour: .number(Double(unixMicroseconds % CivilDay.microseconds / 3_600_000_000))
        }
    }
}
