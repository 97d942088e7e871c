import Core
import Plan
import Wire

/// An item of `keys`.
enum KeyBlock: Block {
    static let title = "key"
    static let summary = """
        A client's credential and what it allows. Keys made with `headgate keys create` are kept in the data \
        directory and need no entry here.
        """
    static let example = """
        keys:
          - name: app
            token: "${HEADGATE_KEY}"
            models: [ fast, "openai/*" ]
            tags: { feature: chat, team: growth }
            expires: 2027-01-01
        """
    static let laterKeys = ["regions"]

    static let name = Field<Self, String>(
        "name", .text("a name", bytesMax: ConfigLimits.keyNameBytesMax), isRequired: true,
        "What the record and the log call it.")
    static let token = Field<Self, Secret>(
        "token", .secret, "What clients send: 16 to 512 printable characters without spaces.")
    static let tokenSHA256 = Field<Self, TokenDigest>(
        "token_sha256", .tokenDigest, "The token's SHA-256 in 64 hexadecimal digits, instead of the token.")
    static let project = Field<Self, String>("project", .identifier, default: "default", "Whose calls they are.")
    static let models = Field<Self, [At<String>]>(
        "models", .list(.modelPattern), "Models that it may use, as names or with a trailing `*`; by default all.")
    static let tags = Field<Self, [Named<String>]>(
        "tags",
        .map(names: "tag", .text("text", bytesMax: Limits.tagValueBytesMax), nameProblem: TagName.problem),
        "Set on every call; a client cannot change them.")
    static let tagsFromClient = Field<Self, [At<String>]>(
        "tags_from_client", .list(.tagName),
        "Tags that a client may set itself; by default all that the key does not set.")
    static let permissions = Field<Self, [At<Permission>]>(
        "permissions", .list(.choice(of: Permission.self)), "What it may do; by default `infer` and `feedback`.")
    static let expires = Field<Self, Int64>(
        "expires", .instant, "From when on it is refused; a date is its first instant in UTC.")
    static let timeouts = Field<Self, Written<TimeoutsBlock>>(
        "timeouts", .block(TimeoutsBlock.self), "Timeouts of calls with this key.")
    static let retries = Field<Self, Written<RetriesBlock>>(
        "retries", .block(RetriesBlock.self), "Retries of calls with this key.")
    static let record = Field<Self, RecordLevel>(
        "record", .choice(of: RecordLevel.self), "What is kept of calls with this key, instead of `record.level`.")
    static let limits = Field<Self, Written<KeyLimitsBlock>>(
        "limits", .block(KeyLimitsBlock.self), "What its calls may use, beside the file's `limits`.")
    static let priorityMax = Field<Self, String>(
        "priority_max", .identifier,
        "The most important class of `priority` that its clients may name; by default the default class, or the one "
            + "that the key's own tag `priority` names.")
    static let fields: [any BlockField] = [
        name, token, tokenSHA256, project, models, tags, tagsFromClient, permissions, expires, timeouts, retries,
        record, limits, priorityMax,
    ]
}

extension ValueType where Value == TokenDigest {
    /// No error repeats it: the text may be the token itself, in the wrong place.
    static let tokenDigest = ValueType.scalar(
        ScalarShape(
            name: "64 hexadecimal digits", expectation: "64 hexadecimal digits", form: .name("^[0-9A-Fa-f]{64}$")),
        isSecret: true, format: \.hexadecimal
    ) { text throws(ScalarProblem) in
        guard let digest = TokenDigest(hexadecimal: text) else { throw .unexpected }
        return digest
    }
}

extension ValueType where Value == String {
    /// A model's name, or a prefix of names with a trailing `*`.
    static let modelPattern = ValueType.scalar(
        ScalarShape(name: "name of a model, or a prefix with `*`", expectation: "the name of a model", form: .text)
    ) { text throws(ScalarProblem) in
        if let problem = ModelPatternText.problem(text) { throw .message(problem) }
        return text
    }

    static let tagName = ValueType.scalar(
        ScalarShape(name: "tag name", expectation: "the name of a tag", form: .text)
    ) { text throws(ScalarProblem) in
        if let problem = TagName.problem(text) { throw .message(problem) }
        return text
    }
}
