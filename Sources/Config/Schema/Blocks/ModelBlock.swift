import Core
import Policy

/// A member of `models`.
enum ModelBlock: Block {
    static let title = "model"
    static let summary = """
        A name that clients send, and where its calls go. A name may end in `*`; a whole name counts before a \
        prefix, a longer prefix before a shorter one, and `*` alone takes every other name.
        """
    static let example = """
        models:
          gpt-4o-mini: { targets: [ { provider: openai } ] }
          "openai/*": { targets: [ { provider: openai, model: "*" } ] }
          fast:
            targets:
              - { provider: openai, model: gpt-4o-mini, weight: 3 }
              - { provider: claude, model: claude-haiku-4-5, weight: 1 }
            defaults: { max_tokens: 1024 }
        """

    static let strategy = Field<Self, RoutingStrategy>(
        "strategy", .choice(of: RoutingStrategy.self), default: .weighted,
        "How a target is chosen among those that can take the call; targets of a lower `priority` always come first.")
    static let targets = Field<Self, [At<Written<TargetBlock>>]>(
        "targets", .list(.block(TargetBlock.self), minimum: 1), isRequired: true, "Where calls may go.")
    static let defaults = Field<Self, [Named<[UInt8]>]>(
        "defaults", .map(names: "field of the request", .json, nameProblem: BodyFieldName.problem),
        "Fields set in a request that lacks them.")
    static let force = Field<Self, [Named<[UInt8]>]>(
        "force", .map(names: "field of the request", .json, nameProblem: BodyFieldName.problem),
        "Fields set in every request.")
    static let timeouts = Field<Self, Written<TimeoutsBlock>>(
        "timeouts", .block(TimeoutsBlock.self), "Timeouts of this model.")
    static let retries = Field<Self, Written<RetriesBlock>>(
        "retries", .block(RetriesBlock.self), "Retries of this model.")
    static let fallbacks = Field<Self, [At<Written<FallbackBlock>>]>(
        "fallbacks", .list(.block(FallbackBlock.self)), default: [], "What answers when its targets do not, in order.")
    static let hedge = Field<Self, Written<HedgeBlock>>(
        "hedge", .block(HedgeBlock.self), "When a late call is sent a second time, elsewhere; by default never.")
    static let onInterrupt = Field<Self, OnInterrupt>(
        "on_interrupt", .choice(of: OnInterrupt.self), default: .error,
        "What happens when a stream breaks off after its content has begun: `error` tells the client; `continue` has "
            + "the rest of a text written by another target, where no tool was called and no thinking is open.")
    static let record = Field<Self, RecordLevel>(
        "record", .choice(of: RecordLevel.self), "What is kept of calls to this model, instead of `record.level`.")
    static let fields: [any BlockField] = [
        strategy, targets, defaults, force, timeouts, retries, hedge, onInterrupt, fallbacks, record,
    ]

    enum OnInterrupt: String, Sendable, CaseIterable { case error, `continue` }
}

/// An item of `targets`.
enum TargetBlock: Block {
    static let title = "target"
    static let summary = "A provider and the model's name there."
    static let example = """
        targets: [ { provider: openai, model: gpt-4o-mini, weight: 3, when: 'tags.team == "growth" && !has_audio' } ]
        """

    static let provider = Field<Self, String>(
        "provider", .text("the name of a provider"), isRequired: true, "A member of `providers`.")
    static let model = Field<Self, String>(
        "model", .text("the name of a model", bytesMax: Limits.modelNameBytesMax),
        "The provider's name for the model; by default the one that the client sent. A `*` stands for what the model's "
            + "own `*` matched.")
    static let weight = Field<Self, Int>(
        "weight", .integer(ConfigLimits.targetWeights), default: 1,
        "Its share of the calls. At 0 it gets none unless all are at 0.")
    static let region = Field<Self, String>("region", .identifier, "Where it is; by default the provider's region.")
    static let priority = Field<Self, Int>(
        "priority", .integer(ConfigLimits.targetPriorities), default: 0,
        "Targets of a lower number come first; those of the next one get calls while none of a lower can take them.")
    static let when = Field<Self, Condition>(
        "when", .condition,
        "What must hold of a call for it to go there, such as `tags.team == \"growth\" && input_tokens < 8000`; the "
            + "language is described in `routing.md`.")
    static let fields: [any BlockField] = [provider, model, weight, region, priority, when]
}

extension ValueType where Value == Condition {
    /// A condition on a call.
    static let condition = ValueType.scalar(
        ScalarShape(
            name: "condition", expectation: "a condition such as tags.team == \"growth\"", form: .text),
        format: { $0.text }
    ) { text throws(ScalarProblem) in
        do throws(ConditionError) {
            return try Condition(text)
        } catch {
            let suggestion =
                error.unknownName.map { Suggestion.suffix(for: $0, among: ConditionError.knownNames) } ?? ""
            throw .message("\(error.message), at character \(error.column) of the condition\(suggestion)")
        }
    }
}

extension ValueType where Value == [UInt8] {
    /// Any value, as JSON text.
    static let json = ValueType(
        shape: .json, read: { node, place, context in JSONValue.write(node, place, context) },
        format: { String(decoding: $0, as: UTF8.self) })
}

/// Names of fields that `defaults` and `force` may set.
enum BodyFieldName {
    static func problem(_ name: String) -> String? {
        switch name {
        case "": "expected the name of a field"
        case "model": "'model' is set by the target, not here"
        case "stream": "'stream' is the client's choice and cannot be set"
        default: nil
        }
    }
}
